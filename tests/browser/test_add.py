"""A record in three taps, with and without a connection, and over several categories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Api, Person

pytestmark = pytest.mark.browser

WAITING = "#device [data-waiting]"
KEPT = """async () => {
    for (const name of await caches.keys()) {
        if (await (await caches.open(name)).match("/add/offline")) return true;
    }
    return false;
}"""


def recorded(api: Api) -> list[tuple[str, str]]:
    """Amounts and categories, the oldest first."""
    items: list[dict[str, Any]] = api.get("/finance/transactions").get_json()["items"]
    return [(one["amount"], one["category_name"]) for one in reversed(items)]


def until(page: Page, count: int, api: Api) -> list[tuple[str, str]]:
    """The records, once there are so many."""
    for _ in range(100):
        if len(found := recorded(api)) >= count:
            break
        page.wait_for_timeout(100)
    return found


def save(page: Page) -> None:
    """The last tap; the form is empty for the next."""
    page.locator("#add-form .btn-primary").click()
    expect(page.locator("[name=amount]")).to_have_value("")


def part(page: Page, number: int, category: str, amount: str = "") -> None:
    """Fill a part in."""
    row = page.locator(".part").nth(number)
    row.locator("select").select_option(label=category)
    row.locator("[name=part_amount]").press_sequentially(amount)


def test_records_are_added_with_and_without_a_connection(
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    person: Person,
    api: Api,
) -> None:
    page = sign_in(open_tab(own=True), person)
    page.goto("/add")
    page.locator("[name=amount]").press_sequentially("25k")
    page.locator("[name=comment]").fill("Korzinka")
    page.locator(".chip", has_text="Oziq-ovqat").click()
    save(page)
    expect(page.locator("[data-toast]")).to_have_count(1)
    assert until(page, 1, api) == [("25000.00", "Oziq-ovqat")]

    page.locator("[name=amount]").press_sequentially("9000")
    page.locator("[name=comment]").press_sequentially("korzinka")
    expect(page.locator("[data-guess-words]")).to_contain_text("Korzinka: Oziq-ovqat")
    expect(page.locator(".chip", has_text="Oziq-ovqat").locator("input")).to_be_checked()
    page.locator("#add-form .btn-primary").dblclick()
    expect(page.locator("[data-toast]").last).to_be_visible()
    expect(page.locator("[name=amount]")).to_be_focused()
    page.wait_for_function(KEPT)
    assert len(until(page, 2, api)) == 2
    expect(page.locator(WAITING)).to_be_hidden()

    page.context.set_offline(True)
    page.goto("/add")
    page.locator("[name=amount]").press_sequentially("100k")
    page.locator("[name=do][value=split]").click()
    part(page, 0, "Oziq-ovqat")
    part(page, 1, "Transport", "200k")
    expect(page.locator("[data-rest]")).to_contain_text("100\u202f000")
    page.locator("#add-form .btn-primary").click()
    expect(page.locator("#parts-error")).to_be_visible()
    page.locator("[name=part_amount]").nth(1).fill("30k")
    expect(page.locator("[data-rest]")).to_contain_text("70\u202f000")
    save(page)
    expect(page.locator(WAITING)).to_contain_text("1")
    page.locator("[name=amount]").press_sequentially("700")
    page.locator(".chip", has_text="Boshqa").click()
    save(page)
    expect(page.locator(WAITING)).to_contain_text("2")
    kept = page.locator(".toast", has_text="qurilmada")
    expect(kept).to_have_count(2)
    kept.last.locator(".toast-undo").click()
    expect(page.locator(WAITING)).to_contain_text("1")
    assert len(recorded(api)) == 2

    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(WAITING)).to_be_hidden()
    assert until(page, 4, api)[1:] == [
        ("9000.00", "Oziq-ovqat"), ("70000.00", "Oziq-ovqat"), ("30000.00", "Transport")
    ]  # fmt: skip
