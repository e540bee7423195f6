"""Several records at once: ticked, counted, moved, taken back; and the pieces of a search."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ledger import record
from tests.conftest import Api

pytestmark = pytest.mark.browser


def test_ticks_moves_and_takes_back(seat: Page, api: Api) -> None:
    for number in range(3):
        record(api, f"{number + 1}0000", f"Bozor {number} #hafta")
    seat.goto("/transactions?query=bozor+%3E10k+%23hafta&select=1")
    rows, words = seat.locator("#records .row"), seat.locator("[data-chosen]")
    move = seat.locator("#bulk .btn-primary")
    expect(rows).to_have_count(2)
    expect(move).to_be_disabled()
    rows.nth(0).locator("label").click()
    expect(words).to_contain_text("1")
    rows.nth(1).locator("label").click()
    expect(words).to_contain_text("2")
    seat.locator("#bulk [name=to]").select_option(label="Transport")
    move.click()
    seat.wait_for_url(re.compile(r"/transactions\?query=bozor[^&]*$"))
    expect(rows.filter(has_text="Transport")).to_have_count(2)
    seat.locator(".toast-undo").click()
    expect(rows.filter(has_text="Transport")).to_have_count(0)
    expect(rows).to_have_count(2)
    seat.locator(".search-pieces a").nth(1).click()
    expect(rows).to_have_count(3)
    expect(seat.locator("#search-records")).to_have_value("bozor #hafta")


def test_all_that_match_go_to_the_trash_and_come_back(seat: Page, api: Api) -> None:
    for number in range(3):
        record(api, "10000", f"Bozor {number}")
    seat.goto("/transactions?select=1")
    seat.locator("#bulk [name=all]").check()
    expect(seat.locator("#records .checkbox").first).to_be_disabled()
    seat.locator("#bulk .btn-danger").click()
    expect(seat.locator("#records .row")).to_have_count(0)
    seat.goto("/trash")
    seat.locator("#trash .row label").nth(0).click()
    seat.locator(".bulk-bar .btn-primary").click()
    expect(seat.locator("#trash .row")).to_have_count(2)
    seat.goto("/history")
    seat.locator("#history .row .btn").nth(0).click()
    expect(seat.locator("#history .row-gone")).to_have_count(1)
    seat.goto("/trash")
    expect(seat.locator("#trash .row")).to_have_count(3)
