"""The whole book as a file: all of it, of this shop alone, safe to open, and to bring again."""

import csv
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from koshelok.audit.models import AuditEvent
from koshelok.debtors import operations
from koshelok.debtors.models import Debt, Debtor, Payment
from koshelok.infra.db import session
from koshelok.jobs import files
from koshelok.jobs.models import Job
from tests.conftest import Page, Person
from tests.debtors.books import Shop
from tests.debtors.test_import import exact, imported, run


@pytest.fixture
def shop(context: Flask, person: Person) -> Shop:
    """A book, and the owner of it."""
    return Shop(person.id, person.workspace_id)


@pytest.fixture
def owner(browse: Callable[[Person], Page], person: Person) -> Page:
    """The owner's browser."""
    return browse(person)


@pytest.fixture
def filled(shop: Shop, make_person: Callable[..., Person]) -> Shop:
    """Two people with all kinds of entries, and another shop's."""
    ali = shop.person("=1+1", phone_number="+998901111111", note="@x", credit_limit=Decimal(500))
    vali = shop.person("Вали", phone_number="+998901111112")
    first = shop.debt(ali, "100.50", description="-non")
    shop.debt(ali, "40")
    shop.pay(ali, "110.50")
    shop.pay(vali, "7")
    shop.void_debt(shop.debt(vali, "3").id)
    assert shop.status(first.id) == ["paid"]
    stranger = make_person()
    other = Shop(stranger.id, stranger.workspace_id)
    other.debt(other.person("Boshqa"), "1")
    return shop


def _job() -> Job:
    return session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()


def _exported(app: Flask, page: Page, format_: str) -> Path:
    response = page.post("/debtors/export", {"format": format_})
    assert response.status_code == 303
    run(app)
    job = _job()
    assert (job.status, job.done) == ("done", job.total)
    assert page.get(response.location).status_code == 200
    return files.folder() / str(job.file)


def test_refuses_other_formats(owner: Page, shop: Shop) -> None:
    for given in ({"format": "pdf"}, {}):
        assert owner.post("/debtors/export", given).status_code == 422
    assert session.scalars(select(Job)).all() == []


def test_a_workbook_holds_it_all(app: Flask, owner: Page, filled: Shop) -> None:
    book = load_workbook(BytesIO(_exported(app, owner, "xlsx").read_bytes()), read_only=True)
    sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    book.close()
    people, debts, payments, parts = sheets
    assert people[1:] == [
        ("=1+1", "+998901111111", "@x", 500, 30, 0),
        ("Вали", "+998901111112", "", None, 0, 7),
    ]
    assert [row[4:6] for row in debts[1:]] == [(3, 0), (40, 30), (100.5, 0)]
    assert [row[4:6] for row in payments[1:]] == [(7, 7), (110.5, 0)]
    assert sorted(row[3] for row in parts[1:]) == [3, 10, 100.5]
    assert _job().result == {"rows": 10}
    assert all(len({len(row) for row in sheet}) == 1 for sheet in sheets)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "debtors.exported"))
    assert event.one().details == {"format": "xlsx"}


def test_a_zip_of_tables_holds_it_all(app: Flask, owner: Page, filled: Shop) -> None:
    with zipfile.ZipFile(_exported(app, owner, "zip")) as archive:
        tables = [
            list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
        ]
        assert len(archive.namelist()) == 4
    assert tables[0][1] == ["'=1+1", "'+998901111111", "'@x", "500.00", "30.00", "0.00"]
    assert [len(table) - 1 for table in tables] == [2, 3, 2, 3]
    assert tables[1][3][8] == "'-non"


@pytest.mark.parametrize("format_", ["xlsx", "zip"])
def test_what_went_out_comes_in_again(app: Flask, owner: Page, filled: Shop, format_: str) -> None:
    content = _exported(app, owner, format_).read_bytes()
    if format_ == "zip":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            content = archive.read(archive.namelist()[0])
    columns = (
        Debtor.full_name, Debtor.phone_number, Debtor.note, Debtor.credit_limit,
        Debtor.debt_total, Debtor.credit,
    )  # fmt: skip

    def people() -> list[Any]:
        mine = Debtor.workspace_id == filled.workspace_id, Debtor.deleted_at.is_(None)
        return [tuple(row) for row in session.execute(
            select(*columns).where(*mine).order_by(Debtor.id))]  # fmt: skip

    before = people()
    _clear(filled)
    assert people() == []
    imported(app, owner, content)
    assert people() == before
    exact()


def _clear(shop: Shop) -> None:
    """Void what there is and put everybody away."""
    for model, void in ((Debt, shop.void_debt), (Payment, shop.void_payment)):
        for id_ in session.scalars(select(model.id).where(
            model.workspace_id == shop.workspace_id)).all():  # fmt: skip
            void(id_)
    for id_ in session.scalars(
        select(Debtor.id).where(Debtor.workspace_id == shop.workspace_id)
    ).all():
        shop.do(operations.remove_debtor, debtor_id=id_)


def test_an_empty_book_is_a_file_too(app: Flask, owner: Page, shop: Shop) -> None:
    book = load_workbook(BytesIO(_exported(app, owner, "xlsx").read_bytes()), read_only=True)
    assert [sheet.max_row for sheet in book.worksheets] == [1, 1, 1, 1]
    book.close()
