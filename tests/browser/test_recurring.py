"""What comes again, in a browser: answered in place; and what two corrections teach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from koshelok.core.clock import today
from tests.conftest import Api, Person

pytestmark = pytest.mark.browser


def test_expected_records_are_answered_and_corrections_remembered(
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    person: Person,
    api: Api,
) -> None:
    page = sign_in(open_tab(), person)
    page.goto("/recurring/new")
    page.locator("[name=amount]").press_sequentially("500k")
    page.locator(".chip", has_text="Oziq-ovqat").click()
    page.locator("[name=comment]").fill("Ijara")
    page.locator("[name=unit]").select_option("week")
    page.locator("[name=starts_on]").fill(str(today() - timedelta(weeks=1)))
    page.locator("#recurrence-form .btn-primary").click()

    due = page.locator("[id^=due-]")
    expect(due).to_have_count(1)
    due.locator("button").first.click()
    expect(due).to_contain_text("Bugun")  # the day after the one that was confirmed
    due.locator("button").last.click()
    expect(due).to_have_count(0)
    page.locator("[data-toast] form button").last.click()
    expect(due).to_have_count(1)
    assert len(api.get("/finance/transactions").get_json()["items"]) == 1
    page.locator("#forecast summary").click()
    expect(page.locator("#forecast tbody tr")).to_have_count(61)

    for _ in range(2):
        category = api.get("/finance/categories").get_json()["items"][0]["id"]
        body = {"category": category, "amount": "7000", "comment": "Korzinka"}
        api.post("/finance/transactions", body)
    for number in (0, 1):
        page.goto("/transactions")
        row = page.locator("#records .row", has_text="Korzinka").nth(number)
        row.locator(".row-title a").click()
        page.locator("[id^=edit-] .chip", has_text="Transport").click()
        page.locator("[id^=edit-] .btn-primary").click()
        expect(page.locator("[id^=edit-]")).to_have_count(0)
    asked = page.locator("[id^=ask-]")
    expect(asked).to_contain_text("korzinka")
    asked.locator("button").first.click()
    expect(asked).to_have_count(0)
    page.goto("/rules")
    expect(page.locator("[id^=rule-]")).to_contain_text("Transport")
