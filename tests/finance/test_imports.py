"""Records brought as a file: what each row would do is told before, what is wrong is left out, the
rest is saved once however often it is tried, and all of it can be taken back."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select, text

from koshelok.core.errors import DomainError
from koshelok.finance import import_tasks, incoming, operations
from koshelok.finance.errors import ChangedSince
from koshelok.finance.incoming import plan, read_row, read_rows, read_source
from koshelok.finance.models import (
    Category,
    Change,
    Import,
    ImportRow,
    Transaction,
    TransactionVersion,
)
from koshelok.finance.verification import verify
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import files
from koshelok.jobs.models import Job
from koshelok.worker import run_worker
from tests.conftest import Page, Person
from tests.debtors.test_concurrency import codes
from tests.finance import brought as imports
from tests.finance.conftest import Book, open_book
from tests.ledger.support import together

TABLE = """Sana;Summa;Toifa;Izoh
01.11.2026;-25 000;Oziq-ovqat;Korzinka
02.11.2026;1 500 000;;Oylik
03.11.2026;-12k;Kafe;Choyxona
03.11.2026;-12k;Kafe;Choyxona
kecha;-5 000;;Taksi
"""
SGML = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>UZS
<BANKACCTFROM><BANKID>1<ACCTID>860012345678<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261101120000.000[+5:UZT]<TRNAMT>-25000.50<FITID>A1
<NAME>KORZINKA &amp; CO<MEMO>Chilonzor</STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261102<TRNAMT>+1500000<FITID>A2<NAME>Oylik</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
XML = """<?xml version="1.0" encoding="UTF-8"?>
<?OFX OFXHEADER="200" VERSION="211"?>
<!DOCTYPE OFX [<!ENTITY bomb "boom"><!ENTITY file SYSTEM "file:///etc/passwd">]>
<OFX><STMTRS><CURDEF>UZS</CURDEF><BANKACCTFROM><ACCTID>5678</ACCTID></BANKACCTFROM>
<BANKTRANLIST>
<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20261103</DTPOSTED><TRNAMT>-100</TRNAMT>
<FITID>B1</FITID><NAME>Метро &bomb;&file;</NAME></STMTTRN>
<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20261103</DTPOSTED><TRNAMT>-9.99</TRNAMT>
<FITID>B2</FITID><NAME>Store</NAME><CURRENCY><CURRATE>1</CURRATE><CURSYM>USD</CURSYM></CURRENCY>
</STMTTRN></BANKTRANLIST></STMTRS></OFX>
"""


@pytest.fixture
def owner(browse: Callable[[Person], Page], person: Person) -> Page:
    """The owner's browser."""
    return browse(person)


def bring(page: Page, content: str | bytes, name: str = "yozuvlar.csv") -> Any:
    """Upload a file."""
    data = content.encode() if isinstance(content, str) else content
    return page.post("/transactions/import", {"file": (BytesIO(data), name)},
                     content_type="multipart/form-data")  # fmt: skip


def run(app: Flask) -> None:
    """Let the worker do what is queued."""
    with app.app_context():
        run_worker(app, burst=True)
        session.rollback()
        session.expire_all()


def brought(app: Flask, page: Page, content: str | bytes, name: str = "yozuvlar.csv") -> str:
    """Upload a file and have it read; the address of the import."""
    response = bring(page, content, name)
    assert response.status_code == 303, response.get_data(as_text=True)
    run(app)
    return str(response.location)


def imported(app: Flask, page: Page, content: str | bytes) -> str:
    """Upload a file and have it saved; its address."""
    place = brought(app, page, content)
    assert page.post(f"{place}/start").status_code == 303
    run(app)
    assert found(place).status == "done"
    return place


def found(place: str) -> Import:
    """The row behind an address."""
    return session.get_one(Import, UUID(place.rsplit("/", 1)[1]), populate_existing=True)


def counts(place: str) -> list[int]:
    """New, duplicates, wrong."""
    return [found(place).counts[name] for name in ("new", "duplicate", "wrong")]


def live(book: Book) -> list[tuple[Any, ...]]:
    """What is in the book: day, amount with its sign, category, note."""
    rows = session.execute(
        select(Transaction.date, Transaction.type, Transaction.amount, Category.name,
               Transaction.comment)
        .join(Category, Category.id == Transaction.category_id)
        .where(Transaction.workspace_id == book.workspace_id, Transaction.deleted_at.is_(None))
        .order_by(Transaction.date, Transaction.id)
    )  # fmt: skip
    return [
        (day.day, amount if type_ == "income" else -amount, name, comment)
        for day, type_, amount, name, comment in rows
    ]


def exact() -> None:
    """Every total agrees with its records."""
    assert list(verify()) == []


# What is refused.


@pytest.mark.parametrize(
    "content", [b"", b"Sana;Summa\n", b"\x89PNG\r\n\x1a\n\x00\x00", b"<html><body>1</body></html>"]
)
def test_what_is_no_table_is_refused_and_not_kept(
    owner: Page, context: Flask, content: bytes
) -> None:
    before = sorted(files.folder().iterdir())
    assert bring(owner, content).status_code == 422
    assert session.scalar(select(func.count()).select_from(Import)) == 0
    assert sorted(files.folder().iterdir()) == before


def test_no_file_and_one_too_large_are_refused(
    owner: Page, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert owner.post("/transactions/import", {}).status_code == 422
    monkeypatch.setattr(app.config["SETTINGS"], "max_import_bytes", 1000)
    assert bring(owner, "a;b\n" * 30_000).status_code == 413


def test_too_many_rows_are_told_when_they_are_read(
    app: Flask, owner: Page, context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "MAX_ROWS", 2)
    place = brought(app, owner, TABLE)
    assert session.get_one(Job, found(place).job_id).message == "too_many_rows"
    assert "notice" in owner.get(place).get_data(as_text=True)
    assert owner.post(f"{place}/start").status_code == 409
    assert owner.post(f"{place}/drop").status_code == 303


def test_looking_at_files_is_limited(
    owner: Page, limits: None, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "limit_imports", "1 per hour")
    assert bring(owner, TABLE).status_code == 303
    assert bring(owner, TABLE).status_code == 429


def test_another_workspace_finds_nothing_and_a_viewer_may_not(
    app: Flask, owner: Page, person: Person, make_person: Callable[..., Person],
    browse: Callable[[Person], Page], call: Any,
) -> None:  # fmt: skip
    place = brought(app, owner, TABLE)
    stranger = browse(make_person())
    other = make_person(contact="+998907654321")
    call(person).post(f"/workspaces/{person.workspace_id}/members",
                      {"contact": "+998907654321", "role": "viewer"})  # fmt: skip
    viewer = browse(other)
    viewer.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
    for page, status in ((stranger, 404), (viewer, 403)):
        assert page.get(place).status_code == status
        for path in ("columns", "start", "drop", "revert"):
            assert page.post(f"{place}/{path}").status_code == status
    assert bring(viewer, TABLE).status_code == 403


def test_each_step_is_taken_once(app: Flask, owner: Page, context: Flask) -> None:
    place = str(bring(owner, TABLE).location)
    for path in ("columns", "start", "drop"):  # it is being read
        assert owner.post(f"{place}/{path}").status_code == 409
    assert owner.post(f"{place}/revert").status_code == 404
    run(app)
    assert owner.post(f"{place}/start").status_code == 303
    for path in ("columns", "start", "drop", "revert"):
        assert owner.post(f"{place}/{path}").status_code in {404, 409}
    run(app)
    for path in ("columns", "start", "drop"):
        assert owner.post(f"{place}/{path}").status_code == 409
    assert owner.post(f"{place}/revert").status_code == 303
    assert owner.post(f"{place}/revert").status_code == 409


def test_a_day_and_an_amount_are_needed(app: Flask, owner: Page, context: Flask) -> None:
    place = brought(app, owner, "Nima;Qachon?;Qancha?\nNon;01.11.2026;5000\n")
    assert found(place).mapping["columns"] == {}
    assert owner.get(place).status_code == 200
    assert owner.post(f"{place}/columns", {"date": "1"}).status_code == 422
    assert owner.post(f"{place}/start").status_code == 409


def test_so_many_new_categories_are_no_categories(
    app: Flask, owner: Page, context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"01.11.2026;-1;Toifa {n}\n" for n in range(201))
    place = brought(app, owner, f"Sana;Summa;Toifa\n{rows}")
    assert owner.post(f"{place}/start").status_code == 422
    assert found(place).status == "ready"


@pytest.mark.parametrize(
    ("cells", "field", "message"),
    [
        ({"date": ""}, "date", "Fill this in."),
        ({"date": "31.02.2026"}, "date", "Write a date"),
        ({"date": "01.01.1969"}, "date", "The date must be between"),
        ({"amount": "abc"}, "amount", "Write an amount"),
        ({"amount": "0"}, "amount", "The amount must be more than 0"),
        ({"amount": "1,5555"}, "amount", "At most two decimals"),
        ({"amount": "", "income": "5", "expense": "5"}, "income", "Either an income"),
        ({"type": "sovg'a"}, "type", "Choose income or expense."),
        ({"category": "a" * 61}, "category", "At most %(limit)s characters."),
        ({"note": "a" * 1001}, "note", "At most %(limit)s characters."),
        ({"external_id": "a" * 81}, "external_id", "At most %(limit)s characters."),
        ({"currency": "USD"}, "currency", "Only so'm can be imported"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(cells: dict[str, str], field: str, message: str) -> None:
    row = _read({"date": "01.11.2026", "amount": "10", **cells})
    assert [reason.field for reason, _ in row.wrong] == [field]
    assert row.wrong[0][0].message.startswith(message)


# What is read.


def _read(cells: dict[str, Any], positive: str = "expense") -> incoming.Incoming:
    columns = {name: place for place, name in enumerate(cells)}
    return read_row(2, list(cells.values()), {"columns": columns, "positive": positive})


@pytest.mark.parametrize(
    ("cells", "amount"),
    [
        ({"amount": "-5 000"}, -5000), ({"amount": "5000"}, -5000), ({"amount": "+5000"}, 5000),
        ({"amount": "(5000)"}, -5000), ({"amount": Decimal(-7)}, -7),
        ({"income": "5", "expense": ""}, 5), ({"income": "0", "expense": "7"}, -7),
        ({"amount": "5", "type": "Kirim"}, 5), ({"amount": "-5", "type": "доход"}, 5),
        ({"amount": "5", "type": "To‘lov"}, -5), ({"amount": "5", "currency": "so'm"}, -5),
    ],
)  # fmt: skip
def test_reads_which_way_the_money_went(cells: dict[str, Any], amount: int) -> None:
    row = _read({"date": date(2026, 11, 1), **cells})
    assert row.wrong == []
    assert row.amount == abs(amount)
    assert row.type == ("income" if amount > 0 else "expense")


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["Sana", "Turi", "Summa", "Toifa", "Izoh"],
         ["date", "type", "amount", "category", "note"]),
        (["Дата операции", "Приход", "Расход", "Назначение платежа", "Номер документа"],
         ["date", "income", "expense", "note", "external_id"]),
        (["Date", "Description", "Amount", "Currency", "Category"],
         ["date", "note", "amount", "currency", "category"]),
        (["Сана", "Кирим", "Чиқим", "Изоҳ"], ["date", "income", "expense", "note"]),
    ],
)  # fmt: skip
def test_guesses_the_columns(tmp_path: Any, header: list[str], columns: list[str]) -> None:
    book = Workbook()
    for row in (["Hisobot"], header, ["01.11.2026", *(["5"] * (len(header) - 1))]):
        book.active.append(row)
    book.save(tmp_path / "a")
    mapping = plan(tmp_path / "a", {}, {})
    assert mapping["columns"] == {name: place for place, name in enumerate(columns)}
    assert mapping["first"] == 3


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (SGML, [("expense", "25000.50", "KORZINKA & CO, Chilonzor", "5678:A1"),
                ("income", "1500000.00", "Oylik", "5678:A2")]),
        (XML, [("expense", "100.00", "Метро &bomb;&file;", "5678:B1"), None]),
    ],
    ids=["SGML", "XML"],
)  # fmt: skip
def test_reads_statements_of_banks(tmp_path: Any, content: str, expected: list[Any]) -> None:
    (tmp_path / "a").write_text(content)
    mapping = plan(tmp_path / "a", {}, {})
    rows = list(read_rows(tmp_path / "a", mapping))
    assert [
        None if row.wrong else (row.type, str(row.amount), row.comment, row.external_id)
        for row in rows
    ] == expected


def test_a_statement_is_read_piece_by_piece(tmp_path: Any) -> None:
    one = SGML.split("<BANKTRANLIST>")[1].split("</BANKTRANLIST>")[0]
    (tmp_path / "a").write_text(SGML.replace(one, one * 500), encoding="cp1251")
    assert sum(1 for _ in read_source(tmp_path / "a")) == 1001
    (tmp_path / "b").write_text("OFXHEADER:100\n<OFX>" + "x" * 300_000)
    assert sum(1 for _ in read_source(tmp_path / "b")) == 1


def test_a_hostile_statement_takes_no_longer(tmp_path: Any) -> None:
    (tmp_path / "a").write_text("OFXHEADER:100\n" + ("<" + "a" * 60_000) * 20)
    start = time.monotonic()
    assert sum(1 for _ in read_source(tmp_path / "a")) == 1
    assert time.monotonic() - start < 5


# What is told before, and what comes of it.


def test_each_row_is_new_a_duplicate_or_wrong_before_anything_is_saved(
    app: Flask, owner: Page, book: Book
) -> None:
    book.record("25000", comment="KORZINKA", day=date(2026, 11, 1))
    book.record("12000", comment="Choyxona", day=date(2026, 11, 3))
    place = brought(app, owner, TABLE)
    assert counts(place) == [2, 2, 1]
    assert found(place).counts["categories"] == [["expense", "Kafe"]]
    assert len(live(book)) == 2
    page = owner.get(place).get_data(as_text=True)
    assert "Kafe" in page
    assert "“kecha”" in page
    only = owner.get(f"{place}?show=wrong").get_data(as_text=True)
    assert ("“kecha”" in only, "Choyxona</p>" in only) == (True, False)
    assert "Choyxona</p>" in owner.get(f"{place}?show=new").get_data(as_text=True)


def test_the_new_rows_are_saved_with_their_categories(app: Flask, owner: Page, book: Book) -> None:
    place = imported(app, owner, TABLE)
    assert live(book) == [
        (1, Decimal(-25000), "Oziq-ovqat", "Korzinka"), (2, Decimal(1500000), "Ish haqi", "Oylik"),
        (3, Decimal(-12000), "Kafe", "Choyxona"), (3, Decimal(-12000), "Kafe", "Choyxona"),
    ]  # fmt: skip
    assert counts(place) == [4, 0, 1]
    assert session.scalar(select(func.count()).select_from(ImportRow)) == 0
    exact()
    job = session.get_one(Job, found(place).job_id)
    assert job.done == job.total == 4
    lines = (files.folder() / str(job.file)).read_text("utf-8-sig").splitlines()
    assert lines[1].startswith("6,kecha,'-5 000,,Taksi,")
    assert counts(brought(app, owner, TABLE)) == [0, 4, 1]


def test_what_the_file_leaves_open_is_known_from_rules_and_habits(
    app: Flask, owner: Page, book: Book
) -> None:
    book.record("1", "TRANSPORT", comment="Yandex taksi")
    with unit_of_work():
        session.execute(
            text("INSERT INTO category_rules (workspace_id, key, category_id, type, created_at)"
                 " VALUES (:w, 'beeline', :c, 'expense', now())"),
            {"w": book.workspace_id, "c": book.categories["DATA"]},
        )  # fmt: skip
    place = imported(app, owner, "Sana;Summa;Izoh\n01.11.2026;5;Yandex taksi 12\n"
                     "02.11.2026;6;BEELINE UZ\n03.11.2026;7;\n")  # fmt: skip
    assert [row[2] for row in live(book)[:3]] == ["Transport", "Internet va aloqa", "Boshqa"]
    ruled = session.scalar(select(func.count(Transaction.rule_id)))
    assert (ruled, counts(place)) == (1, [3, 0, 0])


def test_only_what_a_file_names_is_learned(app: Flask, owner: Page, book: Book) -> None:
    """Where we guessed, or put what is left, nobody chose."""
    book.record(code="DATA", comment="Uzmobile")
    table = "Sana;Summa;Toifa;Izoh\n" + "01.11.2026;-1000;;Makro\n01.11.2026;-1000;;Uzmobile\n" * 3
    imported(app, owner, table + "02.11.2026;-1000;Kafe;Rayhon\n02.11.2026;-1000;Kafe;Rayhon\n")
    known = text("SELECT key, times FROM category_memory WHERE workspace_id = :id ORDER BY key")
    learned = session.execute(known, {"id": book.workspace_id}).all()
    assert learned == [("rayhon", 2), ("uzmobile", 1)]


def test_the_bank_s_own_names_tell_duplicates(app: Flask, owner: Page, book: Book) -> None:
    imported(app, owner, SGML)
    twin = SGML.replace("A1", "C1").replace("A2", "C2")
    assert counts(brought(app, owner, SGML)) == [0, 2, 0]
    assert counts(brought(app, owner, twin)) == [2, 0, 0]
    assert counts(brought(app, owner, SGML.replace("A2", "A1"))) == [0, 2, 0]


def test_the_columns_are_changed_and_remembered(app: Flask, owner: Page, book: Book) -> None:
    place = brought(app, owner, "Nima;Qachon?;Qancha?\nNon;01.11.2026;5000\n")
    columns = {"date": "1", "amount": "2", "note": "0", "category": "0", "positive": "income"}
    assert owner.post(f"{place}/columns", columns).status_code == 303
    run(app)
    assert counts(place) == [1, 0, 0]
    assert found(place).counts["income"] == "5000.00"
    again = found(brought(app, owner, "Qancha?;Qachon?;Nima\n1;01.11.2026;Sut\n"))
    assert again.mapping["columns"] == {"amount": 0, "date": 1, "category": 2} or (
        again.mapping["columns"] == {"amount": 0, "date": 1, "note": 2}
    )


# The way back.


def test_a_whole_import_is_taken_back_and_brought_again(
    app: Flask, owner: Page, book: Book
) -> None:
    kept = book.record("77", comment="Kept")
    place = imported(app, owner, TABLE)
    before = live(book)
    edited = session.scalars(select(Transaction).where(Transaction.comment == "Korzinka")).one()
    book.do(operations.edit_transaction, transaction_id=edited.id, comment="Edited")
    then = edited.updated_at
    assert owner.post(f"{place}/revert").status_code == 303
    session.expire_all()
    assert live(book) == [row for row in before if row[3] == "Kept"]
    kafe = session.scalars(select(Category).where(Category.name == "Kafe")).one()
    assert kafe.archived_at is not None
    exact()
    change_id = found(place).change_id
    assert owner.post(f"/changes/{change_id}/redo").status_code == 303
    session.expire_all()
    assert live(book)[0][3] == "Edited"
    assert len(live(book)) == len(before)
    session.refresh(edited)
    assert edited.updated_at == then
    assert kafe.archived_at is None
    assert session.scalar(
        select(func.count()).select_from(TransactionVersion)
        .where(TransactionVersion.change_id == change_id)
    ) == 0  # fmt: skip
    assert session.get_one(Change, change_id).count == 4
    assert kept.id
    exact()


def test_what_was_split_since_is_taken_back_whole(app: Flask, owner: Page, book: Book) -> None:
    place = imported(app, owner, TABLE)
    before = live(book)
    whole = session.scalars(select(Transaction).where(Transaction.comment == "Korzinka")).one()
    parts = [operations.Part(whole.category_id, Decimal(amount), "") for amount in (5000, 20000)]
    book.do(operations.split_transaction, transaction_id=whole.id, parts=parts)
    assert owner.post(f"{place}/revert").status_code == 303
    session.expire_all()
    assert live(book) == []
    exact()
    assert owner.post(f"/changes/{found(place).change_id}/redo").status_code == 303
    session.expire_all()
    assert len(live(book)) == len(before) + 1
    exact()


def test_deleted_rows_can_be_imported_again(app: Flask, owner: Page, book: Book) -> None:
    place = imported(app, owner, SGML)
    assert owner.post(f"{place}/revert").status_code == 303
    again = imported(app, owner, SGML)
    assert counts(again) == [2, 0, 0]
    with pytest.raises(ChangedSince):
        book.do(operations.redo_change, change_id=found(place).change_id)
    assert len(live(book)) == 2
    exact()


def test_the_way_back_and_an_edit_wait_for_each_other(app: Flask, person: Person) -> None:
    """A record goes into the category that is put away with the import that made it."""
    rows = "".join(f"01.11.2026;-{n};{'Oziq-ovqat' if n > 2 else 'Kafe'};\n" for n in range(1, 31))
    with app.app_context():
        book = open_book(person)
        imports.save(person, imports.bring(person, f"Sana;Summa;Toifa;Izoh\n{rows}"))
        change = session.scalars(select(Change.id)).one()
        cafe = session.scalars(select(Category.id).where(Category.name == "Kafe")).one()
        ids = session.scalars(select(Transaction.id).order_by(Transaction.id)).all()

    def turn() -> None:
        for _ in range(10):
            book.do(operations.undo_change, change_id=change)
            book.do(operations.redo_change, change_id=change)

    def edit() -> None:
        for number in range(60):
            category = (cafe, book.categories["FOOD"])[number % 2]
            with suppress(DomainError):
                book.do(operations.edit_transaction, transaction_id=ids[number % len(ids)],
                        category_id=category)  # fmt: skip

    assert codes(together(app, turn, edit, edit)) == [None] * 3
    with app.app_context():
        exact()


# What stops.


def test_what_stopped_halfway_goes_on_and_nothing_is_doubled(
    app: Flask, owner: Page, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = brought(app, owner, TABLE)
    monkeypatch.setattr(import_tasks, "AT_ONCE", 3)
    real, calls = import_tasks.imports.save_next, []

    def fails(**given: Any) -> int:
        calls.append(given)
        if len(calls) == 2:
            raise ZeroDivisionError
        return real(**given)

    monkeypatch.setattr(import_tasks.imports, "save_next", fails)
    owner.post(f"{place}/start")
    run(app)
    assert len(live(book)) == 3
    assert "revert" in owner.get(place).get_data(as_text=True)
    assert owner.post(f"{place}/start").status_code == 303
    run(app)
    assert (len(live(book)), counts(place)) == (4, [4, 0, 1])
    exact()


def test_rows_that_the_database_lost_are_read_again(
    app: Flask, owner: Page, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = brought(app, owner, TABLE)
    with unit_of_work():
        session.execute(text("TRUNCATE import_rows"))
    owner.post(f"{place}/start")
    run(app)
    assert (len(live(book)), counts(place)) == (4, [4, 0, 1])
    exact()


@pytest.mark.parametrize("saved", [0, 3])
def test_rows_read_again_only_halfway_are_read_once_more(
    app: Flask, owner: Page, book: Book, monkeypatch: pytest.MonkeyPatch, saved: int
) -> None:
    """The database loses its rows, and the worker is killed as it has just staged them again."""
    place = brought(app, owner, TABLE)
    monkeypatch.setattr(import_tasks, "AT_ONCE", 3)
    steps = import_tasks.imports

    def until(name: str, times: int) -> None:
        real, calls = getattr(steps, name), []

        def fails(**given: Any) -> Any:
            calls.append(given)
            if len(calls) > times:
                raise ZeroDivisionError
            return real(**given)

        with monkeypatch.context() as patch:
            patch.setattr(steps, name, fails)
            assert owner.post(f"{place}/start").status_code == 303
            run(app)

    until("save_next", saved // 3)
    assert len(live(book)) == saved
    with unit_of_work():
        session.execute(text("TRUNCATE import_rows"))
    until("note_rows", 0)
    owner.post(f"{place}/start")
    run(app)
    assert (len(live(book)), counts(place)) == (4, [4, 0, 1])
    exact()


def test_what_was_only_looked_at_is_forgotten(app: Flask, owner: Page, context: Flask) -> None:
    place = brought(app, owner, TABLE)
    name = found(place).file
    assert import_tasks.forget_old() == 0
    with unit_of_work():
        session.execute(text("UPDATE imports SET created_at = now() - interval '8 days'"))
    assert import_tasks.forget_old() == 1
    assert not (files.folder() / name).exists()
    assert owner.get(place).status_code == 404


def test_the_pages_ask_little(app: Flask, owner: Page, context: Flask, queries: Any) -> None:
    place = brought(app, owner, TABLE)
    for path in ("/transactions/import", place):
        queries.statements.clear()
        assert owner.get(path).status_code == 200
        assert len(queries.statements) <= 10, queries.statements
