"""Exports as CSV and XLSX: row after row, in bounded memory, safe to open in a spreadsheet.

Text that a spreadsheet would take for a formula is marked as text; numbers, sums of money and
dates stay what they are.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from koshelok.core.money import to_json

Cell = str | int | Decimal | date | None
Row = Sequence[Cell]
Progress = Callable[[int], object]

CSV_TYPE = "text/csv; charset=utf-8"
ZIP_TYPE = "application/zip"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOLD_EVERY = 500
SHEET_ROWS = 1_048_576
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
_SHEET_NAME = 28  # of the 31 that Excel allows: a full sheet's successor is numbered
# As OWASP lists them.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Table:
    """One of several tables in a file."""

    name: str
    header: Sequence[str]
    rows: Iterable[Row]


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Row], progress: Progress | None = None
) -> int:
    """Write rows as CSV that Excel reads too (UTF-8 with BOM); answers how many.

    Money is `1250.00`, dates are ISO; text that looks like a formula gets an apostrophe.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        return _write_lines(file, header, rows, progress)


def write_xlsx(
    path: Path, header: Sequence[str], rows: Iterable[Row], progress: Progress | None = None
) -> int:
    """Write rows as a workbook, with as many sheets as they need; answers how many.

    Money and dates are numbers with a format; text is never a formula, and what looks like
    one stays text when edited (Excel's quote prefix, so that the value itself is untouched).
    """
    options = {"constant_memory": True, "tmpdir": str(path.parent), "in_memory": False}
    with Workbook(str(path), options) as book:
        return _each(rows, _Sheets(book, header).write, progress)


def write_workbook(path: Path, tables: Iterable[Table], progress: Progress | None = None) -> int:
    """Write tables as the sheets of one workbook, as write_xlsx does; answers how many rows."""
    options = {"constant_memory": True, "tmpdir": str(path.parent), "in_memory": False}
    count = 0
    with Workbook(str(path), options) as book:
        for table in tables:
            sheets = _Sheets(book, table.header, table.name)
            count += _each(table.rows, sheets.write, _after(count, progress))
    return count


def write_zip(path: Path, tables: Iterable[Table], progress: Progress | None = None) -> int:
    """Write tables as CSV files in one ZIP, as write_csv does; answers how many rows."""
    count = 0
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for table in tables:
            count += add_table(archive, table, _after(count, progress))
    return count


def add_table(
    archive: ZipFile, table: Table, progress: Progress | None = None, folder: str = ""
) -> int:
    """Add a table to a ZIP as a CSV file, as write_csv does; answers how many rows."""
    with (
        archive.open(f"{folder}{_file_name(table.name)}.csv", "w", force_zip64=True) as part,
        io.TextIOWrapper(part, encoding="utf-8-sig", newline="") as file,
    ):
        return _write_lines(file, table.header, table.rows, progress)


def _file_name(name: str) -> str:
    return _NOT_IN_SHEET_NAMES.sub(" ", name).strip().lower().replace(" ", "-")


def _after(count: int, progress: Progress | None) -> Progress | None:
    return (lambda done: progress(count + done)) if progress else None


def _write_lines(
    file: TextIO, header: Sequence[str], rows: Iterable[Row], progress: Progress | None
) -> int:
    writer = csv.writer(file)
    writer.writerow([_plain(cell) for cell in header])
    return _each(rows, lambda row: writer.writerow([_plain(cell) for cell in row]), progress)


def _each(rows: Iterable[Row], write: Callable[[Row], object], progress: Progress | None) -> int:
    count = 0
    for count, row in enumerate(rows, start=1):
        write(row)
        if progress and count % TOLD_EVERY == 0:
            progress(count)
    if progress:
        progress(count)
    return count


def _plain(cell: Cell) -> str | int:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
    if isinstance(cell, Decimal):
        return to_json(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else cell


class _Sheets:
    """The sheets of a workbook, a new one begun where the last is full."""

    def __init__(self, book: Workbook, header: Sequence[str], name: str = "") -> None:
        self._book, self._header = book, header
        self._name, self._count = _NOT_IN_SHEET_NAMES.sub(" ", name)[:_SHEET_NAME], 0
        self._bold = book.add_format({"bold": True})
        self._money = book.add_format({"num_format": "#,##0.00"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._text = book.add_format({"quote_prefix": True})
        self._begin()

    def _begin(self) -> None:
        self._count += 1
        name = f"{self._name} {self._count}" if self._count > 1 else self._name
        self._sheet: Worksheet = self._book.add_worksheet(name if self._name else None)
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(len(self._header) - 1, 0), 18)
        for column, name in enumerate(self._header):
            self._sheet.write_string(0, column, name, self._bold)
        self._row = 1

    def write(self, row: Row) -> None:
        """Add a row."""
        if self._row == SHEET_ROWS:
            self._begin()
        for column, cell in enumerate(row):
            self._put(column, cell)
        self._row += 1

    def _put(self, column: int, cell: Cell) -> None:
        sheet, at = self._sheet, (self._row, column)
        if isinstance(cell, str):
            sheet.write_string(*at, cell, self._text if cell.startswith(FORMULA_SIGNS) else None)
        elif isinstance(cell, datetime):
            sheet.write_datetime(*at, cell.replace(tzinfo=None), self._instant)
        elif isinstance(cell, date):
            sheet.write_datetime(*at, cell, self._day)
        elif cell is not None:
            sheet.write_number(*at, cell, self._money if isinstance(cell, Decimal) else None)
