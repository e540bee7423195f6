"""Each block of each page renders alone, with what its view gives: any region can be swapped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered
from jinja2 import Template
from jinja2_fragments import render_block

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs.operations import start_job
from tests.admin.support import make_admin
from tests.budgets.support import plan_pages
from tests.conftest import Api, Page, Person
from tests.debtors.calls import write_a_book
from tests.debtors.imports import import_pages
from tests.debtors.links import open_pages
from tests.finance.bank import PASTED, bank_pages
from tests.finance.brought import record_import_pages
from tests.finance.entries import split_pages
from tests.finance.traces import habit_pages
from tests.shop.pages import seller_pages, shop_pages
from tests.wallet.support import open_with, save_card_of

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAGES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.glob("*/**/*.html")
    if path.parent.name != "layouts" and "{% extends" in path.read_text()
)
WITHIN_A_FLOW = (
    "identity/verify", "identity/reset", "identity/welcome", "identity/signup_",
    "identity/login_code", "identity/recovery_codes",
)  # fmt: skip
OPEN = ["/", "/login", "/signup", "/forgot", "/nowhere", "/dev/ui", "/dev/inbox", "/shop"]
PRIVATE = [
    "/dashboard", "/add", "/transactions", "/transactions?query=zzz", "/categories",
    "/summary/daily", "/summary/weekly", "/summary/monthly", "/summary/yearly",
    "/workspaces", "/profile", "/settings", "/jobs", "/settings/totp", "/cards", "/send",
    "/transfers", "/saved-cards", "/settings/wallet", "/history", "/trash",
    "/settings/data", "/settings/close",
    "/debtors/import", "/debtors/debts", "/debtors", "/debtors?query=zzz", "/debtors?new=1",
]  # fmt: skip


@pytest.fixture
def blocks(app: Flask) -> Any:
    """Render each block of each page as it is answered; tells which were."""
    seen: set[tuple[str, str]] = set()

    def alone(sender: Flask, template: Template, context: dict[str, Any], **_: Any) -> None:
        name = template.name or ""
        for block in template.blocks:
            if (name, block) not in seen:
                seen.add((name, block))
                assert render_block(sender.jinja_env, name, block, **context) is not None

    with template_rendered.connected_to(alone, app):
        yield seen


def test_each_block_renders_alone(
    app: Flask,
    blocks: set[tuple[str, str]],
    page: Page,
    browse: Callable[[Person], Page],
    api: Api,
    person: Person,
    make_person: Callable[..., Person],
) -> None:
    category = api.get("/finance/categories").get_json()["items"][0]["id"]
    record = api.post("/finance/transactions", {"category": category, "amount": "5"}).get_json()
    for path in OPEN:
        assert page.get(path).status_code in {200, 404}, path
    with app.app_context(), unit_of_work():
        job = start_job(actor_id=person.id, kind="test", task="", params={})
    debtor, debt, payment = write_a_book(api)
    with app.app_context():
        card, transfer = open_with(person, "5000")
        saved = save_card_of(make_person(), person)
        house = [*make_admin(person, card, transfer), *open_pages(person), *import_pages(person),
                 *plan_pages(person), *bank_pages(person), *split_pages(person),
                 *habit_pages(person),
                 *record_import_pages(person),
                 *shop_pages(person, make_person)]  # fmt: skip
    mine = browse(person)
    own = [
        f"/workspaces/{person.workspace_id}",
        f"/transactions/{record['id']}/edit",
        f"/transactions/{record['id']}/receipts",
        f"/jobs/{job.id}",
        f"/cards/{card}",
        f"/transfers/{transfer}",
        f"/saved-cards/{saved}/edit",
        f"/debtors/{debtor}",
        f"/debtors?person={debtor}&amount=5",
        f"/debtors/{debtor}/edit",
        f"/debtors/debts/{debt}/edit",
        f"/debtors/payments/{payment}/void",
        f"/debtors/{debtor}/statement",
        f"/debtors/{debtor}/statement/receipt",
        "/debtors/new",
        f"/debtors/{debtor}/reminders",
        "/debtors/collect",
        "/debtors/ageing?bucket=0-30",
        "/debtors/day",
        "/debtors/settings",
    ]
    for path in [*PRIVATE, *own, *house, f"/categories/{category}/edit"]:
        assert mine.get(path).status_code in {200, 404}, path
    assert mine.post("/add/bank", {"text": PASTED}).status_code == 200
    assert mine.get("/shop/manage").status_code == 200
    with app.app_context():
        shop, selling = seller_pages(person, make_person)
    mine.post("/workspaces/switch", {"workspace_id": str(shop)})
    for path in selling:
        assert mine.get(path).status_code == 200, path
    assert {name for name in PAGES if not name.startswith(WITHIN_A_FLOW)} <= {n for n, _ in blocks}
