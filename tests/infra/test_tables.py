"""Exports: no cell becomes a formula, money stays exact, memory stays small."""

import csv
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from koshelok.infra import tables
from koshelok.infra.tables import Row, Table, write_csv, write_workbook, write_xlsx, write_zip

FORMULAS = [
    "=1+1",
    "+998901234567",
    "-2",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "＝1",
    "－1",
    "＋1",
    "＠x",
]
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _parse(written: bytes) -> ET.Element:
    return ET.fromstring(written)  # noqa: S314  # our own file


def cells(path: Path, sheet: int = 1) -> list[tuple[str, str, str]]:
    """Each cell's type, value and number of its style."""
    with zipfile.ZipFile(path) as archive:
        root = _parse(archive.read(f"xl/worksheets/sheet{sheet}.xml"))
    found = []
    for cell in root.iterfind(".//m:c", NS):
        value = cell.findtext("m:v", namespaces=NS) or cell.findtext(".//m:t", namespaces=NS) or ""
        found.append((cell.get("t", "n"), value, cell.get("s", "0")))
        assert cell.find("m:f", NS) is None
    return found


@pytest.mark.parametrize("text", FORMULAS)
def test_text_never_becomes_a_formula_in_csv(tmp_path: Path, text: str) -> None:
    write_csv(tmp_path / "a.csv", [text], [[text, f"a{text}"]])
    rows = read_csv(tmp_path / "a.csv")
    assert rows == [[f"'{text}"], [f"'{text}", f"a{text}"]]


@pytest.mark.parametrize("text", [*FORMULAS, "{=1+1}", "http://example.com", "12"])
def test_text_never_becomes_anything_else_in_xlsx(tmp_path: Path, text: str) -> None:
    write_xlsx(tmp_path / "a.xlsx", ["n"], [[text, "plain"]])
    kind, value, style = cells(tmp_path / "a.xlsx")[1]
    assert (kind, value.replace("_x000D_", "\r")) == ("inlineStr", text)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        formats = _parse(archive.read("xl/styles.xml")).findall("m:cellXfs/m:xf", NS)
    assert (formats[int(style)].get("quotePrefix") == "1") == (text in FORMULAS)


def test_csv_holds_plain_money_iso_dates_and_a_mark_for_excel(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    at = datetime(2026, 11, 21, 7, 5, 9, 123, tzinfo=UTC)
    row: Row = [Decimal("-1250"), Decimal("1E+3"), 7, date(2026, 11, 21), at, None, 'a,"b"', "Ў"]
    assert write_csv(path, ["n"], [row]) == 1
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert read_csv(path)[1] == [
        "-1250.00", "1000.00", "7", "2026-11-21", "2026-11-21T07:05:09+00:00", "", 'a,"b"', "Ў",
    ]  # fmt: skip


def test_xlsx_holds_numbers_and_dates(tmp_path: Path) -> None:
    at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    write_xlsx(
        tmp_path / "a.xlsx", ["n"], [[Decimal("-1250.50"), 7, date(2026, 11, 21), at, None, "Ў"]]
    )
    found = cells(tmp_path / "a.xlsx")[1:]
    assert [(kind, value) for kind, value, _ in found] == [
        ("n", "-1250.50"), ("n", "7"), ("n", "46347"), ("n", "46347.5"), ("inlineStr", "Ў"),
    ]  # fmt: skip


def test_a_full_sheet_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SHEET_ROWS", 3)
    assert write_xlsx(tmp_path / "a.xlsx", ["n"], ([n] for n in range(5))) == 5
    values = [[value for _, value, _ in cells(tmp_path / "a.xlsx", n)] for n in (1, 2, 3)]
    assert values == [["n", "0", "1"], ["n", "2", "3"], ["n", "4"]]


def test_several_tables_are_sheets_with_names_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SHEET_ROWS", 2)
    told: list[int] = []
    both = [Table("Qarz [a/b]: '26", ["n"], [[1], [2]]), Table("To'lov", ["n"], [[3]])]
    assert write_workbook(tmp_path / "a.xlsx", both, told.append) == 3
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        book = _parse(archive.read("xl/workbook.xml"))
    names = [sheet.get("name", "") for sheet in book.iterfind("m:sheets/m:sheet", NS)]
    assert [name.split() for name in names] == [
        ["Qarz", "a", "b", "26"], ["Qarz", "a", "b", "26", "2"], ["To", "lov"],
    ]  # fmt: skip
    assert told == [2, 3]


def test_several_tables_are_files_of_a_zip(tmp_path: Path) -> None:
    both = [Table("Qarz", ["n"], [["=1"]]), Table("To'lov", ["n"], [[3]])]
    assert write_zip(tmp_path / "a.zip", both) == 2
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["qarz.csv", "to-lov.csv"]
        assert archive.read("qarz.csv") == b"\xef\xbb\xbfn\r\n'=1\r\n"


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_no_rows_is_a_file_too(tmp_path: Path, write: Callable[..., int]) -> None:
    told: list[int] = []
    assert write(tmp_path / "a", ["n"], [], told.append) == 0
    assert told == [0]
    assert (tmp_path / "a").stat().st_size > 0


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_tells_its_progress(tmp_path: Path, write: Callable[..., int]) -> None:
    told: list[int] = []
    write(tmp_path / "a", ["n"], ([n] for n in range(1200)), told.append)
    assert told == [500, 1000, 1200]


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, write: Any) -> None:
    def peak(count: int) -> int:
        def rows() -> Iterator[Row]:
            for number in range(count):
                yield [number, Decimal(number), f"Bozorlik {number}", date(2026, 11, 21)]

        tracemalloc.start()
        try:
            assert write(tmp_path / "a", ["n", "amount", "comment", "date"], rows()) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    first = peak(2000)  # which also loads what is loaded once
    assert peak(12_000) < first + 700_000
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
