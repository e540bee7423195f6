"""Files that people bring for long work: kept beside those that work makes, as long as those."""

import shutil
from pathlib import Path
from typing import BinaryIO

from koshelok.jobs import files


def keep_upload(*, stream: BinaryIO) -> str:
    """Store a file under a random name, which it answers."""
    with files.new_file() as path:
        with path.open("wb") as file:
            shutil.copyfileobj(stream, file)
        return files.keep(path)


def find_upload(*, name: str) -> Path | None:
    """Where a file is, unless it is gone."""
    path = files.folder() / name
    return path if path.exists() else None


def drop_upload(*, name: str) -> None:
    """Delete a file; nothing to do where it is gone."""
    files.remove(name)
