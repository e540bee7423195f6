"""Banks' messages in a browser: pasted, looked at, saved with one tap, taken back with one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import violations
from tests.conftest import Person

pytestmark = pytest.mark.browser
FIRST = "HUMOCARD *6659: oplata 45000.00 UZS; KORZINKA; 26-03-20 10:00; Dostupno: 955000.00 UZS"
LATER = "HUMOCARD *6659: oplata 5000.00 UZS; MAKRO; 26-03-21 10:00; Dostupno: 650000.00 UZS"


def _paste(page: Page, text: str) -> None:
    page.goto("/add/bank", wait_until="domcontentloaded")
    page.fill("#paste [name=text]", text)
    page.locator("#paste [type=submit]").click()
    expect(page.locator("#messages")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_messages_become_records_and_go_back(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person,
    javascript: bool,
) -> None:  # fmt: skip
    page = sign_in(open_tab(javascript=javascript), person)
    _paste(page, FIRST)
    page.locator(".bank-bar button").click()
    expect(page.locator("#records .row")).to_have_count(1)
    _paste(page, f"{FIRST}\n{LATER}\n\nKod: 458712")
    expect(page.locator(".bank-repeat")).to_have_count(1)
    expect(page.locator(".bank-gap")).to_contain_text("300\u202f000")
    expect(page.locator("body")).not_to_contain_text("458712")
    if javascript:
        assert violations(page) == []
    page.locator(".bank-bar button").click()
    expect(page.locator("#unread .row")).to_contain_text("Kod: ••••")
    with page.expect_response(lambda answer: answer.url.endswith("/undo")):
        page.locator(".toast form button").first.click()
    page.goto("/transactions", wait_until="domcontentloaded")
    expect(page.locator("#records .row")).to_have_count(1)
