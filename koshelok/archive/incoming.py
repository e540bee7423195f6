"""A ZIP that somebody brings: looked at as if it were made to harm.

Nothing is unpacked by its own names: only data.json and the receipts that it names are read, each
up to what it may hold. Its list of files is bounded before it is read, for that is kept in memory.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase, BufferedReader, RawIOBase
from pathlib import Path
from typing import cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from koshelok.archive.errors import ArchiveBroken, ArchiveInvalid, ReceiptMissing

DATA = "data.json"
MAX_DATA = 2 * 1024**3
MAX_RECEIPT = 10 * 1024 * 1024
MAX_RATIO = 400
RECEIPTS_RATIO = 10  # pictures and PDF hardly shrink; also where many names share one file
MAX_LIST = 16 * 1024 * 1024
BUFFER = 256 * 1024
_END, _END_64, _END_SIZE, _END_64_SIZE = b"PK\x05\x06", b"PK\x06\x07", 22, 20
_ENCRYPTED = 0x1
_UNREADABLE = (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


class Lines:
    """The lines of a file in an archive."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file

    def next(self, limit: int) -> bytes:
        """The next line, cut at `limit` bytes, or nothing at the end. Raises ArchiveBroken where
        the file breaks on the way."""
        try:
            return self._file.readline(limit)
        except _UNREADABLE as error:
            raise ArchiveBroken(part=DATA, row=0) from error


class Archive:
    """An archive that was opened."""

    def __init__(self, zipped: ZipFile, size: int) -> None:
        self._zipped, self._room = zipped, RECEIPTS_RATIO * size

    @contextmanager
    def data(self) -> Iterator[Lines]:
        """The lines of data.json; raises ArchiveInvalid where there is none that may be read."""
        info = self._find(DATA, MAX_DATA)
        if info is None or info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise ArchiveInvalid
        try:
            file = self._zipped.open(info)
        except _UNREADABLE as error:
            raise ArchiveInvalid from error
        with file, BufferedReader(cast("RawIOBase", file), BUFFER) as buffered:
            yield Lines(buffered)

    def read_receipt(self, name: str) -> bytes:
        """A receipt's bytes; raises ReceiptMissing, also for more than such an archive holds."""
        info = self._find(name, min(MAX_RECEIPT, self._room))
        if info is None:
            raise ReceiptMissing(file=name)
        self._room -= info.file_size
        try:
            with self._zipped.open(info) as file:
                return file.read(MAX_RECEIPT)
        except _UNREADABLE as error:
            raise ReceiptMissing(file=name) from error

    def _find(self, name: str, limit: int) -> ZipInfo | None:
        try:
            info = self._zipped.getinfo(name)
        except KeyError:
            return None
        plain = info.compress_type in {ZIP_STORED, ZIP_DEFLATED}
        readable = plain and not info.flag_bits & _ENCRYPTED
        return info if readable and info.file_size <= limit else None


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a file as an archive. Raises ArchiveInvalid."""
    _check_list(path)
    try:
        zipped = ZipFile(path)
    except (*_UNREADABLE, ValueError) as error:
        raise ArchiveInvalid from error
    with zipped:
        yield Archive(zipped, path.stat().st_size)


def _check_list(path: Path) -> None:
    """Refuse a list of files larger than any export of ours makes; it says so at its end."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < _END_SIZE:
            raise ArchiveInvalid
        file.seek(max(0, size - _END_SIZE - _END_64_SIZE))
        tail = file.read()
    end, before = tail[-_END_SIZE:], tail[:-_END_SIZE][-_END_64_SIZE:]
    if not end.startswith(_END) or before.startswith(_END_64):
        raise ArchiveInvalid
    if int.from_bytes(end[12:16], "little") > MAX_LIST:
        raise ArchiveInvalid
