"""The statement's faces: pages, files at once, files by the worker, the API."""

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from openpyxl import load_workbook

from koshelok.audit.models import AuditEvent
from koshelok.core.clock import today
from koshelok.debtors.queries import statement as statement_queries
from koshelok.infra.db import session
from koshelok.jobs import files
from koshelok.jobs.models import Job
from koshelok.worker import run_worker
from tests.conftest import Api, Page, Person
from tests.debtors.calls import enter, owe, pay

Browse = Callable[[Person], Page]
EN = {"Accept-Language": "en"}


@pytest.fixture
def debtor(api: Api) -> int:
    """Owes 90 000 of a debt whose name is a formula; a payment of 5 000 was voided."""
    made = enter(api, "Anvar Karimov")
    owe(api, made, "100000", description="=1+1", due_date="2030-01-01")
    pay(api, made, "10000")
    wrong = pay(api, made, "5000")
    api.post(f"/payments/{wrong}/void", {"reason": "Boshqa odam"})
    return made


def finished(app: Flask, job_id: str) -> tuple[Job, Path]:
    """A job after the worker, and where its file is."""
    run_worker(app, burst=True)
    with app.app_context():
        job = session.get(Job, UUID(job_id))
        assert job is not None
        session.expunge(job)
        return job, files.folder() / str(job.file)


def test_refuses(api: Api, browse: Browse, person: Person, debtor: int) -> None:
    page = browse(person)
    place = f"/debtors/{debtor}/statement"
    reversed_ = {"start_date": "2026-02-02", "end_date": "2026-02-01"}
    assert page.get(place, query_string=reversed_).status_code == 422
    assert page.get(place, query_string={"start_date": "x"}).status_code == 422
    assert page.get(place, query_string={"end_date": "9999-12-31"}).status_code == 422
    assert page.get(f"{place}/receipt", query_string=reversed_).status_code == 422
    assert page.post(f"{place}/export", {"format": "doc"}).status_code == 422
    assert page.post(f"{place}/export", {"format": "csv", **reversed_}).status_code == 422
    assert page.post(f"{place}/export", {"format": "csv", "end_date": "x"}).status_code == 422
    answer = api.get(place, query_string=reversed_)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "dates_reversed")
    answer = api.get(place, query_string={"end_date": "9999-12-31"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "date_out_of_range")
    assert api.get("/debtors/999/statement").status_code == 404
    assert api.post(f"{place}/export", {"format": "doc"}).status_code == 422
    assert api.post("/debtors/999/statement/export", {"format": "csv"}).status_code == 404
    assert api.get("/jobs").get_json()["items"] == []


def test_the_api_tells_it(api: Api, debtor: int) -> None:
    told = api.get(f"/debtors/{debtor}/statement").get_json()
    assert (told["opening"], told["closing"], told["debt"]) == ("0.00", "90000.00", "90000.00")
    assert (told["taken"], told["paid"], told["written_off"]) == ("100000.00", "10000.00", "0.00")
    assert told["ageing"]["not_due"] == "90000.00"
    assert (told["start_date"], told["end_date"]) == (None, today().isoformat())
    assert [(e["type"], e["effect"], e["balance"]) for e in told["entries"]] == [
        ("debt", "100000.00", "100000.00"),
        ("payment", "-10000.00", "90000.00"),
        ("payment", "0.00", "90000.00"),
    ]
    assert told["entries"][2]["void_reason"] == "Boshqa odam"
    tomorrow = (today() + timedelta(1)).isoformat()
    after = api.get(
        f"/debtors/{debtor}/statement", query_string={"start_date": tomorrow, "end_date": tomorrow}
    ).get_json()
    assert (after["opening"], after["closing"], after["entries"]) == ("90000.00", "90000.00", [])


def test_credit_is_told(api: Api) -> None:
    debtor = enter(api)
    pay(api, debtor, "350")
    told = api.get(f"/debtors/{debtor}/statement").get_json()
    assert (told["closing"], told["debt"], told["credit"]) == ("-350.00", "0.00", "350.00")
    assert set(told["ageing"].values()) == {"0.00"}


def test_the_api_answers_files_to_who_accepts_them(
    app: Flask, api: Api, person: Person, debtor: int
) -> None:
    place = f"/debtors/{debtor}/statement"
    for type_, start in (("application/pdf", b"%PDF-"), ("text/csv", b"\xef\xbb\xbf")):
        answer = api.get(place, headers={"Accept": type_, **EN})
        assert (answer.status_code, answer.mimetype) == (200, type_)
        assert answer.data.startswith(start)
        assert "attachment" in answer.headers["Content-Disposition"]
    assert api.get(place, headers={"Accept": "text/html"}).is_json
    with app.app_context():
        events = session.query(AuditEvent).filter_by(action="statement.exported")
        events = events.order_by(AuditEvent.id).all()
        assert [(e.actor_id, e.subject_id, e.details["format"]) for e in events] == [
            (person.id, str(debtor), "pdf"), (person.id, str(debtor), "csv"),
        ]  # fmt: skip
    documented = api.client.get("/openapi.json").get_json()
    answers = documented["paths"]["/api/v1/debtors/{id}/statement"]["get"]["responses"]
    assert {"application/json", "application/pdf", "text/csv"} <= set(answers["200"]["content"])


def test_csv_opens_again(browse: Browse, person: Person, debtor: int) -> None:
    page = browse(person)
    answer = page.post(f"/debtors/{debtor}/statement/export", {"format": "csv"}, headers=EN)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    rows = list(csv.reader(answer.data.decode("utf-8-sig").splitlines()))
    assert len({len(row) for row in rows}) == 1
    debt, paid, voided = rows[2:5]
    assert debt[3:8] == ["'=1+1", "2030-01-01", "100000.00", "", "100000.00"]
    assert paid[5:8] == ["", "10000.00", "90000.00"]
    assert voided[5:8] == ["", "", "90000.00"]
    assert "Boshqa odam" in voided[8]
    assert rows[1][7] == "0.00"
    assert rows[5][7] == "90000.00"
    assert sum(Decimal(row[7]) for row in rows[6:11]) == 90000
    assert rows[11][7] == "0.00"


def test_xlsx_opens_again(browse: Browse, person: Person, debtor: int) -> None:
    answer = browse(person).post(f"/debtors/{debtor}/statement/export", {"format": "xlsx"})
    book = load_workbook(BytesIO(answer.data))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[2][3] == "=1+1"
    assert book.active["D3"].data_type == "s"
    assert (rows[2][4], rows[2][5], rows[2][7]) == (datetime(2030, 1, 1), 100000, 100000)  # noqa: DTZ001  # as a sheet has it
    assert rows[3][6] == 10000


def test_pdf_has_pages(browse: Browse, person: Person, api: Api, debtor: int) -> None:
    page = browse(person)
    short = page.post(f"/debtors/{debtor}/statement/export", {"format": "pdf"}).data
    assert short.startswith(b"%PDF-")
    assert short.count(b"/Type /Page\n") == 1
    for number in range(1, 60):
        owe(api, debtor, str(number), description="Juda uzun so'z " * 10)
    long = page.post(f"/debtors/{debtor}/statement/export", {"format": "pdf"}).data
    assert long.count(b"/Type /Page\n") > 3


def test_a_long_one_goes_through_the_worker(
    app: Flask, browse: Browse, person: Person, api: Api, debtor: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(statement_queries, "AT_ONCE", 2)
    page, place = browse(person), f"/debtors/{debtor}/statement"
    shown = page.get(place)
    assert shown.status_code == 200
    assert "90\u202f000" in shown.text
    assert "Boshqa odam" not in shown.text
    refused = api.get(place)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "statement_too_long")
    for format_ in ("csv", "xlsx", "pdf"):
        answer = page.post(f"{place}/export", {"format": format_, "start_date": "2026-01-01"})
        assert answer.status_code == 303
        where = answer.headers["Location"]
        job, path = finished(app, where.rsplit("/", 1)[1])
        assert (job.status, job.done, job.total, job.result) == ("done", 3, 3, {"rows": 3})
        assert job.file_name.endswith(f".{format_}")
        assert path.stat().st_size > 100
        assert f"{where}/file" in page.get(where).text
    with app.app_context():
        assert session.query(AuditEvent).filter_by(action="statement.exported").count() == 3


def test_the_api_starts_a_file_once(app: Flask, api: Api, debtor: int) -> None:
    headers = {"Idempotency-Key": "statement-1", **EN}
    asked = {"format": "csv", "end_date": today().isoformat()}
    first = api.post(f"/debtors/{debtor}/statement/export", asked, headers=headers)
    again = api.post(f"/debtors/{debtor}/statement/export", asked, headers=headers)
    assert first.status_code == again.status_code == 202
    assert first.data == again.data
    _, path = finished(app, first.get_json()["id"])
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert rows[0][:3] == ["Date", "Time", "What"]
    assert len(rows) == 12


def test_pages_show_it(browse: Browse, person: Person, debtor: int) -> None:
    page = browse(person)
    for path in (f"/debtors/{debtor}/statement", f"/debtors/{debtor}/statement/receipt"):
        shown = page.get(path).text
        for told in ("Anvar Karimov", "90\u202f000", "=1+1", "statement-gone", "+998 90 123 45 67"):
            assert told in shown, told
    empty = page.get(f"/debtors/{debtor}/statement?start_date=2020-01-01&end_date=2020-01-31")
    assert empty.status_code == 200
    assert "90\u202f000" not in empty.text


def test_a_viewer_may_read_and_keep_it(
    make_person: Callable[..., Person], person: Person, call: Callable[[Person], Api], api: Api,
    debtor: int,
) -> None:  # fmt: skip
    viewer = call(make_person(contact="+998901112233"))
    shop = api.post("/workspaces", {"name": "Do'kon", "kind": "shop"}).get_json()["id"]
    member = {"contact": "+998901112233", "role": "viewer"}
    assert api.post(f"/workspaces/{shop}/members", member).status_code == 201
    here = {"X-Workspace": str(shop)}
    made = api.post("/debtors", {"full_name": "Ali", "phone_number": "901234568"}, headers=here)
    place = f"/debtors/{made.get_json()['id']}/statement"
    assert viewer.get(place, headers=here).status_code == 200
    assert viewer.get(place, headers={**here, "Accept": "text/csv"}).mimetype == "text/csv"
    assert viewer.get(place).status_code == 404
    assert viewer.get(f"/debtors/{debtor}/statement", headers=here).status_code == 404
