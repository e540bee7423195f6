"""axe finds nothing on any page, in both themes and frames; a small screen holds all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

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
AT_ONCE = """() => {  // colours that are on their way would be measured
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition: none !important }");
    document.adoptedStyleSheets.push(sheet);
}"""
EVERYTHING = {"type": "tag", "values": TAGS}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}  # all that a theme changes
NARROW = {"width": 320, "height": 640}


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


def contrasts(page: Page) -> list[str]:
    """What axe finds of the page in the dark."""
    page.evaluate(AT_ONCE)
    page.emulate_media(color_scheme="dark")
    found = violations(page, CONTRAST)
    page.emulate_media(color_scheme="light")
    return found


def faults(page: Page) -> list[str]:
    """What is wrong with the page: everything in one of the two frames (a dock, a sidebar), the
    dark in the other, each page always so; and what a small screen does not hold."""
    frames = [SIZES["phone"], SIZES["desktop"]]
    found = []
    turn = crc32(urlsplit(page.url).path.encode()) % 2
    for frame, look in ((frames[turn], violations), (frames[1 - turn], contrasts)):
        page.set_viewport_size({"width": frame[0], "height": frame[1]})
        found += look(page)
    page.set_viewport_size(NARROW)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{page.url} is wider than {NARROW['width']} px")
    page.set_viewport_size({"width": frames[0][0], "height": frames[0][1]})
    return found


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_axe_finds_nothing_and_a_small_screen_holds_all(
    part: int,
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    filled: Person,
    private: list[str],
) -> None:
    page = open_tab("phone")
    found = []
    for path in OPEN[part::4]:
        page.goto(path)
        found += faults(page)
    sign_in(page, filled)
    for path in private[part::4]:
        page.goto(path)
        found += faults(page)
    assert found == []


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
