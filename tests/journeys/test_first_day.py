"""The first day, as pages without JavaScript, then as JSON."""

import re
from collections.abc import Callable
from decimal import Decimal

from flask import Flask

from koshelok.core.clock import today
from koshelok.worker import run_worker
from tests.conftest import Api, Page


def _code(app: Flask, page: Page) -> str:
    run_worker(app, burst=True)
    newest = page.client.get("/dev/inbox.json").get_json()[0]
    assert newest["to"] == "+998901234567"
    found = re.search(r"\b\d{6}\b", newest["text"])
    assert found
    return found.group()


def _category(page: Page, name: str) -> str:
    found = re.search(
        rf'value="(\d+)"[^>]*>(?:(?!value=).)*?{name}',
        page.get("/add").get_data(as_text=True),
        re.S,
    )
    assert found, name
    return found.group(1)


def test_sign_up_record_and_see_it(app: Flask, page: Page, anonymous: Api) -> None:
    page.get("/signup")
    response = page.post("/signup", {"contact": "90 123 45 67"})
    assert response.status_code == 303
    where = response.location
    page.get(where)
    response = page.post(where, {"code": _code(app, page)})
    assert response.status_code == 303
    assert page.get("/dashboard").status_code == 200

    page.get("/categories")
    made = page.post("/categories", {"name": "Qo'shimcha ish", "type": "income"})
    assert made.status_code == 303
    day = today().isoformat()
    income = _category(page, "Qo&#39;shimcha ish")
    expense = _category(page, "Oziq-ovqat")
    assert (
        page.post("/add", {"category": income, "amount": "250 000", "date": day}).status_code == 303
    )
    assert (
        page.post(
            "/add", {"category": expense, "amount": "50k", "comment": "Bozorlik", "date": day}
        ).status_code
        == 303
    )

    for path in ("/dashboard", "/summary/daily"):
        shown = page.get(path).get_data(as_text=True)
        assert "200\u202f000" in shown, path
    listed = page.get("/transactions").get_data(as_text=True)
    assert "Bozorlik" in listed

    api = _the_same_account(app, page, anonymous)
    dashboard = api.get("/finance/dashboard").get_json()
    assert {k: dashboard[k] for k in ("balance", "income", "expense")} == {
        "balance": "200000.00", "income": "250000.00", "expense": "50000.00",
    }  # fmt: skip
    daily = api.get("/finance/summary/daily").get_json()
    assert Decimal(daily["balance"]) == 200_000
    items = api.get("/finance/transactions").get_json()["items"]
    assert [(i["type"], i["amount"]) for i in items] == [
        ("expense", "50000.00"),
        ("income", "250000.00"),
    ]


def _the_same_account(app: Flask, page: Page, api: Api) -> Api:
    sent = api.post("/auth/register", {"contact": "+998 90 123-45-67"})
    assert sent.status_code == 202
    body = {"verification_id": sent.get_json()["verification_id"], "code": _code(app, page)}
    verified = api.post("/auth/verify", body)
    assert verified.status_code == 200
    api.use(verified.get_json())
    return api


def test_both_faces_record_the_same(
    browse: Callable[..., Page], call: Callable[..., Api], make_person: Callable[..., object]
) -> None:
    person = make_person()
    page, api = browse(person), call(person)
    category = api.get("/finance/categories").get_json()["items"][0]["id"]
    page.post(
        "/add",
        {
            "category": str(category),
            "amount": "12 000 + 3 500",
            "comment": "bir",
            "date": "2026-01-02",
        },
    )
    api.post(
        "/finance/transactions",
        {"category": category, "amount": "15500", "comment": "bir", "date": "2026-01-02"},
    )
    left, right = api.get("/finance/transactions").get_json()["items"]
    for name in ("category", "category_name", "type", "amount", "comment", "date"):
        assert left[name] == right[name]
