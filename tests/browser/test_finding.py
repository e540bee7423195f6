"""Finding one's way: search, more rows, back, keys, theme and language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ledger import DELETED, categories, record, undo
from tests.conftest import Api, Person

pytestmark = pytest.mark.browser


@pytest.fixture
def sixty(api: Api) -> None:
    """More records than one page of the list shows."""
    ids = [item["id"] for item in categories(api).values()]
    for number in range(60):
        body = {"category": ids[number % 2], "amount": "1000", "comment": f"Yozuv {number}"}
        assert api.post("/finance/transactions", body).status_code == 201


def test_the_list_follows_what_is_typed(seat: Page, api: Api) -> None:
    record(api, "25000", "Bozorlik")
    record(api, "7000", "Avtobus", "Transport")
    seat.goto("/transactions")
    rows = seat.locator("#records .row")
    expect(rows).to_have_count(2)
    seat.locator("#search-records").press_sequentially("avto")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Avtobus")
    expect(seat).to_have_url(re.compile("query=avto$"))
    expect(seat.locator("#search-records")).to_be_focused()
    seat.reload()
    expect(seat.locator("#search-records")).to_have_value("avto")
    expect(rows).to_have_count(1)
    seat.locator("#search-records").fill("yo'q narsa")
    expect(seat.locator("#results .empty")).to_be_visible()
    seat.go_back()
    expect(rows).to_contain_text("Avtobus")
    expect(seat.locator("#search-records")).to_have_value("avto")
    seat.go_back()
    expect(rows).to_have_count(2)
    expect(seat.locator("#search-records")).to_have_value("")


def test_back_leaves_the_list_at_once_after_an_undo(seat: Page, api: Api) -> None:
    id_ = record(api, "25000", "Bozorlik")
    seat.goto("/dashboard")
    seat.goto("/transactions")
    seat.locator(f"#record-{id_} .row-title a").click()
    seat.locator(f"#record-{id_} .btn-danger").click()
    undo(seat, DELETED)
    expect(seat.locator(f"#record-{id_}")).to_be_visible()
    seat.wait_for_load_state("networkidle")
    seat.go_back()
    seat.wait_for_url("**/dashboard")


def test_filters_narrow_the_list(seat: Page, api: Api) -> None:
    record(api, "100000", "Oylik", "Ish haqi")
    record(api, "7000", "Avtobus", "Transport")
    seat.goto("/transactions")
    seat.locator("#filters summary").click()
    seat.locator("#category").select_option(label="Transport")
    expect(seat.locator("#records .row")).to_have_count(1)
    seat.locator(".filter-bar .chip").last.click()
    seat.wait_for_url("**type=income**")
    expect(seat.locator("#results .empty")).to_be_visible()


@pytest.mark.usefixtures("sixty")
def test_more_rows_are_appended(seat: Page) -> None:
    seat.goto("/transactions")
    rows = seat.locator("#records .row")
    expect(rows).to_have_count(50)
    seat.locator(".load-more a").click()
    expect(rows).to_have_count(60)
    expect(seat.locator(".load-more")).to_have_count(0)
    expect(seat.locator("#records .rows-day")).to_have_count(1)
    texts = rows.locator(".row-title").all_inner_texts()
    assert texts == [f"Yozuv {number}" for number in reversed(range(60))]
    assert seat.url.endswith("/transactions")


def test_the_theme_stays(seat: Page) -> None:
    wide = (seat.viewport_size or {"width": 0})["width"] > 1000
    if not wide:
        seat.locator("[popovertarget=more]").click()
    seat.locator(f"{'.topbar' if wide else '#more'} .theme-to-dark").click()
    expect(seat.locator("html")).to_have_attribute("data-theme", "koshelok-dark")
    seat.wait_for_load_state("networkidle")
    seat.goto("/transactions")
    expect(seat.locator("html")).to_have_attribute("data-theme", "koshelok-dark")


def test_the_language_stays(
    seat: Page,
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    person: Person,
) -> None:
    seat.goto("/transactions")
    expect(seat.locator("html")).to_have_attribute("lang", "uz")
    if (seat.viewport_size or {"width": 0})["width"] > 1000:
        seat.locator(".topbar details:has([name=language]) summary").click()
    else:
        seat.locator("[popovertarget=more]").click()
    seat.locator("button[name=language][value=ru]:visible").click()
    expect(seat.locator("html")).to_have_attribute("lang", "ru")
    assert seat.url.endswith("/transactions")
    other = sign_in(open_tab(), person)
    expect(other.locator("html")).to_have_attribute("lang", "ru")


def test_one_key_for_the_frequent_things(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person
) -> None:
    page = sign_in(open_tab("desktop"), person)
    page.keyboard.press("?")
    keys = page.locator("#shortcuts")
    expect(keys).to_be_visible()
    page.keyboard.press("n")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("/")
    search = page.locator("#search")
    expect(search).to_be_focused()
    page.keyboard.type("n?")
    expect(search).to_have_value("n?")
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()
    page.locator(".topbar .menu summary").last.click()
    expect(page.locator(".topbar details[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".topbar details[open]")).to_have_count(0)
    page.keyboard.press("n")
    page.wait_for_url("**/add")
    expect(page.locator("[name=amount]")).to_be_focused()
