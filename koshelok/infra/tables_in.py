"""Tables that people bring: XLSX, and CSV as their programs save it; row after row.

A file is what its content says, never its name. Memory stays bounded: a workbook's parts are
measured before any of them is unpacked, and only what is streamed may be large.
"""

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile, ZipFile, is_zipfile

from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook

from koshelok.core.errors import Invalid
from koshelok.infra.tables import FORMULA_SIGNS

T = TypeVar("T")

MAX_COLUMNS = 64
MAX_UNPACKED = 64 * 1024 * 1024
MAX_PART = 4 * 1024 * 1024  # of what openpyxl reads whole
MAX_PARTS = 1000
SCANNED_ROWS = 1_048_576  # as many as a sheet has
_CHUNK, _OVERLAP = 1 << 20, 1 << 13
_DIGITS = 15  # as many as a spreadsheet keeps of a number
_OLE = b"\xd0\xcf\x11\xe0"  # a workbook from before 2007, or one with a password
_STREAMED = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml")
_CALCULATED = re.compile(rb"<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*<(?:\w+:)?v>[^<]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_OTHER_KINDS = ("<", "%PDF", "{\\rtf")
_DELIMITERS = ";,\t"
_SNIFFED_ROWS = 20


class Formula(str):
    """A formula whose value the file does not hold."""

    __slots__ = ()


Cell = str | Decimal | date
Row = tuple[int, list[Cell]]


class NotATable(Invalid):
    """Neither CSV nor XLSX."""

    code = "not_a_table"
    message = "Choose a table: an XLSX or CSV file."
    field = "file"


class OldWorkbook(NotATable):
    """XLS, or a workbook with a password: the two look alike from outside."""

    code = "old_workbook"
    message = "Save the table as XLSX, without a password, and choose it again."


class BrokenTable(NotATable):
    """It begins as a table and cannot be read."""

    code = "broken_table"
    message = "This file is broken. Save it again and choose the new one."


class TableTooLarge(NotATable):
    """More comes out of it than a table should hold."""

    code = "table_too_large"
    message = "This file is too large. Divide it into several."


class EmptyTable(NotATable):
    """No row."""

    code = "empty_table"
    message = "There is nothing in this file."


class TooManyRows(NotATable):
    """More rows than are taken at once."""

    code = "too_many_rows"
    message = "At most %(limit)s rows at once. Divide the file into several."


def read_table(path: Path) -> Iterator[Row]:
    """The rows of a file that are not blank, each with its number as a spreadsheet shows it.

    Numbers are exact, dates are dates, text is trimmed; of a workbook the first visible sheet, its
    formulas as last calculated. Raises Invalid (field `file`), at once or on the way.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLE:
        raise OldWorkbook
    rows = _read_xlsx(path) if is_zipfile(path) else _read_csv(path)
    for number, cells in islice(enumerate(rows, start=1), SCANNED_ROWS):
        while cells and cells[-1] == "":
            cells.pop()
        if cells:
            yield number, cells


def limited(rows: Iterable[Row], limit: int) -> Iterator[Row]:
    """The same rows; raises TooManyRows at the first beyond the limit."""
    for count, row in enumerate(rows):
        if count == limit:
            raise TooManyRows(limit=limit)
        yield row


def in_batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The same rows, so many at once."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def as_text(cell: Cell) -> str:
    """What a person saw in the cell, more or less."""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    return cell if isinstance(cell, str) else cell.isoformat()[:10]


def _read_xlsx(path: Path) -> Iterator[list[Cell]]:
    try:
        with ZipFile(path) as archive:
            _check_parts(archive)
            calculated = _is_calculated(archive)
        with ExitStack() as stack:
            rows = _sheet(stack, path)
            if calculated:
                yield from ([_cell(value) for value in row] for row in rows)
                return
            for row, written in zip_longest(rows, _sheet(stack, path, formulas=True)):
                yield [_cell(v, f) for v, f in zip_longest(row or (), written or ())]
    except (GeneratorExit, Invalid):
        raise
    except Exception as error:  # openpyxl raises whatever the fault of the file leads to
        raise BrokenTable from error


def _check_parts(archive: ZipFile) -> None:
    """Refuse what would not fit into memory; zipfile never unpacks more than a part declares."""
    parts = {part.filename: part.file_size for part in archive.infolist()}
    if "[Content_Types].xml" not in parts or not any(n.startswith("xl/") for n in parts):
        raise NotATable
    if len(parts) != len(archive.infolist()):
        raise BadZipFile
    if len(parts) > MAX_PARTS or sum(parts.values()) > MAX_UNPACKED:
        raise TableTooLarge
    large = {name for name, size in parts.items() if size > MAX_PART}
    if large - _streamed(archive):
        raise TableTooLarge


def _streamed(archive: ZipFile) -> set[str]:
    """The parts that openpyxl reads piece by piece."""
    if archive.getinfo("[Content_Types].xml").file_size > MAX_PART:
        raise TableTooLarge
    declared: dict[str, set[str]] = {}
    for item in fromstring(archive.read("[Content_Types].xml")):
        name, kind = item.get("PartName", "").lstrip("/"), item.get("ContentType", "")
        declared.setdefault(name, set()).add(kind.rpartition(".")[2])
    return {
        name
        for name, kinds in declared.items()
        if _STREAMED.fullmatch(name) and kinds <= {"worksheet+xml", "sharedStrings+xml"}
    }


def _is_calculated(archive: ZipFile) -> bool:
    """Whether the values of formulas are there: who only writes tables leaves them out."""
    formulas = False
    for name in archive.namelist():
        if not _STREAMED.fullmatch(name):
            continue
        with archive.open(name) as part:
            kept = b""
            while chunk := part.read(_CHUNK):
                kept += chunk
                if _CALCULATED.search(kept):
                    return True
                formulas = formulas or _FORMULA.search(kept) is not None
                kept = kept[-_OVERLAP:]
    return not formulas


def _sheet(stack: ExitStack, path: Path, *, formulas: bool = False) -> Iterator[tuple[Any, ...]]:
    file = stack.enter_context(path.open("rb"))
    book = load_workbook(file, read_only=True, data_only=not formulas, keep_links=False)
    stack.callback(book.close)
    sheet = next(s for s in book.worksheets if s.sheet_state == "visible")
    sheet.reset_dimensions()  # some programs write them wrong
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
    return rows


def _cell(value: object, formula: object = None) -> Cell:
    if value is None:
        return "" if formula is None else Formula(formula)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = Decimal(value if isinstance(value, int) else f"{value:.{_DIGITS}g}")
        return number if number.is_finite() else str(value)
    return value if isinstance(value, date) else _text(str(value))


def _text(written: str) -> str:
    """Without the apostrophe that tables.write_csv puts before what looks like a formula, and
    without NUL, which the database does not take."""
    text = written.replace("\0", "").strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_SIGNS) else text


def _read_csv(path: Path) -> Iterator[list[Cell]]:
    try:
        with path.open(encoding=encoding_of(path), newline="") as file:
            sample = file.read(_CHUNK)
            _check_text(sample)
            head = sample[: sample.find("\n") + 1]
            named = re.fullmatch(r"sep=(.)\s*", head, re.IGNORECASE)
            file.seek(0)
            lines = csv.reader(file, delimiter=named[1] if named else _delimiter(sample))
            for row in islice(lines, 1 if named else 0, None):
                yield [_text(cell) for cell in row[:MAX_COLUMNS]]
    except UnicodeError as error:
        raise NotATable from error
    except csv.Error as error:
        raise BrokenTable from error


def encoding_of(path: Path) -> str:
    """UTF-8 with or without its mark, UTF-16 as Excel's "Unicode text", else Windows' Cyrillic."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        file.seek(0)
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1251"
    return "utf-8-sig"


def _check_text(sample: str) -> None:
    if sample.lstrip().startswith(_OTHER_KINDS) or any(
        unicodedata.category(char) == "Cc" and char not in "\t\r\n\f\v" for char in set(sample)
    ):
        raise NotATable


def _delimiter(sample: str) -> str:
    """What divides the first rows into the same number of cells, the more of them the better."""

    def score(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(sample.splitlines(), delimiter=delimiter)
        widths = [len(row) for row in islice(filter(None, rows), _SNIFFED_ROWS)]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max(_DELIMITERS, key=score)
