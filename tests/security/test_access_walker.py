"""Every route, asked by everyone: anonymous, a stranger of the workspace, a viewer, a plain user.

Ids in paths are those of the owner's own records, so that a stranger's 404 proves tenancy.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from koshelok.finance.operations import attach_receipt
from koshelok.finance.queries import list_changes, list_receipts
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs.operations import start_job
from koshelok.web.access import ATTRIBUTE, Access
from tests.budgets.support import put_aside_something
from tests.conftest import Api, Page, Person
from tests.debtors.calls import write_a_book
from tests.debtors.imports import look_at
from tests.finance.bank import keep_lines
from tests.finance.brought import bring
from tests.finance.entries import write_entry
from tests.finance.traces import leave_habits
from tests.shop.calls import leave_traces
from tests.shop.shelf import open_shop
from tests.wallet.support import open_with, save_card_of

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
BOOK = ("/api/v1/debtors", "/api/v1/debts", "/api/v1/payments")
PLANS = ("/budgets", "/api/v1/budgets", "/api/v1/expenses")
SHELF = ("/api/v1/shop/products", "/api/v1/shop/customers", "/shop/manage")
OF_ONESELF = {"shop.reviews.mine", "shop.reviews.write"}  # of a product that all may see


def _rules(app: Flask) -> Iterator[tuple[Rule, str, Access]]:
    for rule in app.url_map.iter_rules():
        level = getattr(app.view_functions[rule.endpoint], ATTRIBUTE)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, level


def _path(rule: Rule, ids: dict[str, Any]) -> str:
    path = rule.rule
    for argument in rule.arguments:
        uuid = f"<uuid:{argument}>" in path
        value = next(
            (
                known
                for prefix, known in ids.items()
                if rule.rule.startswith(prefix)
                and argument == "id"
                and not (uuid and isinstance(known, int))
            ),
            None,
        )
        nobodys = str(UUID(int=0)) if uuid else "999999"
        value = ids.get(argument, value if value is not None else nobodys)
        for form in (
            f"<int:{argument}>",
            f"<uuid:{argument}>",
            f"<path:{argument}>",
            f"<{argument}>",
        ):
            path = path.replace(form, str(value))
    return path


@pytest.fixture
def owned(
    app: Flask, api: Api, person: Person, make_person: Callable[..., Person]
) -> dict[str, Any]:
    """One record of each kind of the owner's, by the beginning of the path that names it."""
    category = api.post("/finance/categories", {"name": "Meva", "type": "expense"}).get_json()["id"]
    record = api.post("/finance/transactions", {"category": category, "amount": "5"}).get_json()[
        "id"
    ]
    assert api.patch(f"/finance/transactions/{record}", {"amount": "6"}).status_code == 200
    session = api.get("/auth/sessions").get_json()["items"][0]["id"]
    ids: dict[str, Any] = {"period": "monthly", "user_id": person.id}
    for prefix in ("", "/api/v1/finance"):
        ids |= {f"{prefix}/categories": category, f"{prefix}/transactions": record}
    food = {"category": "FOOD", "amount": "5"}
    for what in ("budgets", "expenses"):
        ids[f"/api/v1/{what}"] = api.post(f"/{what}", food).get_json()["id"]
    with app.app_context():
        savings, earmark = put_aside_something(person)
    ids |= {"/budgets/categories": category, "/budgets": ids["/api/v1/budgets"]}
    ids |= {"/savings/earmarks": earmark, "/savings": savings, "way": "put", "mode": "none"}
    with app.app_context(), unit_of_work():
        attach_receipt(actor_id=person.id, workspace_id=person.workspace_id, transaction_id=record,
                       name="a.pdf", data=b"%PDF-1.7 %%EOF")  # fmt: skip
        ids["receipt"] = list_receipts(person.workspace_id, record)[0].id
        job = start_job(actor_id=person.id, kind="test", task="", params={}).id
    with app.app_context():
        ids["/changes"] = list_changes(person.workspace_id, limit=1).items[0].id
        ids["/debtors/import"] = look_at(person)
        ids["/transactions/import"] = bring(person)
        ids["client_id"] = write_entry(person)
        ids["/add/bank"] = keep_lines(person)
        ids |= leave_habits(person)
        card, transfer = open_with(person, "5000")
        saved = save_card_of(make_person(), person)
        shop = leave_traces(person, make_person())
    debtor, debt, payment = write_a_book(api)
    ids |= {"/debtors/entries/debts": debt, "/debtors/entries/payments": payment}
    for prefix, whose in (("/api/v1", "/api/v1"), ("/debtors", "")):
        ids |= {f"{prefix}/debts": debt, f"{prefix}/payments": payment, f"{whose}/debtors": debtor}
    for prefix in ("", "/api/v1"):
        ids[f"{prefix}/workspaces"] = person.workspace_id
        ids[f"{prefix}/jobs"] = job
        ids |= {f"{prefix}/cards": card, f"{prefix}/transfers": transfer}
        ids[f"{prefix}/saved-cards"] = saved
    for prefix in ("/shop", "/shop/manage", "/api/v1/shop"):
        ids[f"{prefix}/products"] = shop.product
        ids |= {f"{prefix}/orders": shop.order, f"{prefix}/reviews": shop.review}
    ids |= {"/orders": shop.order, "item": shop.item, "image": shop.image}
    ids |= {
        "/api/v1/auth/sessions": session,
        "/settings": session,
        "/sessions": session,
        "/profile": session,
    }
    return ids


def _ask(page: Page, api: Api, method: str, path: str) -> int:
    if path.startswith("/api/"):
        body = {} if method in UNSAFE - {"DELETE"} else None
        return api.open(method, path.removeprefix("/api/v1"), body).status_code
    if method == "GET":
        return page.client.get(path).status_code
    return page.client.open(path, method=method, data={"csrf_token": page.token}).status_code


def test_an_anonymous_caller_gets_nowhere(
    app: Flask, page: Page, anonymous: Api, owned: dict[str, Any]
) -> None:
    page.get("/login")
    wrong = {}
    for rule, method, level in _rules(app):
        if level is Access.PUBLIC:
            continue
        status = _ask(page, anonymous, method, _path(rule, owned))
        if status not in ({401} if rule.rule.startswith("/api/") else {302, 303}):
            wrong[f"{method} {rule.rule}"] = status
    assert wrong == {}


def test_a_stranger_finds_nothing(
    app: Flask,
    browse: Callable[[Person], Page],
    call: Callable[[Person], Api],
    make_person: Callable[..., Person],
    owned: dict[str, Any],
) -> None:
    stranger = make_person()
    page, client = browse(stranger), call(stranger)
    with app.app_context():
        shop = str(open_shop(stranger).workspace_id)
    page.post("/workspaces/switch", {"workspace_id": shop})
    client.headers["X-Workspace"] = shop
    wrong = {}
    for rule, method, level in _rules(app):
        if level in {Access.PUBLIC, Access.ADMIN} or not rule.arguments - {"period"}:
            continue
        if rule.endpoint in OF_ONESELF:
            continue
        status = _ask(page, client, method, _path(rule, owned))
        # What is sent is checked before the row is looked up: that tells nothing about the row.
        if status != 404 and not (
            rule.rule.startswith("/api/") and method in UNSAFE and status in {415, 422}
        ):
            wrong[f"{method} {rule.rule}"] = status
    assert wrong == {}


def test_a_viewer_changes_nothing(
    app: Flask,
    api: Api,
    person: Person,
    browse: Callable[[Person], Page],
    call: Callable[[Person], Api],
    make_person: Callable[..., Person],
    owned: dict[str, Any],
) -> None:
    viewer = make_person(contact="+998907654321")
    added = api.post(
        f"/workspaces/{person.workspace_id}/members", {"contact": "+998907654321", "role": "viewer"}
    )
    assert added.status_code == 201
    page, client = browse(viewer), call(viewer)
    page.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
    client.headers["X-Workspace"] = str(person.workspace_id)
    wrong = {}
    for rule, method, level in _rules(app):
        if level not in {Access.EDITOR, Access.OWNER, Access.ADMIN}:
            continue
        if (status := _ask(page, client, method, _path(rule, owned))) != 403:
            wrong[f"{method} {rule.rule}"] = status
    assert wrong == {}


def test_workspace_writes_are_declared_for_editors(app: Flask) -> None:
    """A changing route that lets a viewer in would slip past the walk."""
    own = (
        "/transactions", "/categories", "/changes", "/trash", "/recurring", "/rules",
        "/api/v1/finance",
    )  # fmt: skip
    tenant = (*own, "/debtors", *BOOK, *SHELF, *PLANS)
    found = [
        f"{method} {rule.rule}"
        for rule, method, level in _rules(app)
        if rule.rule.startswith(tenant)
        and method in UNSAFE
        and level < Access.EDITOR
        and not rule.rule.endswith(("/export", "/reviews"))  # a file of what a viewer sees; a buyer
    ]
    assert found == []
