"""/recurring and /rules, without JavaScript and as htmx asks for them; refusals first."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from koshelok.core.clock import today
from koshelok.finance.models import Category
from koshelok.infra.db import session
from tests.conftest import Api, Page, Person

DAY = today()
WEEK = timedelta(days=7)
MAX_QUERIES = 10


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person) -> Page:
    """A browser signed in as `person`."""
    return browse(person)


@pytest.fixture
def category(app: Flask, person: Person) -> Callable[[str], int]:
    """The id of a category of `person` by its code."""

    def find(code: str) -> int:
        query = select(Category.id).filter_by(workspace_id=person.workspace_id, code=code)
        with app.app_context():
            return session.scalar(query) or 0

    return find


@pytest.fixture
def rent(mine: Page, category: Callable[[str], int]) -> Callable[..., str]:
    """Expect something by the page; answers its id."""

    def make(**more: Any) -> str:
        data = {"amount": "500 000", "category": category("FOOD"), "comment": "Ijara",
                "every": "1", "unit": "week", "starts_on": str(DAY)}  # fmt: skip
        answer = mine.post("/recurring/new", data | more)
        assert answer.status_code == 303, _text(answer)
        return re.findall(r'id="recurrence-(\d+)"', _text(mine.get("/recurring")))[-1]

    return make


def _text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("\u202f", " ").replace("\xa0", " ")


def _errors(answer: TestResponse) -> list[str]:
    return re.findall(r'id="(\w+)-error"', _text(answer))


def _undo(page: Page, answer: TestResponse) -> TestResponse:
    found = re.search(r'action="(/changes/\d+/undo)"', _text(answer))
    assert found, _text(answer)
    return page.post(found.group(1))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"amount": "0"}, "amount"), ({"category": ""}, "category"), ({"every": "x"}, "every"),
     ({"every": "٣"}, "every"), ({"every": "0"}, "every"), ({"every": "400"}, "every"),
     ({"unit": "year"}, "unit"), ({"starts_on": "2026-02-30"}, "starts_on"),
     ({"starts_on": "1969-01-01"}, "starts_on"), ({"ends_on": "2001-01-01"}, "ends_on"),
     ({"comment": "x" * 1001}, "comment")],
)  # fmt: skip
def test_refuses_what_cannot_come_again(
    mine: Page, category: Callable[[str], int], wrong: dict[str, str], field: str
) -> None:
    data = {"amount": "5", "category": category("FOOD"), "every": "1", "unit": "month",
            "starts_on": str(DAY)}  # fmt: skip
    answer = mine.post("/recurring/new", data | wrong)
    assert (answer.status_code, _errors(answer)) == (422, [field])


@pytest.mark.parametrize("record", ["0", "-1", "9" * 19, "9" * 30])
def test_is_made_from_a_record_that_there_is(mine: Page, record: str) -> None:
    path = f"/recurring/new?record={record}"
    assert mine.get(path).status_code == 404
    assert mine.post(path, {"amount": "5"}).status_code == 404


def test_refuses_a_day_twice_and_a_day_that_is_none(mine: Page, rent: Callable[..., str]) -> None:
    url = f"/recurring/{rent()}/confirm"
    assert mine.post(url, {"occurs_on": "x"}).status_code == 404
    assert mine.post(url, {"occurs_on": str(DAY)}).status_code == 303
    again = mine.htmx("POST", url, data={"occurs_on": str(DAY)})
    assert (again.status_code, "data-toast" in _text(again)) == (409, True)


def test_confirmed_changed_skipped_and_taken_back(mine: Page, rent: Callable[..., str]) -> None:
    made = rent(starts_on=str(DAY - 2 * WEEK))
    assert 'id="due-' in _text(mine.get("/recurring"))
    mine.post(f"/recurring/{made}/confirm", {"occurs_on": str(DAY - 2 * WEEK)})
    form = _text(mine.get(f"/recurring/{made}/record"))
    assert str(DAY - WEEK) in form
    data = {"occurs_on": str(DAY - WEEK), "amount": "510 000", "comment": "Ijara va suv",
            "date": str(DAY)}  # fmt: skip
    chosen = re.search(r'name="category"[^>]*value="(\d+)"[^>]*checked', form)
    assert chosen
    answer = mine.post(f"/recurring/{made}/record", data | {"category": chosen.group(1)})
    assert answer.status_code == 303
    mine.post(f"/recurring/{made}/skip", {"occurs_on": str(DAY)})
    page = mine.get("/recurring")
    assert 'id="due-' not in _text(page)
    listed = _text(mine.get("/transactions"))
    assert "500 000" in listed
    assert "510 000" in listed
    _undo(mine, page)
    assert 'id="due-' in _text(mine.get("/recurring"))


def test_htmx_is_told_what_changed(mine: Page, rent: Callable[..., str]) -> None:
    made = rent()
    answer = mine.htmx("POST", f"/recurring/{made}/confirm", data={"occurs_on": str(DAY)})
    assert "transaction-recorded" in answer.headers["HX-Trigger"]
    answer = mine.htmx("POST", f"/recurring/{made}/stop")
    assert "recurring-changed" in answer.headers["HX-Trigger"]
    region = _text(mine.htmx("GET", "/recurring"))
    assert region.lstrip().startswith('<div class="stack" id="recurring"')


def test_edited_and_stopped(mine: Page, rent: Callable[..., str]) -> None:
    made = rent()
    form = _text(mine.get(f"/recurring/{made}/edit"))
    assert "Ijara" in form
    assert _errors(mine.post(f"/recurring/{made}/edit", {"amount": ""}))
    chosen = re.search(r'name="category"[^>]*value="(\d+)"[^>]*checked', form)
    assert chosen
    data = {"amount": "600 000", "category": chosen.group(1), "comment": "Ijara", "every": "2",
            "unit": "month", "starts_on": str(DAY)}  # fmt: skip
    assert mine.post(f"/recurring/{made}/edit", data).status_code == 303
    assert "600 000" in _text(mine.get("/recurring"))
    mine.post(f"/recurring/{made}/stop")
    page = mine.get("/recurring")
    assert f"recurrence-{made}" not in _text(page)
    _undo(mine, page)
    assert f"recurrence-{made}" in _text(mine.get("/recurring"))


def test_made_from_a_record_it_is_next_after_it(mine: Page, api: Api, rent: Any) -> None:
    food = api.get("/finance/categories").get_json()["items"][0]["id"]
    body = {"category": food, "amount": "7500", "comment": "Sut", "date": str(DAY)}
    record = api.post("/finance/transactions", body).get_json()["id"]
    form = _text(mine.get(f"/recurring/new?record={record}"))
    assert "7 500" in form
    assert f"record={record}" in form
    data = {"amount": "7500", "category": food, "every": "1", "unit": "day", "starts_on": str(DAY)}
    assert mine.post(f"/recurring/new?record={record}", data).status_code == 303
    assert 'id="due-' not in _text(mine.get("/recurring"))


def test_a_suggestion_is_taken_or_declined(mine: Page, api: Api, category: Any) -> None:
    for comment in ("Suv yetkazish", "Musiqa obunasi"):
        for weeks in (2, 1, 0):
            api.post(
                "/finance/transactions",
                {"category": category("FOOD"), "amount": "30000", "comment": comment,
                 "date": str(DAY - weeks * WEEK)},
            )  # fmt: skip
    first, second = re.findall(r'id="suggestion-(\d+)"', _text(mine.get("/recurring")))
    assert mine.post(f"/recurring/suggestions/{first}/accept").status_code == 303
    assert mine.post(f"/recurring/suggestions/{second}/decline").status_code == 303
    text = _text(mine.get("/recurring"))
    assert ("suggestion-" in text, text.count('id="recurrence-')) == (False, 1)
    assert mine.post(f"/recurring/suggestions/{second}/accept").status_code == 404


def test_the_forecast_names_its_lowest_and_has_a_table(
    mine: Page, api: Api, rent: Callable[..., str], category: Callable[[str], int]
) -> None:
    body = {"category": category("SALARY"), "amount": "1200000", "date": str(DAY - WEEK)}
    api.post("/finance/transactions", body)
    rent(starts_on=str(DAY + WEEK))
    text = _text(mine.get("/recurring?days=60"))
    assert "−2 800 000" in text  # eight weeks of half a million
    assert 'data-ahead="30"' in text
    assert text.count('<th scope="row">') == 91
    assert _text(mine.get("/recurring?days=x")).count('<th scope="row">') == 61


def test_the_page_asks_little(mine: Page, rent: Callable[..., str], queries: Any) -> None:
    rent()
    queries.statements.clear()
    mine.get("/recurring")
    assert len(queries.statements) <= MAX_QUERIES


def _correct(mine: Page, api: Api, category: Callable[[str], int], **how: Any) -> TestResponse:
    body = {"category": category("FOOD"), "amount": "5", "comment": "Korzinka", "date": str(DAY)}
    record = api.post("/finance/transactions", body).get_json()["id"]
    data = {"amount": "5", "category": category("DATA"), "comment": "Korzinka", "date": str(DAY)}
    url = f"/transactions/{record}/edit"
    if how:
        return mine.htmx("POST", url, data={**data, "csrf_token": mine.token})
    return mine.post(url, data)


def test_always_is_asked_in_place(mine: Page, api: Api, category: Any) -> None:
    assert 'id="ask-' not in _text(_correct(mine, api, category, htmx=True))
    text = _text(_correct(mine, api, category, htmx=True))
    assert 'id="ask-' in text
    assert "korzinka" in text


def test_always_is_asked_on_the_next_page(mine: Page, api: Api, category: Any) -> None:
    past = {"category": category("FOOD"), "amount": "9", "comment": "korzinka 5"}
    api.post("/finance/transactions", past)
    _correct(mine, api, category)
    answer = _correct(mine, api, category)
    where = answer.headers["Location"]
    assert re.fullmatch(r"/rules/ask/\d+", where)
    asked = _text(mine.get(where))
    assert "korzinka 5" in asked
    assert mine.post(f"{where}/yes", {"past": "yes"}).status_code == 303
    page = mine.get("/rules")
    assert "korzinka" in _text(page)
    assert mine.get(where).status_code == 303
    assert mine.post(f"{where}/yes").status_code == 404
    _undo(mine, page)
    assert 'id="rule-' not in _text(mine.get("/rules"))


def test_no_is_no_and_a_rule_is_deleted(mine: Page, api: Api, category: Any) -> None:
    _correct(mine, api, category)
    where = _correct(mine, api, category).headers["Location"]
    assert mine.post(f"{where}/no").status_code == 303
    assert _correct(mine, api, category).headers["Location"] == "/transactions"


def test_a_rule_is_deleted_and_comes_back(mine: Page, api: Api, category: Any) -> None:
    _correct(mine, api, category)
    where = _correct(mine, api, category).headers["Location"]
    mine.post(f"{where}/yes")
    (rule,) = re.findall(r'id="rule-(\d+)"', _text(mine.get("/rules")))
    assert mine.post(f"/rules/{rule}/delete").status_code == 303
    page = mine.get("/rules")
    assert 'id="rule-' not in _text(page)
    _undo(mine, page)
    assert f'id="rule-{rule}"' in _text(mine.get("/rules"))
