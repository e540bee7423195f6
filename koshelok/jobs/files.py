"""Files that work makes: private, under random names, for a week."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from koshelok.core.clock import now
from koshelok.infra.settings import current

KEPT = timedelta(days=7)
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


def folder() -> Path:
    """Where the files are; made where missing."""
    place = current().data.resolve() / "files"
    place.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    return place


@contextmanager
def new_file() -> Iterator[Path]:
    """An empty private file to write to; its name ends in `.part`. Gone if the body raises."""
    path = folder() / f"{secrets.token_urlsafe(24)}.part"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE))
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def keep(path: Path) -> str:
    """Give a written file its lasting name, which it answers."""
    return path.rename(path.with_suffix("")).name


def remove(name: str) -> None:
    """Delete a file; nothing to do where it is gone."""
    (folder() / name).unlink(missing_ok=True)


def remove_old() -> int:
    """Delete what is past its keeping, also what a killed worker left; answers how many."""
    limit = (now() - KEPT).timestamp()
    old = [path for path in folder().iterdir() if path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
