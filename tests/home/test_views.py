"""What one meets first."""

import re
from collections.abc import Callable

from koshelok.core.clock import today
from tests.conftest import Api, Page, Person


def test_a_stranger_is_told_what_this_is(page: Page) -> None:
    text = page.get("/").get_data(as_text=True)
    assert "/signup" in text
    assert "/login" in text


def test_the_dashboard_needs_a_sign_in(page: Page) -> None:
    assert "/login" in page.get("/dashboard").headers["Location"]


def test_one_signed_in_goes_to_the_dashboard(
    browse: Callable[[Person], Page], person: Person
) -> None:
    answer = browse(person).get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dashboard")


def test_an_empty_dashboard_says_what_to_do(
    browse: Callable[[Person], Page], person: Person
) -> None:
    text = browse(person).get("/dashboard").get_data(as_text=True)
    assert "drawing-ledger" in text
    assert 'data-chart="' not in text


def test_both_faces_tell_the_same_balance(
    browse: Callable[[Person], Page], person: Person, api: Api
) -> None:
    mine = browse(person)
    items = api.get("/finance/categories").get_json()["items"]
    by_code = {item["code"]: item["id"] for item in items}
    day = today().isoformat()
    mine.post("/add", {"amount": "250 000", "category": by_code["SALARY"], "date": day})
    api.post("/finance/transactions", {"category": by_code["FOOD"], "amount": "50000"})
    text = mine.get("/dashboard").get_data(as_text=True)
    assert "200\u202f000" in text
    assert api.get("/finance/dashboard").get_json()["balance"] == "200000.00"
    assert len(re.findall(r'data-chart="', text)) == 3
    region = mine.htmx("GET", "/dashboard").get_data(as_text=True)
    assert "<html" not in region
    assert 'id="figures"' in region
