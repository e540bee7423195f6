"""Whom to ask: the exact text is read before it is sent; a promise hides a person, Undo brings
them back; nothing here is hard to read or to reach."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from koshelok.core.clock import today
from tests.browser.test_accessibility import violations
from tests.conftest import Person
from tests.debtors.books import open_shop


@pytest.fixture
def late(app: Flask, person: Person) -> int:
    with app.app_context():
        shop = open_shop(person)
        debtor = shop.person("Botir Zokirov")
        shop.debt(debtor, "250000", due_date=today() - timedelta(days=12))
    return debtor


def test_a_reminder_is_read_and_sent(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person,
    late: int,
) -> None:  # fmt: skip
    page = sign_in(open_tab("phone"), person)
    page.goto("/debtors/collect")
    page.locator(f"[popovertarget=remind-{late}]").first.click()
    dialog = page.locator(f"#remind-{late}")
    expect(dialog).to_contain_text("250 000 so'm")
    assert violations(page) == []
    dialog.locator("[type=submit]").click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    expect(page.locator(f"#late-{late} [popovertarget=remind-{late}]")).to_have_count(0)


def test_a_promise_and_its_undo(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person,
    late: int,
) -> None:  # fmt: skip
    page = sign_in(open_tab("tablet", "dark"), person)
    page.goto("/debtors/collect")
    page.locator(f"[popovertarget=promise-{late}]").first.click()
    assert violations(page) == []
    page.locator(f"#promise-{late} .chip").nth(1).click()
    expect(page.locator(f"#late-{late}")).to_have_count(0)
    page.locator(".toast-undo").click()
    expect(page.locator(f"#late-{late}")).to_be_visible()
