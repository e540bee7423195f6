"""Two hundred inputs nobody should send: clear errors or exact storage, never a 500."""

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.conftest import Api, Page, Person

NASTY = [
    "", " ", "\0", "a\0b", "🧿" * 50, "שלום עולם", "\u202eabc", "x" * 10_000, "' OR 1=1 --",
    "'; DROP TABLE users; --", "<script>alert(1)</script>", "{{ 7*7 }}", "%s%n", "\\", "../../etc",
    "\ud800", "null", "-1", "1e400", "NaN", "Infinity", "0x1F", "1_000", "٣٤٥", "½", "１２３",
    "=HYPERLINK(\"x\")", "\r\nSet-Cookie: a=b", "O'zbek", "Ўзбекча", "9" * 40, "0.001", "1,5",
    "2026-02-30",
]  # fmt: skip
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=200))
anything = st.one_of(
    texts, st.integers(), st.booleans(), st.none(), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.decimals(allow_nan=False, allow_infinity=False).map(float),
)  # fmt: skip
relaxed = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def food(api: Api) -> int:
    items = api.get("/finance/categories").get_json()["items"]
    return int(next(item["id"] for item in items if item["code"] == "FOOD"))


def _send(api: Api, method: str, path: str, body: object) -> TestResponse:
    """Send JSON in ASCII, so that half a character can be written too."""
    return api.open(method, path, data=json.dumps(body), content_type="application/json")


@relaxed
@given(amount=anything, comment=anything, day=anything)
def test_records_over_json(
    api: Api, food: int, amount: object, comment: object, day: object
) -> None:
    body = {"category": food, "amount": amount, "comment": comment, "date": day}
    response = _send(api, "POST", "/finance/transactions", body)
    assert response.status_code in {201, 400, 422}, response.get_data()
    if response.status_code == 400:
        assert "\\ud8" in json.dumps(body)
        return
    if response.status_code == 422:
        assert response.get_json()["errors"]
        return
    made = response.get_json()
    assert Decimal(made["amount"]) == Decimal(str(amount))
    assert api.get(f"/finance/transactions/{made['id']}").get_json() == made


@relaxed
@given(name=anything)
def test_names_over_json(api: Api, name: object) -> None:
    for path, body in (
        ("/finance/categories", {"name": name, "type": "expense"}),
        ("/workspaces", {"name": name, "kind": "shop"}),
    ):
        response = _send(api, "POST", path, body)
        assert response.status_code in {201, 400, 422}, response.get_data()
    response = _send(api, "PATCH", "/auth/me", {"first_name": name, "x": name})
    assert response.status_code in {400, 422}


def test_half_a_character_is_malformed(api: Api) -> None:
    for body in ({"\ud800": 1}, {"name": "\udfff", "kind": "shop"}):
        response = _send(api, "POST", "/workspaces", body)
        assert (response.status_code, response.get_json()["code"]) == (400, "malformed_request")
    whole = _send(api, "POST", "/workspaces", {"name": "🧿", "kind": "shop"})
    assert whole.get_json()["name"] == "🧿"


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person) -> Page:
    return browse(person)


@relaxed
@given(amount=texts, comment=texts, day=texts)
def test_records_by_page(mine: Page, food: int, amount: str, comment: str, day: str) -> None:
    data = {"category": str(food), "amount": amount, "comment": comment, "date": day}
    data = {k: v.encode("utf-8", "replace").decode() for k, v in data.items()}
    response = mine.post("/add", data)
    assert response.status_code in {303, 422}


@relaxed
@given(query=texts, cursor=texts, number=texts)
def test_filters(mine: Page, api: Api, query: str, cursor: str, number: str) -> None:
    asked = {
        "query": query, "cursor": cursor, "category": number, "type": number,
        "start_date": number, "min_amount": number,
    }  # fmt: skip
    asked = {k: v.encode("utf-8", "replace").decode() for k, v in asked.items()}
    assert mine.get("/transactions", query_string=asked).status_code in {200, 404, 422}
    assert api.get("/finance/transactions", query_string=asked).status_code in {200, 404, 422}
    assert mine.get("/summary/daily", query_string=asked).status_code in {200, 422}
    assert mine.get(f"/login?next={cursor!r}").status_code in {200, 303}


@pytest.mark.parametrize(
    "place", ["/transactions/{}", "/categories/{}/edit", "/debtors/{}", "/debtors/debts/{}/void"]
)
@pytest.mark.parametrize("number", [2**63, 10**19, 10**40])
def test_an_id_that_no_row_can_have_is_not_there(
    browse: Callable[[Person], Page], person: Person, place: str, number: int
) -> None:
    assert browse(person).get(place.format(number)).status_code == 404
