"""Receipts as files: photos become WebP of our own, PDF stays as it is; a backup has them.

They are private: a name alone shows nothing, views ask who may see the record.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path

from PIL import Image, ImageOps

from koshelok.core.clock import now
from koshelok.finance.models import ReceiptKind
from koshelok.infra.pictures import SUFFIX, Unreadable, random_name, read_picture, write_picture
from koshelok.infra.settings import current

SIDE, SMALL_SIDE = 2000, 160
"""The longest side of a picture, whose small print stays readable, and of its square in lists."""
MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 10
AT_WORK = timedelta(days=1)
"""How long what wrote a file may take until its row is committed, generously."""
TYPES = {ReceiptKind.IMAGE: "image/webp", ReceiptKind.PDF: "application/pdf"}
PDF_SUFFIX = ".pdf"
_PDF_START, _PDF_END, _TAIL = b"%PDF-", b"%%EOF", 1024
_SMALL = "-small"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """A receipt that was written: what it is, the name of its file, and its bytes."""

    kind: str
    file: str
    size: int


def save_receipt(data: bytes) -> Stored:
    """Write a photo or a PDF, whichever its content is; raises Unreadable."""
    if data.startswith(_PDF_START):
        return _save_pdf(data)
    name, picture = random_name() + SUFFIX, read_picture(data, side=SIDE)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    write_picture(picture, receipts_folder() / name)
    _write_small(picture, name)
    return Stored(ReceiptKind.IMAGE, name, (receipts_folder() / name).stat().st_size)


def keep_receipt(data: bytes) -> Stored:
    """Write a receipt that was exported: a picture of our own making stays as it is, to the byte;
    whatever else is treated as brought by a person. Raises Unreadable."""
    if not is_our_picture(data):
        return save_receipt(data)
    name, picture = random_name() + SUFFIX, read_picture(data, side=SIDE)
    receipts_folder().mkdir(parents=True, exist_ok=True)
    (receipts_folder() / name).write_bytes(data)
    _write_small(picture, name)
    return Stored(ReceiptKind.IMAGE, name, len(data))


def is_our_picture(data: bytes) -> bool:
    """Whether it is WebP with a picture and nothing else, of a size that we write."""
    chunk = int.from_bytes(data[16:20], "little")
    if (
        data[:4] != b"RIFF"
        or data[8:16] != b"WEBPVP8 "
        or int.from_bytes(data[4:8], "little") + 8 != len(data)
        or 20 + chunk + chunk % 2 != len(data)
    ):
        return False
    try:
        return max(read_picture(data, side=SIDE).size) <= SIDE
    except Unreadable:
        return False


def remove_receipt_files(file: str) -> None:
    """Delete a receipt in all sizes; nothing to do where it is gone."""
    (receipts_folder() / file).unlink(missing_ok=True)
    (receipts_folder() / small_name(file)).unlink(missing_ok=True)


def receipts_folder() -> Path:
    """Where receipts are kept."""
    return current().uploads / "receipts"


def small_name(file: str) -> str:
    """The file of a picture for lists."""
    return f"{file.removesuffix(SUFFIX)}{_SMALL}{SUFFIX}"


def find_settled() -> Iterator[set[str]]:
    """Files written so long ago that their rows are there or never will be, some at a time."""
    limit = (now() - AT_WORK).timestamp()
    if not receipts_folder().exists():
        return
    with os.scandir(receipts_folder()) as files:
        settled = (entry.name for entry in files if entry.stat().st_mtime < limit)
        while some := {name.replace(_SMALL + SUFFIX, SUFFIX) for name in islice(settled, _BATCH)}:
            yield some


def _save_pdf(data: bytes) -> Stored:
    if _PDF_END not in data[-_TAIL:]:
        raise Unreadable
    name = random_name() + PDF_SUFFIX
    receipts_folder().mkdir(parents=True, exist_ok=True)
    (receipts_folder() / name).write_bytes(data)
    return Stored(ReceiptKind.PDF, name, len(data))


def _write_small(picture: Image.Image, name: str) -> None:
    square = ImageOps.fit(picture, (SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    write_picture(square, receipts_folder() / small_name(name))
