"""All debts, found: by what is typed, by state and day, more rows, back; and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Api, Person
from tests.debtors.calls import enter, owe, pay

pytestmark = pytest.mark.browser
LIST = "/debtors/debts"


@pytest.fixture
def people(api: Api) -> tuple[int, int]:
    """Two who owe, one of them late, one of whom has paid a part."""
    gulnora = enter(api, "Gulnora Yoʻldosheva", "+998901234567")
    sardor = enter(api, "Sardor Karimov", "+998937654321")
    owe(api, gulnora, 5000, description="Un", due_date="2026-01-10")
    owe(api, sardor, 7000, description="Shakar")
    pay(api, sardor, 2000)
    return gulnora, sardor


def test_the_list_follows_what_is_typed(seat: Page, people: tuple[int, int]) -> None:
    seat.goto(LIST)
    rows = seat.locator("#debts .row")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Sardor Karimov")
    seat.locator("#search-debts").press_sequentially("йўлдош")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Gulnora")
    expect(seat.locator("#search-debts")).to_be_focused()
    seat.go_back()
    expect(rows).to_have_count(2)
    rows.first.locator("a").click()
    seat.wait_for_url(f"**/debtors/{people[1]}")


@pytest.mark.usefixtures("people")
def test_states_are_chips_and_keep_the_name(seat: Page) -> None:
    seat.goto(f"{LIST}?full_name=a")
    rows = seat.locator("#debts .row")
    expect(rows).to_have_count(2)
    seat.locator("#results .filter-bar .chip").nth(1).click()
    seat.wait_for_url("**status=overdue**")
    expect(rows).to_have_count(1)
    expect(rows.locator(".seal-warn")).to_be_visible()
    expect(seat.locator("#search-debts")).to_have_value("a")
    seat.locator("#filters summary").click()
    seat.locator("#status").select_option("partially_paid")
    expect(rows).to_contain_text("Sardor Karimov")
    expect(seat).to_have_url(re.compile("status=partially_paid"))
    expect(seat.locator("#results .chip[aria-current]")).to_have_count(1)


def test_more_rows_are_appended(seat: Page, api: Api) -> None:
    debtor = enter(api)
    for _ in range(51):
        owe(api, debtor, 10)
    seat.goto(LIST)
    rows = seat.locator("#debts .row")
    expect(rows).to_have_count(50)
    seat.locator(".load-more a").click()
    expect(rows).to_have_count(51)
    expect(seat.locator("#debts .rows-day")).to_have_count(1)


def test_without_scripts(
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    person: Person,
    people: tuple[int, int],
) -> None:
    tab = sign_in(open_tab("phone", javascript=False), person)
    tab.goto(LIST)
    tab.locator("#search-debts").fill("sardor")
    tab.locator("#search-debts").press("Enter")
    expect(tab.locator("#debts .row")).to_have_count(1)
    tab.locator("#results .chip").nth(1).click()
    expect(tab.locator("#results .empty")).to_be_visible()
    tab.goto(f"{LIST}?debtor={people[0]}")
    expect(tab.locator("#debts .row")).to_have_count(1)
