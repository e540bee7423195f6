"""A page and a call do the same; 200 inputs nobody expects give clear errors or exact storage."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koshelok.finance.queries import Filters, list_transactions
from tests.conftest import Api, Page, Person

ADVERSARIAL = [
    "", " ", "\t\n", "0", "-0", "-1", "+5", "1e5", "1E-3", "NaN", "Infinity", "-Infinity", "0x1F",
    "1_000", "1,000.00", "1.000,50", "12 000 + 3 500", "25k", "1.5mln", "25kk", "1/0", "2**9", "½",
    "٣٤٥", "१२३", "۱۲۳", "1\u202f000", "1\u00a0000", "9" * 16, "9" * 17, "9" * 400, "0" * 400 + "1",
    "0.01", "0.001", ".5", "5.", "--5", "5-5", "5-6", "5+", "so'm", "5 so'm", "$5", "<b>5</b>",
    "' OR 1=1 --", '"; DROP TABLE users; --', "{{7*7}}", "${7*7}", "%00", "\u0000", "\ufeff5",
    "🍕", "👨‍👩‍👧‍👦", "\u202e123", "שלום", "مرحبا", "x" * 10_000, "я" * 10_000, "🍕" * 10_000,
    "../../etc/passwd", "\\", "null", "None", "true", "[]", "{}", "\r\nSet-Cookie: a=b",
    "2026-11-21", "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-21T00:00", "21.11.2026",
]  # fmt: skip
_short = {"ids": lambda value: ascii(value)[:24]}
FIELDS = ("amount", "comment", "date", "name")


@pytest.fixture
def food(api: Api) -> int:
    items = api.get("/finance/categories").get_json()["items"]
    return next(item["id"] for item in items if item["code"] == "FOOD")


def _bodies(food: int, field: str, value: Any) -> tuple[str, str, dict[str, Any]]:
    """The call, the page, and the body with one field spoilt."""
    if field == "name":
        return "/finance/categories", "/categories", {"name": value, "type": "expense"}
    body = {"amount": "5", "category": food, "comment": "", "date": "2026-11-21"}
    return "/finance/transactions", "/add", body | {field: value}


@pytest.mark.parametrize("value", ADVERSARIAL, **_short)
def test_clear_errors_or_exact_storage(
    api: Api, browse: Callable[[Person], Page], person: Person, food: int, value: str
) -> None:
    mine = browse(person)
    for field in FIELDS:
        call, page, body = _bodies(food, field, value)
        answer = api.post(call, body)
        assert answer.status_code in {201, 422}, (field, answer.get_data(as_text=True))
        if answer.status_code == 422:
            assert list(answer.get_json()["errors"]) == [field]
        elif field in {"comment", "name"}:
            assert answer.get_json()[field].strip() == answer.get_json()[field]
            assert set(answer.get_json()[field]) <= {*value, " "}
        made = mine.post(page, {k: str(v) for k, v in body.items()})
        assert made.status_code in {303, 422}, (field, made.get_data(as_text=True)[:500])
        assert mine.get("/transactions", query_string={"query": value[:100]}).status_code in {
            200,
            422,
        }
    assert mine.get("/transactions").status_code == 200
    assert mine.get("/categories").status_code == 200


@given(
    amount=st.decimals("0.01", "9999999999999999.99", places=2),
    comment=st.text(max_size=200),
    day=st.dates(date(1970, 1, 1), date(2200, 12, 31)),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_faces_give_the_same_result(
    app: Flask, api: Api, browse: Callable[[Person], Page], person: Person, food: int,
    amount: Any, comment: str, day: date,
) -> None:  # fmt: skip
    body = {"amount": f"{amount:f}", "category": food, "comment": comment, "date": day.isoformat()}
    called = api.post("/finance/transactions", body)
    assert called.status_code == 201, called.get_json()
    assert browse(person).post("/add", {k: str(v) for k, v in body.items()}).status_code == 303
    with app.app_context():
        ids_first = list_transactions(
            person.workspace_id, Filters(start_date=day, end_date=day), limit=2
        )
    one, two = ids_first.items
    lines = [r.comment.replace("\r\n", "\n") for r in (one, two)]
    assert (one.amount, one.date, one.category) == (two.amount, two.date, two.category)
    assert "".join(lines[0].split()) == "".join(lines[1].split())


def test_a_refusal_has_the_same_words(
    api: Api, browse: Callable[[Person], Page], person: Person, food: int
) -> None:
    mine = browse(person)
    for field, value in (("amount", "x"), ("date", "1900-01-01"), ("name", "Oziq-ovqat")):
        call, page, body = _bodies(food, field, value)
        (said,) = api.post(call, body, headers={"Accept-Language": "uz"}).get_json()["errors"][
            field
        ]
        shown = mine.post(page, {k: str(v) for k, v in body.items()}).get_data(as_text=True)
        assert said in shown.replace("&#39;", "'").replace("&#34;", '"')
