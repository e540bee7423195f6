"""What the journeys share: records to begin with, and reading money off a page."""

import re
from decimal import Decimal
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.conftest import Api

SAVED, DELETED, PUT_BACK = "Saqlandi", "O'chirildi", "Qaytarildi"


def categories(api: Api) -> dict[str, Any]:
    """The categories of the workspace, by name."""
    return {item["name"]: item for item in api.get("/finance/categories").get_json()["items"]}


def record(api: Api, amount: str, comment: str = "", category: str = "Oziq-ovqat") -> int:
    """Record something today."""
    body = {"amount": amount, "comment": comment, "category": categories(api)[category]["id"]}
    made = api.post("/finance/transactions", body)
    assert made.status_code == 201, made.get_data(as_text=True)
    id_: int = made.get_json()["id"]
    return id_


def recorded(api: Api) -> list[dict[str, Any]]:
    """What the ledger holds."""
    items: list[dict[str, Any]] = api.get("/finance/transactions").get_json()["items"]
    return items


def money(place: Locator) -> Decimal:
    """The sum that a place shows."""
    text = place.inner_text().replace("\u2212", "-")
    return Decimal(re.sub(r"[^\d.-]", "", text))


def stat(page: Page, label: str) -> Locator:
    """The money under a label such as "Kirim"."""
    return page.locator(".stat", has=page.get_by_text(label, exact=True)).locator(".money")


def toast(page: Page, message: str) -> Locator:
    """The toast that says so."""
    found = page.locator(".toast", has_text=message).last
    expect(found).to_be_visible()
    return found


def undo(page: Page, message: str) -> None:
    """Press Undo in the toast that says so."""
    toast(page, message).locator(".toast-undo").click()


def fill_in(page: Page, amount: str, comment: str, category: str = "Oziq-ovqat") -> None:
    """Write a record into the form and send it."""
    form = page.locator("#add-form")
    form.locator("[name=amount]").press_sequentially(amount)
    form.locator(".chip", has_text=category).click()
    form.locator("[name=comment]").fill(comment)
    form.locator(".btn-primary").click()
