"""axe finds nothing on any page, in both themes and frames; a small screen holds all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.admin.support import make_admin
from tests.browser.conftest import SIZES
from tests.budgets.support import plan_pages
from tests.conftest import Api, Person
from tests.debtors.calls import write_a_book
from tests.debtors.imports import import_pages
from tests.debtors.links import open_pages
from tests.debtors.people import person_pages
from tests.finance.bank import bank_pages
from tests.finance.brought import record_import_pages
from tests.finance.entries import split_pages
from tests.finance.traces import habit_pages
from tests.shop.pages import shop_pages
from tests.wallet.support import open_with, save_card_of

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
OPEN = [
    "/", "/login", "/signup", "/signup/username", "/forgot", "/nowhere", "/dev/ui",
    "/debtors/offline", "/add/offline", "/shop", "/cart",
]  # fmt: skip
PRIVATE = [
    "/dashboard", "/add", "/transactions", "/categories", "/summary/daily", "/summary/weekly",
    "/summary/monthly", "/summary/yearly", "/workspaces", "/profile", "/settings", "/jobs",
    "/settings/totp", "/settings/close", "/cards", "/send", "/transfers", "/saved-cards",
    "/settings/wallet", "/history", "/trash",
    "/transactions?select=1&query=food+%3E1+-xyz",
    "/settings/data", "/debtors", "/debtors?new=1&query=90", "/debtors/debts", "/debtors/import",
    "/debtors/collect", "/debtors/ageing?bucket=0-30", "/debtors/day", "/debtors/settings",
]  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK = """async only => {
    const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
    return violations.flatMap((v) => v.nodes.map((n) => [v.id, n.target, n.failureSummary]));
}"""
EVERYTHING = {"type": "tag", "values": TAGS}
WIDTHS = [SIZES["phone"], SIZES["desktop"]]  # the two frames: a dock, a sidebar
RULES = [
    ("light", EVERYTHING),
    ("dark", {"type": "rule", "values": ["color-contrast"]}),  # all that a theme changes
]


@pytest.fixture
def filled(api: Api, person: Person) -> Person:
    """A person with something on every page."""
    items = api.get("/finance/categories").get_json()["items"]
    categories = [item for item in items if item["type"] != "saving"]
    for number, category in enumerate(categories):
        for day in (1, 2):
            body = {
                "category": category["id"],
                "amount": f"{number + 1}5000.50",
                "comment": "Bozorlik",
            }
            assert (
                api.post(
                    "/finance/transactions", {**body, "date": f"2026-0{day}-0{day}"}
                ).status_code
                == 201
            )
            assert api.post("/finance/transactions", body).status_code == 201
    made = api.get("/finance/transactions").get_json()["items"]
    assert api.delete(f"/finance/transactions/{made[0]['id']}").status_code == 204
    write_a_book(api)
    return person


@pytest.fixture
def private(app: Flask, filled: Person, make_person: Callable[..., Person]) -> list[str]:
    """Every page of that person, who is an administrator too."""
    with app.app_context():
        card, transfer = open_with(filled, "14250000.50")
        saved = save_card_of(make_person(full_name="Malika Karimova"), filled)
        house = [*make_admin(filled, card, transfer), *open_pages(filled), *import_pages(filled),
                 *plan_pages(filled), *person_pages(filled), *bank_pages(filled),
                 *habit_pages(filled),
                 *split_pages(filled), *record_import_pages(filled),
                 *shop_pages(filled, make_person)]  # fmt: skip
    own = [f"/workspaces/{filled.workspace_id}", f"/cards/{card}", f"/transfers/{transfer}"]
    return [*PRIVATE, *own, f"/saved-cards/{saved}/edit", *house]


def violations(page: Page, only: dict[str, Any] = EVERYTHING) -> list[str]:
    """What axe finds on the page as it stands; `only` are its rules."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(ASK, only)
    width = (page.viewport_size or {}).get("width")
    return [f"{page.url} at {width}, {rule}: {target} {why}" for rule, target, why in found]


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize(("theme", "only"), RULES, ids=["light", "dark"])
def test_axe_finds_nothing(
    half: int,
    theme: str,
    only: dict[str, Any],
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    filled: Person,
    private: list[str],
) -> None:
    page = open_tab("phone", theme)
    found = []

    def look(path: str) -> None:
        page.goto(path)
        for width, height in [SIZES["desktop"]] if theme == "dark" else WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            found.extend(violations(page, only))

    for path in OPEN[half::2]:
        look(path)
    sign_in(page, filled)
    for path in private[half::2]:
        look(path)
    assert found == []


def test_nothing_is_wider_than_a_small_screen(
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    filled: Person,
    private: list[str],
) -> None:
    page = open_tab()
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, filled)
    wide = []
    for path in [*private, *OPEN]:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert wide == []


def test_touch_targets_are_large_enough(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], filled: Person
) -> None:
    page = sign_in(open_tab(), filled)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, .btn, .dock a, input, select')]
            .filter(e => e.checkVisibility() && !['checkbox', 'radio', 'hidden'].includes(e.type))
            .map(e => [e.outerHTML.slice(0, 120), e.getBoundingClientRect()])
            .filter(([, box]) => box.width && box.height < 43.5).map(([html]) => html)"""
    )
    assert small == []


def test_the_dashboard_is_light(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], filled: Person
) -> None:
    """At most 150 KB compressed on the first load, everything included."""
    page = open_tab("desktop")
    sign_in(page, filled)
    page.goto("about:blank")  # what signing in still loads must not be counted
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto("/dashboard", wait_until="networkidle")
    assert 10_000 < sum(sizes) <= 150 * 1024
