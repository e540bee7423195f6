"""The system account PostgreSQL runs under where the caller is root, and what it can reach.

PostgreSQL refuses to run as root. Instead of opening folders up for another account, the
cluster and, where needed, a copy of the binaries move to a place of that account's own.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NAME = "koshelok"
HOME = Path("/var/lib/koshelok")


class EmbeddedError(RuntimeError):
    """The embedded services cannot be used here; the message says what to do."""


def needed() -> bool:
    """Whether servers must run under another account than the caller's."""
    return os.geteuid() == 0


def ensure() -> pwd.struct_passwd:
    """Return the system account, made first where the machine has none."""
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    command = _creation_command()
    # Another process may have made it meanwhile: the look-up below decides, not the exit code.
    subprocess.run(command, capture_output=True, check=False)
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL does not run as root and the system account {NAME!r} could not be made "
            f"({' '.join(command)}). Make it, run as another user, or set DATABASE_URL."
        ) from None


def _creation_command() -> list[str]:
    if shutil.which("useradd"):
        return [
            *("useradd", "--system", "--user-group", "--no-create-home"),
            *("--home-dir", str(HOME), "--shell", "/usr/sbin/nologin", NAME),
        ]
    return ["adduser", "-S", "-D", "-H", "-h", str(HOME), NAME]


def run(command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command as the account the database belongs to, and return what it said."""
    if needed():
        account = ensure()
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return subprocess.run(
        [str(part) for part in command],
        cwd="/",  # the caller's folder may be closed to the account
        umask=0o077,
        text=True,
        check=False,
        **options,
    )


def reaches(path: Path) -> bool:
    """Whether the account can pass into `path`."""
    return run(["test", "-x", path]).returncode == 0


def own(path: Path) -> None:
    """Make the folder `path`, closed to all but the account, within what exists already."""
    path.mkdir(mode=0o700)
    if needed():
        account = ensure()
        os.chown(path, account.pw_uid, account.pw_gid)


def home() -> Path:
    """Return the folder of the account, made by root and open to pass through."""
    HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    return HOME
