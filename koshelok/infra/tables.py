"""Exports as CSV and XLSX: row after row, in bounded memory, safe to open in a spreadsheet.

Text that a spreadsheet would take for a formula is marked as text; numbers, sums of money and
dates stay what they are.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from koshelok.core.money import to_json

Cell = str | int | Decimal | date | None
Row = Sequence[Cell]
Progress = Callable[[int], object]

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOLD_EVERY = 500
SHEET_ROWS = 1_048_576
# As OWASP lists them.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Row], progress: Progress | None = None
) -> int:
    """Write rows as CSV that Excel reads too (UTF-8 with BOM); answers how many.

    Money is `1250.00`, dates are ISO; text that looks like a formula gets an apostrophe.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_plain(cell) for cell in header])
        return _each(rows, lambda row: writer.writerow([_plain(cell) for cell in row]), progress)


def write_xlsx(
    path: Path, header: Sequence[str], rows: Iterable[Row], progress: Progress | None = None
) -> int:
    """Write rows as a workbook, with as many sheets as they need; answers how many.

    Money and dates are numbers with a format; text is never a formula, and what looks like
    one stays text when edited (Excel's quote prefix, so that the value itself is untouched).
    """
    options = {"constant_memory": True, "tmpdir": str(path.parent), "in_memory": False}
    with Workbook(str(path), options) as book:
        sheets = _Sheets(book, header)
        return _each(rows, sheets.write, progress)


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

    def __init__(self, book: Workbook, header: Sequence[str]) -> None:
        self._book, self._header = book, header
        self._bold = book.add_format({"bold": True})
        self._money = book.add_format({"num_format": "#,##0.00"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._text = book.add_format({"quote_prefix": True})
        self._begin()

    def _begin(self) -> None:
        self._sheet: Worksheet = self._book.add_worksheet()
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
