"""A history as a file: asked for on both faces, written by the worker, told in the history."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from koshelok.audit.models import AuditEvent
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import files
from koshelok.jobs.models import Job
from koshelok.ledger import operations as ledger
from koshelok.wallet import operations, tasks
from koshelok.wallet.numbers import dashed
from koshelok.wallet.operations import Order
from koshelok.wallet.queries import CardView, TransferFilters
from koshelok.worker import run_worker
from tests.conftest import Api, Page, Person
from tests.infra.test_tables import cells

CardOf = Callable[..., CardView]


@pytest.fixture
def mine(card_of: CardOf, person: Person) -> CardView:
    """A card with 1 000 000."""
    return card_of(person, "1000000")


@pytest.fixture
def sent(app: Flask, mine: CardView, card_of: CardOf, make_person: Callable[..., Person]) -> str:
    """The number of a card that 100 000 went to."""
    target = card_of(make_person())
    with app.app_context(), unit_of_work():
        order = Order(mine.id, target.number, Decimal(100000), "=1+1", str(uuid4()))
        operations.send(actor_id=mine.owner_id, role="USER", order=order)
    return target.number


def _finished(app: Flask, job_id: str) -> Job:
    run_worker(app, burst=True)
    with app.app_context():
        job = session.get(Job, UUID(job_id))
        assert job is not None
        session.expunge(job)
        return job


def _path(app: Flask, job: Job) -> Path:
    with app.app_context():
        return files.folder() / str(job.file)


def test_refuses_other_formats_and_others_cards(
    api: Api, browse: Callable[[Person], Page], person: Person, card_of: CardOf,
    make_person: Callable[..., Person],
) -> None:  # fmt: skip
    hers = card_of(make_person())
    page = browse(person)
    assert page.post("/transfers/export", {"format": "pdf"}).status_code == 422
    assert page.post("/transfers/export", {}).status_code == 422
    asked = {"format": "csv", "card": str(hers.id)}
    assert page.post("/transfers/export", asked).status_code == 404
    assert api.post("/transfers/export", {"format": "pdf"}).status_code == 422
    assert api.post("/transfers/export", asked).status_code == 404
    assert api.post("/transfers/export", {"format": "csv", "start_date": "2026-02-02",
                                          "end_date": "2026-01-01"}).status_code == 422  # fmt: skip
    assert api.get("/jobs").get_json()["items"] == []


def test_writes_csv(app: Flask, api: Api, mine: CardView, sent: str) -> None:
    response = api.post("/transfers/export", {"format": "csv"}, headers={"Accept-Language": "en"})
    started = response.get_json()
    assert response.status_code == 202
    assert response.headers["Location"] == f"/api/v1/jobs/{started['id']}"
    assert (started["kind"], started["status"]) == ("transfers_export", "queued")
    job = _finished(app, started["id"])
    assert (job.status, job.done, job.total) == ("done", 2, 2)
    with api.get(f"/jobs/{started['id']}/file") as answer:
        assert answer.mimetype == "text/csv"
        text_ = answer.get_data().decode("utf-8-sig")
    header, out, top_up = csv.reader(text_.splitlines())
    assert header == ["Date", "Time", "Kind", "Direction", "From card", "To card", "Amount",
                      "Commission", "Total", "Outcome", "What for"]  # fmt: skip
    assert out[2:] == [
        "Transfer", "Sent", dashed(mine.number), dashed(sent), "100000.00", "1000.00",
        "101000.00", "Went through", "'=1+1",
    ]  # fmt: skip
    assert top_up[2:6] == ["Top-up", "Received", "", dashed(mine.number)]


def test_writes_xlsx_of_what_the_page_shows(
    app: Flask, browse: Callable[[Person], Page], person: Person, sent: str
) -> None:
    page = browse(person)
    response = page.post("/transfers/export", {"format": "xlsx", "direction": "out"})
    assert response.status_code == 303
    place = response.headers["Location"]
    job = _finished(app, place.rsplit("/", 1)[1])
    found = [value for _, value, _ in cells(_path(app, job))]
    assert len(found) == 22
    assert found[17:20] == ["100000.00", "1000.00", "101000.00"]
    assert found[21] == "=1+1"
    assert f"{place}/file" in page.get(place).get_data(as_text=True)
    with app.app_context():
        event = session.scalars(select(AuditEvent).filter_by(action="transfers.exported")).one()
        assert (event.actor_id, event.subject_id) == (person.id, str(job.id))
        assert event.details == {"format": "xlsx", "direction": "out"}


def test_filters_survive_the_queue(context: Flask, mine: CardView) -> None:
    filters = TransferFilters(
        card=mine.id, direction="out", type="transfer", status="success",
        start_date=date(2026, 1, 1), end_date=date(2026, 12, 31), min_amount=Decimal("0.01"),
        max_amount=Decimal("99.99"),
    )  # fmt: skip
    with unit_of_work():
        job = operations.start_export(
            actor_id=mine.owner_id, format="csv", filters=filters, words={}
        )
    assert operations.read_filters(job.params["filters"]) == filters


def test_goes_on_past_a_page(
    app: Flask, api: Api, mine: CardView, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), unit_of_work():
        for number in range(9):
            ledger.deposit(
                actor_id=mine.owner_id, key=f"more-{number}", fingerprint="x",
                target=mine.account_id, amount=Decimal(number + 1),
            )  # fmt: skip
    monkeypatch.setattr(tasks, "AT_ONCE", 3)
    started = api.post("/transfers/export", {"format": "csv"}).get_json()
    job = _finished(app, started["id"])
    assert (job.done, job.total, job.result) == (10, 10, {"rows": 10})
    lines = _path(app, job).read_text("utf-8-sig").splitlines()
    assert [line.split(",")[6] for line in lines[1:]] == [
        *(f"{number}.00" for number in range(9, 0, -1)), "1000000.00"
    ]  # fmt: skip


def test_the_same_key_starts_it_once(api: Api, mine: CardView) -> None:
    headers = {"Idempotency-Key": "export-1"}
    first = api.post("/transfers/export", {"format": "csv"}, headers=headers)
    again = api.post("/transfers/export", {"format": "csv"}, headers=headers)
    assert first.status_code == again.status_code == 202
    assert first.data == again.data
    assert len(api.get("/jobs").get_json()["items"]) == 1


def test_cards_expire_by_the_clock(app: Flask, api: Api, mine: CardView) -> None:
    with app.app_context():
        assert tasks.expire() == 0
        with unit_of_work():
            session.execute(text("UPDATE cards SET expiry_date = '2020-01-01'"))
        assert tasks.expire() == 1
        assert tasks.expire() == 0
    assert api.get(f"/cards/{mine.id}").get_json()["status"] == "EXPIRED"
