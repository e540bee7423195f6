"""People brought as a file: what is wrong is told at its cell and nothing of it is written, the
rest is written once however often it is tried, and all of it can be taken back."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from koshelok.audit.models import AuditEvent
from koshelok.core.clock import now, today
from koshelok.debtors import import_tasks, incoming, previews
from koshelok.debtors.incoming import read_row
from koshelok.debtors.models import Debt, Debtor, Import, Payment
from koshelok.debtors.operations import (
    import_rows,
    open_link,
    remove_debtor,
    restore_debtor,
    reverts,
)
from koshelok.debtors.operations.imports import drop_import
from koshelok.debtors.queries import find_link
from koshelok.debtors.verification import verify
from koshelok.infra import tables_in
from koshelok.infra.db import session
from koshelok.infra.tables_in import Formula
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import files
from koshelok.jobs import tasks as job_tasks
from koshelok.jobs.models import Job
from koshelok.worker import run_worker
from tests.conftest import Page, Person
from tests.debtors.books import Shop, wrong

LIST = """Ism;Telefon;Qarz;Izoh;Sana;Muddat;Limit
Aziz Rahimov;+998 90 123 45 67;150 000;Qo'shni;01.11.2026;2026-12-01;1mln
Malika Karimova;901234568;-25 000;;;;
Бобур;90 123-45-69;0;;;;
"""


@pytest.fixture
def shop(context: Flask, person: Person) -> Shop:
    """A book, and the owner of it."""
    return Shop(person.id, person.workspace_id)


@pytest.fixture
def owner(browse: Callable[[Person], Page], person: Person) -> Page:
    """The owner's browser."""
    return browse(person)


def bring(page: Page, content: str | bytes, name: str = "qarzlar.csv") -> Any:
    """Upload a file."""
    data = content.encode() if isinstance(content, str) else content
    return page.post("/debtors/import", {"file": (BytesIO(data), name)},
                     content_type="multipart/form-data")  # fmt: skip


def brought(page: Page, content: str | bytes, name: str = "qarzlar.csv") -> str:
    """Upload a file that is taken; the address of the import."""
    response = bring(page, content, name)
    assert response.status_code == 303, response.get_data(as_text=True)
    return str(response.location)


def run(app: Flask) -> None:
    """Let the worker do what is queued."""
    run_worker(app, burst=True)
    session.rollback()
    session.expire_all()


def imported(app: Flask, page: Page, content: str | bytes, **given: str) -> str:
    """Upload a file and have it imported; its address."""
    place = brought(page, content)
    assert page.post(f"{place}/start", given).status_code == 303
    run(app)
    assert found(place).status == "done"
    return place


def found(place: str) -> Import:
    """The row behind an address."""
    return session.get_one(Import, UUID(place.rsplit("/", 1)[1]), populate_existing=True)


def book() -> list[tuple[str, str, Decimal, Decimal]]:
    """Everybody in the book."""
    return [
        tuple(row)  # type: ignore[misc]  # four columns
        for row in session.execute(
            select(Debtor.full_name, Debtor.phone_number, Debtor.debt_total, Debtor.credit)
            .where(Debtor.deleted_at.is_(None))
            .order_by(Debtor.id)
        )
    ]


def exact() -> None:
    """Every sum agrees with its rows."""
    assert [wrong(), list(verify())] == [[], []]


def table(*rows: list[Any]) -> bytes:
    """A workbook."""
    made = Workbook()
    for row in rows:
        made.active.append(row)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


# What is refused.


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is nothing in this file."),
        (b"Ism;Telefon\n", "There is nothing in this file."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "Choose a table: an XLSX or CSV file."),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "Save the table as XLSX, without a password"),
        (table(["a"])[:900], "Choose a table: an XLSX or CSV file."),
    ],
    ids=["nothing", "a header", "png", "xls", "cut"],
)
def test_a_file_that_is_no_table_is_refused_and_not_kept(
    owner: Page, context: Flask, content: bytes, said: str
) -> None:
    owner.client.set_cookie("language", "en")
    before = sorted(files.folder().iterdir())
    response = bring(owner, content)
    assert response.status_code == 422
    assert session.scalar(select(func.count()).select_from(Import)) == 0
    assert sorted(files.folder().iterdir()) == before


def test_too_many_rows_are_refused(owner: Page, context: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(incoming, "MAX_ROWS", 2)
    assert bring(owner, LIST).status_code == 422
    monkeypatch.setattr(incoming, "MAX_ROWS", 3)
    assert bring(owner, LIST).status_code == 303


def test_no_file_and_a_large_one_are_refused(owner: Page) -> None:
    assert owner.post("/debtors/import", {}).status_code == 422
    large = b"a;b\n" * 1_400_000
    assert owner.client.post("/debtors/import", data=large).status_code == 413


def test_looking_at_files_is_limited(
    owner: Page, limits: None, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "limit_imports", "1 per hour")
    place = brought(owner, LIST)
    assert bring(owner, LIST).status_code == 429
    assert owner.post(f"{place}/columns").status_code == 429


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_only_an_owner_brings_and_takes(
    owner: Page, person: Person, make_person: Callable[..., Person],
    browse: Callable[[Person], Page], call: Any, role: str,
) -> None:  # fmt: skip
    place = brought(owner, LIST)
    other = make_person(contact="+998907654321")
    body = {"contact": "+998907654321", "role": role}
    call(person).post(f"/workspaces/{person.workspace_id}/members", body)
    page = browse(other)
    page.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
    assert page.get("/debtors/import").status_code == 403
    assert page.get(place).status_code == 403
    for path in ("columns", "start", "drop", "revert"):
        assert page.post(f"{place}/{path}").status_code == 403
    assert bring(page, LIST).status_code == 403
    assert page.post("/debtors/export", {"format": "xlsx"}).status_code == 403


def test_another_shop_finds_nothing(
    app: Flask, owner: Page, make_person: Callable[..., Person], browse: Any
) -> None:
    place = brought(owner, LIST)
    stranger = browse(make_person())
    assert stranger.get(place).status_code == 404
    for path in ("columns", "start", "drop", "revert"):
        assert stranger.post(f"{place}/{path}").status_code == 404
    assert "qarzlar.csv" not in stranger.get("/debtors/import").get_data(as_text=True)
    with app.app_context():
        assert found(place).status == "uploaded"


def test_what_is_done_is_not_done_again(app: Flask, owner: Page, shop: Shop) -> None:
    place = brought(owner, LIST)
    assert owner.post(f"{place}/revert").status_code == 409
    assert owner.post(f"{place}/start").status_code == 303
    assert owner.post(f"{place}/start").status_code == 409
    assert owner.post(f"{place}/drop").status_code == 409
    run(app)
    assert owner.post(f"{place}/start").status_code == 409
    assert owner.post(f"{place}/columns").status_code == 409
    assert owner.post(f"{place}/revert").status_code == 303
    assert owner.post(f"{place}/revert").status_code == 409
    run(app)
    assert owner.post(f"{place}/revert").status_code == 409
    assert owner.post(f"{place}/start").status_code == 409


def test_name_and_number_are_needed(owner: Page, context: Flask) -> None:
    place = brought(owner, "Kim?;Raqam?\nAziz;+998901234567\n")
    owner.post(f"{place}/columns", {"full_name": "0"})
    assert owner.post(f"{place}/start").status_code == 422
    assert owner.get(place).status_code == 200


def test_a_column_beyond_any_table_is_none(owner: Page, context: Flask) -> None:
    place = brought(owner, "Ism;Telefon\nAli;901234567\n")
    for column in ("9" * 5000, "-1", "²", "99"):
        assert owner.post(f"{place}/columns", {"full_name": column}).status_code == 303
        assert found(place).mapping["columns"] == {}


def test_nul_far_down_in_a_file_is_left_out(
    owner: Page, context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables_in, "_CHUNK", 100)  # of which the beginning is looked through
    rows = [f"Ali {n};+99890{n:07};1" for n in range(10)]
    place = brought(owner, "\n".join(["Ism;Telefon;Qarz", *rows, "A\0;1\0;2\0"]))
    (last,) = found(place).counts["shown"]["wrong"]
    assert last["texts"]["full_name"] == "A"


def test_a_file_that_is_gone_is_asked_for_again(owner: Page, context: Flask) -> None:
    place = brought(owner, LIST)
    files.remove(found(place).file)
    assert owner.post(f"{place}/start").status_code == 409
    assert owner.post(f"{place}/columns", {"full_name": "0"}).status_code == 409


@pytest.mark.parametrize(
    ("field", "cell", "message"),
    [
        ("full_name", "  ", "Fill this in."),
        ("full_name", "a" * 121, "At most %(limit)s characters."),
        ("full_name", Formula("=A1"), "This formula has no value yet."),
        ("phone_number", "12", "Write a phone number"),
        ("phone_number", "", "Write a phone number"),
        ("phone_number", "9,98901E+11", "Write a phone number"),
        ("debt", "abc", "Write an amount"),
        ("debt", "100$", "Write an amount"),
        ("debt", "-5000+1", "Write an amount"),
        ("debt", "=1+1", "Write an amount"),
        ("debt", "1,5555", "At most two decimals"),
        ("debt", Decimal("0.001"), "At most two decimals"),
        ("debt", "99999999999999999", "The amount must be more than 0"),
        ("credit_limit", "-5", "The amount must be more than 0"),
        ("note", "a" * 1001, "At most %(limit)s characters."),
        ("date", "31.02.2026", "Write a date"),
        ("date", "yesterday", "Write a date"),
        ("date", Decimal(5), "Write a date"),
        ("date", date(1969, 1, 1), "The day must be between 1970 and today."),
        ("date", today() + timedelta(days=2), "The day must be between 1970 and today."),
        ("due_date", "01.01.2300", "The date must be between 1970 and 2200."),
        ("credit", "5", "Either a debt or credit, not both."),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(field: str, cell: Any, message: str) -> None:
    good = {"full_name": "Aziz", "phone_number": "901234567", "debt": "10"}
    cells = {**good, field: cell}
    row = read_row(2, list(cells.values()), {name: n for n, name in enumerate(cells)})
    assert [reason.field for reason in row.wrong] == [field]
    assert row.wrong[0].message.startswith(message)


# What is read.


@pytest.mark.parametrize(
    "phone",
    ["+998 90 123 45 67", "998901234567", "901234567", "90 123-45-67", "(90) 123 45 67",
     "+998(90)123–45–67", "00998901234567", "+998\u00a090\u00a01234567", Decimal(998901234567)],
)  # fmt: skip
def test_reads_a_number_in_any_spelling(phone: Any) -> None:
    row = read_row(2, ["Aziz", phone], {"full_name": 0, "phone_number": 1})
    assert (row.wrong, row.phone_number) == ([], "+998901234567")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("", "0"), ("-", "0"), ("—", "0"), ("0", "0"), ("0,00", "0"), ("0 so'm", "0"),
        (Decimal(0), "0"), ("1 250 000", "1250000"), ("1.250.000,50", "1250000.50"),
        ("1,250,000.50", "1250000.50"), ("25k", "25000"), ("1.5 mln", "1500000"),
        ("150 000 so'm", "150000"), ("12 000 + 500", "12500"), ("+5000", "5000"),
        ("-25 000", "-25000"), ("−25 000", "-25000"), ("(25 000)", "-25000"),
        (Decimal("-0.5"), "-0.5"), (Decimal("1E+6"), "1000000"),
    ],
)  # fmt: skip
def test_reads_a_balance_in_any_spelling(cell: Any, amount: str) -> None:
    row = read_row(2, ["Aziz", "901234567", cell],
                   {"full_name": 0, "phone_number": 1, "debt": 2})  # fmt: skip
    assert (row.wrong, row.balance) == ([], Decimal(amount))


@pytest.mark.parametrize(
    "day",
    ["01.11.2026", "1.11.26", "2026-11-01", "01/11/2026", "1-11-2026", "2026-11-01 14:05",
     "2026-11-01T14:05:00+05:00", date(2026, 11, 1), Decimal(46327)],
)  # fmt: skip
def test_reads_a_day_in_any_spelling(day: Any) -> None:
    row = read_row(2, ["Aziz", "901234567", day],
                   {"full_name": 0, "phone_number": 1, "date": 2})  # fmt: skip
    assert (row.wrong, row.day) == ([], date(2026, 11, 1))


@pytest.mark.parametrize(
    "header",
    [
        ["F.I.Sh.", "Telefon raqami", "Qarz summasi", "Izoh", "Sana", "Muddati", "Limit"],
        ["ФИО клиента", "Номер телефона", "Долг на 01.11", "Примечание", "Дата", "Срок", "Лимит"],
        ["Full name", "Phone", "Balance", "Note", "Date", "Due date", "Credit limit"],
        ["Исм", "Телефон рақами", "Қарз", "Изоҳ", "Сана", "Муддат", "Лимит"],
    ],
)
def test_guesses_the_columns(tmp_path: Any, header: list[str]) -> None:
    rows = [["Qarzdorlar ro'yxati"], [], ["№", *header], [1, "Aziz", "901234567", 5]]
    (tmp_path / "a").write_bytes(table(*rows))
    mapping = previews.plan(tmp_path / "a", {}, {})
    assert mapping["first"] == 4
    assert mapping["columns"] == {
        "full_name": 1, "phone_number": 2, "debt": 3, "note": 4, "date": 5, "due_date": 6,
        "credit_limit": 7,
    }  # fmt: skip


# What is previewed.


def test_the_preview_marks_each_row(owner: Page, shop: Shop) -> None:
    shop.person("Vali", phone_number="+998901111111")
    place = brought(
        owner,
        "Имя,Телефон,Долг\nАли,901111112,100\nВали,90 111-11-11,200\nАли 2,+998901111112,5\n"
        "<b>Гани</b>,12,x\n",
    )
    counts = found(place).counts
    assert [counts[name] for name in ("rows", "new", "duplicate", "wrong")] == [4, 1, 2, 1]
    assert (counts["debt"], counts["credit"]) == ("100.00", "0.00")
    assert [row["who"] for row in counts["shown"]["duplicate"]] == ["Vali", "Али"]
    every = owner.get(place).get_data(as_text=True)
    assert "&lt;b&gt;Гани" in every
    bad = owner.get(f"{place}?show=wrong").get_data(as_text=True)
    assert "Гани" in bad
    assert "Али 2</p>" in every
    assert "Али 2</p>" not in bad
    assert book() == [("Vali", "+998901111111", 0, 0)]


def test_the_columns_are_changed_and_remembered(app: Flask, owner: Page, shop: Shop) -> None:
    content = "Kim?;Qayerda?;Necha pul?\nAziz;901234567;150\n"
    place = brought(owner, content)
    assert found(place).mapping["columns"] == {}
    columns = {"full_name": "0", "phone_number": "1", "debt": "2", "note": "2", "date": "9"}
    assert owner.post(f"{place}/columns", columns).status_code == 303
    kept = found(place).mapping["columns"]
    assert kept == {"full_name": 0, "phone_number": 1, "debt": 2}
    assert found(place).counts["new"] == 1
    again = found(brought(owner, "Necha pul?;Kim?;Qayerda?;x\n1;Vali;901234568;z\n"))
    assert again.mapping["columns"] == {"debt": 0, "full_name": 1, "phone_number": 2}


def test_a_table_without_a_header_has_letters(owner: Page, shop: Shop) -> None:
    place = brought(owner, "Aziz,901234567,150\nVali,901234568,5\n")
    assert found(place).mapping["header"] == ["A", "B", "C"]
    columns = {"full_name": "0", "phone_number": "1", "debt": "2"}
    owner.post(f"{place}/columns", columns)
    assert found(place).counts["new"] == 2


def test_a_file_whose_dropping_fails_is_kept(owner: Page, shop: Shop) -> None:
    place = brought(owner, LIST)

    def late_refusal() -> None:
        with unit_of_work():
            drop_import(workspace_id=shop.workspace_id, import_id=found(place).id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        late_refusal()
    assert (files.folder() / found(place).file).exists()
    assert owner.get(place).status_code == 200


def test_a_file_that_was_looked_at_is_dropped(owner: Page, shop: Shop) -> None:
    place = brought(owner, LIST)
    kept = files.folder() / found(place).file
    assert kept.exists()
    assert owner.post(f"{place}/drop").status_code == 303
    assert not kept.exists()
    assert owner.get(place).status_code == 404


# What is imported.


def test_people_come_with_their_balances(app: Flask, owner: Page, shop: Shop) -> None:
    place = imported(app, owner, LIST)
    assert book() == [
        ("Aziz Rahimov", "+998901234567", Decimal("150000.00"), 0),
        ("Malika Karimova", "+998901234568", 0, Decimal("25000.00")),
        ("Бобур", "+998901234569", 0, 0),
    ]
    aziz = session.scalars(select(Debtor).order_by(Debtor.id)).first()
    assert aziz is not None
    assert (aziz.note, aziz.credit_limit) == ("Qo'shni", Decimal(1_000_000))
    debt, payment = session.scalars(select(Debt)).one(), session.scalars(select(Payment)).one()
    assert debt.import_id == payment.import_id == found(place).id
    assert debt.description
    assert str(debt.aged_from) == "2026-12-01"
    assert debt.created_at.isoformat() == "2026-10-31T19:00:00+00:00"
    assert payment.credited == Decimal(25_000)
    counts = found(place).counts
    assert {**counts} == {
        "rows": 3, "new": 3, "duplicate": 0, "added": 0, "wrong": 0, "debt": "150000.00",
        "credit": "25000.00",
    }  # fmt: skip
    assert owner.get(place).status_code == 200
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "debtors.imported")).one()
    assert event.details["new"] == 3
    exact()


def test_a_workbook_is_imported(app: Flask, owner: Page, shop: Shop) -> None:
    rows = [["Ism", "Telefon", "Qarz", "Sana"],
            ["Aziz", 998901234567, 150_000.5, date(2026, 11, 1)]]  # fmt: skip
    imported(app, owner, table(*rows))
    assert book() == [("Aziz", "+998901234567", Decimal("150000.50"), 0)]


def test_duplicates_are_skipped_unless_they_are_added(app: Flask, owner: Page, shop: Shop) -> None:
    vali = shop.person("Vali", phone_number="+998901111111", credit_limit=Decimal(1))
    shop.pay(vali, "50")
    rows = "Ism;Tel;Qarz\nV;901111111;200\nAli;901111112;100\nAli;901111112;-30\n"
    imported(app, owner, rows)
    assert [row[2:] for row in book()] == [(0, 50), (100, 0)]
    place = imported(app, owner, rows, duplicates="add")
    # 200 less the 50 held for him; 100 and 100 less 30
    assert [row[2:] for row in book()] == [(150, 0), (170, 0)]
    assert (found(place).counts["added"], found(place).counts["new"]) == (3, 0)
    exact()


def test_wrong_rows_come_back_as_a_file_to_mend(app: Flask, owner: Page, shop: Shop) -> None:
    rows = "Ism;Tel;Qarz\nAli;901111112;100\n=1+1;12;x\nGani;901111113;5\n"
    place = imported(app, owner, rows)
    assert [row[0] for row in book()] == ["Ali", "Gani"]
    with owner.get(f"/jobs/{found(place).job_id}/file") as response:
        content = response.get_data().decode("utf-8-sig")
    header, line = content.splitlines()
    assert header.split(",")[1:4] == ["Ism", "Tel", "Qarz"]
    assert line.startswith("3,'=1+1,12,x,")
    mended = content.replace(",12,x,", ",901111114,7,").replace("'=1+1", "Vali")
    imported(app, owner, mended)
    assert book()[-1] == ("Vali", "+998901111114", 7, 0)


# What is cut off, and tried again.


def _many(count: int) -> str:
    lines = (f"Mijoz {n};+99890{n:07};{n if n % 3 else -n}" for n in range(1, count + 1))
    return "Ism;Telefon;Qarz\n" + "\n".join(lines)


def test_a_worker_that_dies_halfway_is_followed_by_another(
    app: Flask, owner: Page, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_tasks, "AT_ONCE", 10)
    place = brought(owner, _many(35))
    owner.post(f"{place}/start", {"duplicates": "add"})
    enter, calls = import_rows.import_rows, iter(range(100))

    def die(**given: Any) -> Any:
        counts = enter(**given)
        if next(calls) == 2:
            raise KeyboardInterrupt  # its transaction is lost, those before stand
        return counts

    monkeypatch.setattr(import_rows, "import_rows", die)
    with pytest.raises(KeyboardInterrupt):
        job_tasks.run(str(found(place).job_id))
    session.rollback()
    assert len(book()) == 20
    with unit_of_work():
        job = session.get_one(Job, found(place).job_id, populate_existing=True)
        assert job.status == "running"
        job.heartbeat_at = now() - timedelta(minutes=3)
        job.created_at = now() - timedelta(minutes=3)
    job_tasks.sweep()
    run(app)
    assert found(place).status == "done"
    assert len(book()) == 35
    assert (found(place).counts["new"], found(place).counts["duplicate"]) == (35, 0)
    assert session.scalar(select(func.sum(Debtor.debt_total - Debtor.credit))) == sum(
        n if n % 3 else -n for n in range(1, 36)
    )
    exact()


def test_what_stopped_for_good_goes_on_by_hand(
    app: Flask, owner: Page, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_tasks, "AT_ONCE", 10)
    place = brought(owner, _many(15))
    owner.post(f"{place}/start")
    finish = import_rows.finish_import
    monkeypatch.setattr(import_rows, "finish_import", lambda **_: 1 / 0)
    run(app)
    assert found(place).status == "running"
    page = owner.get(place).get_data(as_text=True)
    assert f"{place}/start" in page
    monkeypatch.setattr(import_rows, "finish_import", finish)
    assert owner.post(f"{place}/start").status_code == 303
    run(app)
    assert (found(place).status, found(place).counts["new"], len(book())) == ("done", 15, 15)
    exact()


def test_what_stopped_without_its_file_is_taken_back(
    app: Flask, owner: Page, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_tasks, "AT_ONCE", 10)
    place = brought(owner, _many(15))
    owner.post(f"{place}/start")
    assert owner.post(f"{place}/revert").status_code == 409  # it goes on
    monkeypatch.setattr(import_rows, "finish_import", lambda **_: 1 / 0)
    run(app)
    files.remove(found(place).file)
    assert owner.post(f"{place}/start").status_code == 409
    assert f"{place}/revert" in owner.get(place).get_data(as_text=True)
    assert owner.post(f"{place}/revert").status_code == 303
    run(app)
    assert (found(place).status, len(book())) == ("reverted", 0)
    assert owner.get(place).status_code == 200
    exact()


def test_a_job_that_runs_twice_enters_once(app: Flask, owner: Page, shop: Shop) -> None:
    place = imported(app, owner, _many(5))
    with unit_of_work():
        job = session.get_one(Job, found(place).job_id)
        job.status, job.finished_at = "queued", None
        found(place).status = "running"
    job_tasks.run(str(found(place).job_id))
    assert (len(book()), found(place).counts["new"]) == (5, 5)
    assert session.scalar(select(func.count()).select_from(Debt)) == 4
    events = select(func.count()).where(AuditEvent.action == "debtors.imported")
    assert session.scalar(events) == 2
    exact()


def test_whoever_comes_first_keeps_the_number(app: Flask, owner: Page, shop: Shop) -> None:
    place = brought(owner, LIST)
    shop.person("Somebody", phone_number="+998901234567")
    owner.post(f"{place}/start")
    run(app)
    assert (found(place).counts["new"], found(place).counts["duplicate"]) == (2, 1)
    assert book()[0] == ("Somebody", "+998901234567", 0, 0)


# What is taken back.


def test_an_import_is_taken_back_whole(app: Flask, owner: Page, shop: Shop) -> None:
    vali = shop.person("Vali", phone_number="+998901111111")
    shop.debt(vali, "70")
    shop.pay(vali, "100")
    before = book()
    more = "Vali;901111111;200\nVali;901111111;-50\n"
    rows = LIST.replace("\n", ";\n") + more
    place = imported(app, owner, rows, duplicates="add")
    assert book() != before
    assert owner.post(f"{place}/revert").status_code == 303
    run(app)
    assert (found(place).status, found(place).counts["stay"]) == ("reverted", 0)
    assert book() == before
    exact()
    debts = session.scalars(select(Debt).where(Debt.import_id == found(place).id)).all()
    assert all(debt.voided_at and debt.void_reason for debt in debts)
    action = select(AuditEvent).where(AuditEvent.action == "debtors.import_reverted")
    assert session.scalars(action).one().subject_id == str(found(place).id)
    assert owner.get(place).status_code == 200
    imported(app, owner, LIST)
    assert len(book()) == 4
    exact()


def test_who_has_other_entries_stays_with_sums_right(app: Flask, owner: Page, shop: Shop) -> None:
    place = imported(app, owner, LIST)
    ids = dict(session.execute(select(Debtor.phone_number, Debtor.id)).all())
    aziz, malika, bobur = (ids[f"+99890123456{n}"] for n in (7, 8, 9))
    shop.debt(aziz, "50000")
    shop.pay(aziz, "160000")  # pays the opening balance and 10 000 of the new debt
    shop.debt(malika, "30000")  # 25 000 of it is paid by the credit that came
    voided = shop.debt(bobur, "5")
    shop.void_debt(voided.id)
    owner.post(f"{place}/revert")
    run(app)
    assert found(place).counts["stay"] == 2
    assert book() == [
        ("Aziz Rahimov", "+998901234567", 0, Decimal("110000.00")),
        ("Malika Karimova", "+998901234568", Decimal("30000.00"), 0),
    ]
    exact()


def test_who_was_put_away_stays_settled(app: Flask, owner: Page, shop: Shop) -> None:
    place = imported(app, owner, LIST)
    number = Debtor.phone_number == "+998901234567"
    aziz = session.scalars(select(Debtor.id).where(number)).one()
    shop.pay(aziz, "150000")
    shop.do(remove_debtor, debtor_id=aziz)
    owner.post(f"{place}/revert")
    run(app)
    assert (found(place).status, book()) == ("reverted", [])
    exact()


def test_who_is_put_away_with_an_import_keeps_no_link(app: Flask, owner: Page, shop: Shop) -> None:
    stays = shop.person("Vali")
    place = imported(app, owner, LIST)
    aziz = session.scalars(select(Debtor.id).where(Debtor.full_name == "Aziz Rahimov")).one()
    for debtor in (stays, aziz):
        shop.do(open_link, debtor_id=debtor)
    owner.post(f"{place}/revert")
    run(app)
    session.rollback()
    shop.do(restore_debtor, debtor_id=aziz)
    assert find_link(shop.workspace_id, aziz) is None
    assert find_link(shop.workspace_id, stays) is not None


def test_a_revert_that_stops_goes_on(
    app: Flask, owner: Page, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = imported(app, owner, _many(25))
    monkeypatch.setattr(reverts, "AT_ONCE", 10)
    owner.post(f"{place}/revert")
    finish = reverts.finish_revert
    monkeypatch.setattr(reverts, "finish_revert", lambda **_: 1 / 0)
    run(app)
    assert (found(place).status, book()) == ("reverting", [])
    assert f"{place}/revert" in owner.get(place).get_data(as_text=True)
    monkeypatch.setattr(reverts, "finish_revert", finish)
    owner.post(f"{place}/revert")
    run(app)
    assert found(place).status == "reverted"
    exact()


def test_the_pages_ask_little(app: Flask, owner: Page, shop: Shop, queries: Any) -> None:
    place = imported(app, owner, _many(30))
    for path in ("/debtors/import", place):
        queries.statements.clear()
        assert owner.get(path).status_code == 200
        assert len(queries.statements) <= 10, queries.statements
