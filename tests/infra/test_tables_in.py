"""Tables that people bring: what is no table is refused, a bomb too; every spelling is read."""

import csv
import time
import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from koshelok.core.columns import find_header, fold, guess_columns
from koshelok.core.errors import Invalid
from koshelok.infra import tables_in
from koshelok.infra.cells_in import read_amount, read_day
from koshelok.infra.tables import write_csv, write_xlsx
from koshelok.infra.tables_in import (
    BrokenTable,
    Cell,
    Formula,
    NotATable,
    OldWorkbook,
    TableTooLarge,
    TooManyRows,
    as_text,
    limited,
    read_table,
)

SECONDS = 5
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def _save(tmp_path: Path, content: bytes) -> Path:
    (tmp_path / "a").write_bytes(content)
    return tmp_path / "a"


def _rows(path: Path) -> list[list[Cell]]:
    return [cells for _, cells in read_table(path)]


def _book(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _repacked(content: bytes, change: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in {*old.namelist(), *change}:
            new.writestr(name, change[name] if name in change else old.read(name))
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (PNG, NotATable),
        (b"%PDF-1.7\nabc", NotATable),
        (b"<html><table><tr><td>1</td></tr></table></html>", NotATable),
        (b"{\\rtf1 abc}", NotATable),
        (b"a;b\r\n\x98;\xff", NotATable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OldWorkbook),
        (_repacked(_book(["a"]), {SHEET: b"<worksheet><sheetData><row>"}), BrokenTable),
        (_repacked(_book(["a"]), {"xl/workbook.xml": b"nothing"}), BrokenTable),
        (_book(["a"])[:-30], NotATable),
        (b'"' + b"x" * 200_000, BrokenTable),
    ],
    ids=["png", "pdf", "html", "rtf", "bytes", "xls", "sheet", "workbook", "cut", "quote"],
)
def test_refuses_what_is_no_table(tmp_path: Path, content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        _rows(_save(tmp_path, content))


def test_refuses_another_zip(tmp_path: Path) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("[Content_Types].xml", "<a/>")
    with pytest.raises(NotATable):
        _rows(_save(tmp_path, file.getvalue()))


@pytest.mark.parametrize(
    "part", ["xl/styles.xml", "xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/media/a.png"]
)
def test_refuses_a_part_that_grows_when_unpacked(tmp_path: Path, part: str) -> None:
    bomb = _repacked(_book(["a"]), {part: b" " * (tables_in.MAX_PART + 1)})
    assert len(bomb) < 50_000
    with pytest.raises(TableTooLarge):
        _rows(_save(tmp_path, bomb))


def test_refuses_sheets_that_are_too_large_together(tmp_path: Path) -> None:
    bomb = _repacked(_book(["a"]), {SHEET: b" " * (tables_in.MAX_UNPACKED + 1)})
    with pytest.raises(TableTooLarge):
        _rows(_save(tmp_path, bomb))


def test_refuses_to_read_a_large_part_as_something_else(tmp_path: Path) -> None:
    """A sheet that the list of contents also calls the workbook would be read whole."""
    book = _book(["a"])
    with zipfile.ZipFile(BytesIO(book)) as archive:
        types = archive.read("[Content_Types].xml").decode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    item = f'<Override PartName="/{SHEET}" ContentType="{kind}"/></Types>'
    bomb = _repacked(
        book,
        {
            "[Content_Types].xml": types.replace("</Types>", item).encode(),
            SHEET: b" " * (tables_in.MAX_PART + 1),
        },
    )
    with pytest.raises(TableTooLarge):
        _rows(_save(tmp_path, bomb))


def test_refuses_many_parts(tmp_path: Path) -> None:
    bomb = _repacked(_book(["a"]), {f"xl/x{n}": b"" for n in range(tables_in.MAX_PARTS)})
    with pytest.raises(TableTooLarge):
        _rows(_save(tmp_path, bomb))


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml"])
def test_refuses_entities(tmp_path: Path, part: str) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;&b;</a>'
    with pytest.raises(BrokenTable):
        _rows(_save(tmp_path, _repacked(_book(["a"]), {part: bomb})))


@pytest.mark.parametrize("hostile", [b"<f ", b"<f>", b"<f/> "])
def test_a_hostile_sheet_takes_no_longer(tmp_path: Path, hostile: bytes) -> None:
    content = _repacked(_book(["a"]), {"xl/worksheets/sheet1.xml": hostile * 250_000})
    start = time.monotonic()
    with pytest.raises(BrokenTable):
        _rows(_save(tmp_path, content))
    assert time.monotonic() - start < SECONDS


@pytest.mark.parametrize("hostile", ["T" * 99_999, "T " * 50_000, "1 " * 50_000], ids=range(3))
def test_a_hostile_cell_takes_no_longer(hostile: str) -> None:
    start = time.monotonic()
    for read in (read_day, read_amount):
        with pytest.raises(Invalid):
            read(hostile)
    assert time.monotonic() - start < SECONDS


def test_refuses_more_rows_than_are_wanted(tmp_path: Path) -> None:
    path = _save(tmp_path, b"a,b\n" * 4)
    assert len(list(limited(read_table(path), 4))) == 4
    with pytest.raises(TooManyRows):
        list(limited(read_table(path), 3))


def test_a_row_far_below_ends_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_in, "SCANNED_ROWS", 50)
    book = Workbook()
    book.active["A1"], book.active["A60"] = "a", "b"
    file = BytesIO()
    book.save(file)
    assert _rows(_save(tmp_path, file.getvalue())) == [["a"]]


@pytest.mark.parametrize(
    "content",
    [b"", b"\r\n\r\n", b";;\n", _book(), _book([None, " "])],
    ids=["nothing", "lines", "marks", "no rows", "blank cells"],
)
def test_blank_rows_are_none(tmp_path: Path, content: bytes) -> None:
    assert _rows(_save(tmp_path, content)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_reads_csv_in_each_encoding_and_with_each_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [["Имя", "Қарз" if encoding != "cp1251" else "Долг"], ["Ўткир", "1 250 000"]]
    if encoding == "cp1251":
        rows[1][0] = "Пётр"
    text = "".join(f"{delimiter.join(row)}\r\n" for row in rows)
    assert _rows(_save(tmp_path, text.encode(encoding))) == rows


def test_reads_csv_as_programs_save_it(tmp_path: Path) -> None:
    text = 'sep=;\r\nism;qarz;izoh\r\n\r\n"Ali ""aka""";1 250,50;"a;b\nc"\r\n Vali ;-5;\r\n'
    path = _save(tmp_path, text.encode())
    assert list(read_table(path)) == [
        (1, ["ism", "qarz", "izoh"]),
        (3, ['Ali "aka"', "1 250,50", "a;b\nc"]),
        (4, ["Vali", "-5"]),
    ]


def test_amounts_with_commas_do_not_divide_cells(tmp_path: Path) -> None:
    text = "ism;qarz\nAli;1,5\nVali;2,5\nGani;3,5\n"
    assert _rows(_save(tmp_path, text.encode()))[1] == ["Ali", "1,5"]


def test_reads_numbers_dates_and_texts_of_a_workbook(tmp_path: Path) -> None:
    at = datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001  # a workbook has no zones
    row = ["Ali", 0.1 + 0.2, 998901234567, 1.5e15, date(2026, 11, 21), at, True, None, "b"]
    path = _save(tmp_path, _book(["a"], [], row))
    number, cells = list(read_table(path))[1]
    assert number == 3
    assert cells[:4] == ["Ali", Decimal("0.3"), Decimal(998901234567), Decimal("1.5e15")]
    assert cells[5:] == [at, "True", "", "b"]
    assert [as_text(cell) for cell in cells[:6]] == [
        "Ali", "0.3", "998901234567", "1500000000000000", "2026-11-21", "2026-11-21",
    ]  # fmt: skip


def test_a_formula_without_its_value_is_told_apart(tmp_path: Path) -> None:
    (_, cells), *_ = read_table(_save(tmp_path, _book(["a", "=1+1", None, "b"])))
    assert cells == ["a", "=1+1", "", "b"]
    assert [isinstance(cell, Formula) for cell in cells] == [False, True, False, False]


def test_a_formula_with_its_value_is_the_value(tmp_path: Path) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c>'
        b'<c r="C1" t="str"><f>A1</f><v>x</v></c></row></sheetData></worksheet>'
    )
    assert _rows(_save(tmp_path, _repacked(_book(["a"]), {SHEET: sheet}))) == [
        [Decimal(2), "", "x"]
    ]


def test_reads_the_first_visible_sheet_whatever_its_dimensions_say(tmp_path: Path) -> None:
    book = Workbook()
    book.active.sheet_state = "hidden"
    book.create_sheet().append(["a", "b"])
    file = BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").replace(b'ref="A1:B1"', b'ref="A1"')
    content = _repacked(file.getvalue(), {"xl/worksheets/sheet2.xml": sheet})
    assert _rows(_save(tmp_path, content)) == [["a", "b"]]


def test_what_was_exported_is_read_back(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["=1+1", "+998901234567", Decimal("-1250.50"), date(2026, 11, 21)]]
    write_csv(tmp_path / "a.csv", ["a", "b", "c", "d"], rows)
    write_xlsx(tmp_path / "a.xlsx", ["a", "b", "c", "d"], rows)
    assert _rows(tmp_path / "a.csv")[1] == ["=1+1", "+998901234567", "-1250.50", "2026-11-21"]
    assert [as_text(cell) for cell in _rows(tmp_path / "a.xlsx")[1]] == [
        "=1+1", "+998901234567", "-1250.5", "2026-11-21",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, write: Any) -> None:
    names = (f"Mijoz {number}" for number in range(10_000))
    rows = ([name, "+998901234567", Decimal(7), "izoh"] for name in names)
    write(tmp_path / "a", ["ism", "tel", "qarz", "izoh"], rows)
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_table(tmp_path / "a")) == 10_001
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


WORDS = {
    "name": ["ism", "имя", "F.I.Sh.", "name"],
    "phone": ["telefon", "телефон"],
    "debt": ["qarz", "долг"],
    "limit": ["limit", "credit limit"],
    "credit": ["credit"],
}


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["Ism", "Telefon raqami", "Qarz"], {"name": 0, "phone": 1, "debt": 2}),
        (["№", "Ф.И.О", "ДОЛГ на 1.11", "Телефон:"], {"debt": 2, "phone": 3}),
        (["F. I. Sh", "credit limit", "Credit"], {"name": 0, "limit": 1, "credit": 2}),
        (["Ism sharif", "ISM", ""], {"name": 1}),
        (["Qarzdor"], {}),
    ],
)
def test_guesses_columns(header: list[str], columns: dict[str, int]) -> None:
    assert guess_columns(header, WORDS) == columns


def test_what_was_learned_goes_before_what_is_guessed() -> None:
    learned = {fold("Кому"): "name", fold("Ism"): "debt"}
    assert guess_columns(["Ism", "Кому"], WORDS, learned) == {"name": 1, "debt": 0}


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["Hisobot 2026"], ["Ism", "Telefon"], ["Ali", "90"]], 1),
        ([["Kim", "Nomeri"], ["Ali", "901234567"]], 0),
        ([["Ali", "901234567"], ["Vali", "901234568"]], None),
        ([["Ali"]], None),
        ([], None),
    ],
)
def test_finds_the_header(rows: list[list[str]], place: int | None) -> None:
    assert find_header(rows, WORDS) == place


def test_a_field_of_csv_may_not_swallow_the_file(tmp_path: Path) -> None:
    assert csv.field_size_limit() <= 131_072
    with pytest.raises(BrokenTable):
        _rows(_save(tmp_path, b'a,"' + b"b\n" * 100_000))
