"""What the journeys of money share: cards, looks and confirmations as a person makes them."""

import re
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect

from tests.browser.ledger import money
from tests.conftest import Api

RECEIPT = re.compile(r"/transfers/([0-9a-f-]{36})$")
CONFIRM = "form[action='/send/confirm'] .btn-primary"


def open_card(page: Page) -> str:
    """Open a card on the page of cards and activate it on its own; answers its id."""
    page.goto("/cards")
    page.locator("form[action='/cards'] button").click()
    page.wait_for_url("**/cards/*")
    expect(page.locator(".bank-card-frozen")).to_be_visible()
    page.locator("form[action$=activate] button").click()
    expect(page.locator(".bank-card-active")).to_be_visible()
    expect(page.locator("form[action$=activate]")).to_have_count(0)
    return page.url.rpartition("/")[2]


def number_on(page: Page) -> str:
    """The digits drawn on the card that the page shows."""
    return re.sub(r"\D", "", page.locator(".bank-card .card-number").inner_text())


def deposit(desk: Page, amount: str) -> None:
    """Put money onto the administrator's own card."""
    desk.goto("/admin/deposit")
    desk.fill("#amount", amount)
    desk.locator("#deposit button[type=submit]").click()
    desk.wait_for_url("**/admin/transfers/*")


def look(page: Page, amount: str, description: str = "", number: str = "") -> Locator:
    """Fill in the form that is open, and go on; answers the lines of what comes."""
    if number:
        page.locator("#to_card").press_sequentially(number)
    page.locator("#amount").press_sequentially(amount)
    page.locator("#description").fill(description)
    page.locator("#send-form .btn-primary").click()
    return page.locator(".slip-lines")


def confirm(page: Page) -> str:
    """Send what is looked at; answers the id on the receipt."""
    page.locator(CONFIRM).click()
    return receipt(page)


def receipt(page: Page) -> str:
    """The id of the transfer whose receipt comes."""
    page.wait_for_url(RECEIPT)
    found = RECEIPT.search(page.url)
    assert found
    expect(page.locator(".slip-lines")).to_contain_text(found.group(1))
    return found.group(1)


def on_card(page: Page) -> Decimal:
    """What the only card says is on it."""
    page.goto("/cards")
    return money(page.locator(".bank-card-balance"))


def sent(api: Api) -> list[str]:
    """The ids of what went through, the newest first."""
    items = api.get("/transfers?direction=out&status=success").get_json()["items"]
    return [item["id"] for item in items]


def give_reason(page: Page, dialog: str, reason: str) -> None:
    """Open a dialog of the administration, say why, and go on."""
    page.locator(f"[popovertarget={dialog}]").first.click()
    opened = page.locator(f"#{dialog}")
    opened.locator("[name=reason]").fill(reason)
    opened.locator("button[type=submit]").click()
