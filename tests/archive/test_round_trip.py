"""Everything goes out and comes back the same, elsewhere, to the tiyin and to the byte."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from koshelok import verification
from koshelok.audit.models import AuditEvent
from koshelok.finance import queries
from koshelok.infra.db import session
from koshelok.jobs import files
from koshelok.jobs.models import Job
from koshelok.worker import run_worker
from tests.archive.filled import PDF, fill
from tests.conftest import Page, Person
from tests.finance.conftest import Book, open_book


def run(app: Flask) -> Job:
    """Let the worker do what is queued; the last job."""
    with app.app_context():
        run_worker(app, burst=True)
        session.rollback()
        return session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()


def taken(app: Flask, page: Page) -> bytes:
    """Everything of a workspace as a ZIP, by the page."""
    assert page.post("/settings/data/export").status_code == 303
    job = run(app)
    assert job.status == "done", job.result
    with page.get(f"/jobs/{job.id}/file") as answer:
        assert answer.mimetype == "application/zip"
        content = bytes(answer.data)
    with app.app_context():
        assert not list(files.folder().glob("*.part"))
    return content


def brought(app: Flask, page: Page, content: bytes) -> Job:
    """Bring a ZIP in by the page; the job."""
    answer = page.post("/settings/data/import", {"file": (io.BytesIO(content), "koshelok.zip")},
                       content_type="multipart/form-data")  # fmt: skip
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return run(app)


def data_of(content: bytes) -> dict[str, Any]:
    """data.json of an archive, but for when it was exported and what the workspace is called."""
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        data: dict[str, Any] = json.loads(archive.read("data.json"))
    data.pop("exported_at")
    data["workspace"].pop("name")
    return data


def receipts_of(content: bytes) -> dict[str, bytes]:
    """The receipts of an archive."""
    with ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("receipts/")]
        return {name: archive.read(name) for name in names}


@pytest.fixture
def book(app: Flask, person: Person) -> Book:
    """A workspace with some of everything."""
    with app.app_context():
        own = open_book(person)
        fill(own)
    return own


def test_what_goes_out_comes_back_the_same(
    app: Flask,
    book: Book,
    person: Person,
    browse: Callable[[Person], Page],
    make_person: Callable[..., Person],
) -> None:
    first = taken(app, browse(person))
    data = data_of(first)
    other = make_person()
    job = brought(app, browse(other), first)
    assert job.status == "done", job.result
    assert job.done == sum(len(rows) for rows in data.values() if isinstance(rows, list))
    again = taken(app, browse(other))
    assert data_of(again) == data
    assert receipts_of(again) == receipts_of(first)
    with app.app_context():
        sums = [
            [(each.category_name, each.total, each.count) for each in queries.sum_ever(workspace)]
            for workspace in (book.workspace_id, other.workspace_id)
        ]
        assert sums[0] == sums[1]
        assert not verification.verify_all()
        found = set(session.scalars(select(AuditEvent.action)))
    assert {"workspace.exported", "workspace.brought_back"} <= found


def test_the_archive_has_all_there_is(
    app: Flask, book: Book, person: Person, browse: Callable[[Person], Page]
) -> None:
    content = taken(app, browse(person))
    data = data_of(content)
    assert {name: len(rows) for name, rows in data.items() if isinstance(rows, list)} == {
        "categories": len(book.categories) + 3,
        "rules": 1,
        "recurrences": 1,
        "records": 10,
        "learned": len(data["learned"]),
        "bank_messages": 2,
        "plans": len(data["plans"]),
        "budgets": 3,
        "moves": 1,
        "earmarks": 2,
    }
    assert data["records"][1]["amount"] == "9999999999999999.99"
    assert [row["split"] for row in data["records"][2:5]] == [1, 1, None]
    assert [row["amount"] for row in data["earmarks"]] == ["60.00", "-30.50"]
    assert sorted(receipts_of(content).values())[0][:5] in {b"%PDF-", b"RIFF"}
    assert list(receipts_of(content).values()).count(PDF) == 3


def test_tables_are_there_to_read_and_safe_to_open(
    app: Flask, book: Book, person: Person, browse: Callable[[Person], Page]
) -> None:
    with app.app_context():
        book.record("1", comment="=cmd|' /C calc'!A0")
    with ZipFile(io.BytesIO(taken(app, browse(person)))) as archive:
        names = archive.namelist()
        tables = [name for name in names if name.startswith("tables/")]
        assert len(tables) == len(set(tables)) == 16
        assert archive.read("README.txt").decode()
        records = archive.read(tables[0]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(records)))
    assert len(rows) == 1 + 10
    assert rows[-1][3].startswith("'=")
    assert "o'chirilgan" not in records
