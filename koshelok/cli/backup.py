"""Backup and restore: the database and the uploads in one file, which goes back in whole.

PostgreSQL's own programs do the work: those of the machine or, where there are none, those of
the embedded server. Uploads stand beside the dump in the same archive.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url

from koshelok.infra.settings import Settings

DUMP, UPLOADS = "database.dump", "uploads"


class BackupFailed(RuntimeError):
    """PostgreSQL's program refused; its own words are the message."""


def backup(settings: Settings, target: Path) -> None:
    """Write all that is stored to `target` (a .tar.gz), which must not exist yet."""
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(target, "x:gz") as archive:
        dump = Path(scratch) / DUMP
        _run(settings, "pg_dump", "--format=custom", f"--file={dump}")
        archive.add(dump, DUMP)
        if settings.uploads.exists():
            archive.add(settings.uploads, UPLOADS)


def restore(settings: Settings, source: Path) -> None:
    """Put back what `source` holds, in place of what is stored now."""
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(source) as archive:
        archive.extractall(scratch, filter="data")
        _run(
            settings, "pg_restore", "--clean", "--if-exists", "--single-transaction", "--no-owner",
            f"--dbname={_url(settings)}", str(Path(scratch) / DUMP), named=False,
        )  # fmt: skip
        kept = Path(scratch) / UPLOADS
        shutil.rmtree(settings.uploads, ignore_errors=True)
        if kept.exists():
            shutil.copytree(kept, settings.uploads)


def _url(settings: Settings) -> str:
    """The address without the password, which goes by the environment: arguments are visible."""
    url = make_url(settings.database_url).set(drivername="postgresql", password=None)
    return url.render_as_string(hide_password=False)


def _program(name: str) -> str:
    """The embedded server's program (it is never older than its server), else the machine's."""
    from koshelok.infra.embedded import EmbeddedError, binaries  # noqa: PLC0415  # absent in production

    try:
        return str(binaries.postgres() / name)
    except EmbeddedError:
        return shutil.which(name) or name


def _run(settings: Settings, name: str, *arguments: str, named: bool = True) -> None:
    given = [f"--dbname={_url(settings)}"] if named else []
    environment = {**os.environ, "PGPASSWORD": make_url(settings.database_url).password or ""}
    done = subprocess.run(  # our own arguments, no shell
        [_program(name), *given, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed(done.stderr.strip())
