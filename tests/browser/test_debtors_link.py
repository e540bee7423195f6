"""A debtor with a phone and no account; a debtor with a card; the shop between them."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.conftest import Person
from tests.debtors.links import Counter, Payer, open_counter_apart, payer

pytestmark = pytest.mark.browser
Make = Callable[..., Person]
Tab = Callable[..., Page]
SignIn = Callable[[Page, Person], Page]


@pytest.fixture
def counter(app: Flask, person: Person) -> Counter:
    """Somebody who owes 1 500 to a shop that takes cards."""
    return open_counter_apart(app, person, "1000", "500")


@pytest.fixture
def malika(app: Flask, make_person: Make) -> Payer:
    """Somebody with 5 000 on a card."""
    with app.app_context():
        return payer(make_person(full_name="Malika Karimova"), "5000")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_debtor_marks_an_entry_and_the_shop_settles_it(
    open_tab: Tab, sign_in: SignIn, counter: Counter, person: Person, javascript: bool
) -> None:
    phone = open_tab("phone", javascript=javascript)
    phone.goto(counter.path)
    expect(phone.locator(".money-xl")).to_contain_text("1\u202f500")
    phone.locator("#debt-1 a, [id^=debt-] a").first.click()
    phone.locator("[name=note]").fill("Men 300 olganman")
    phone.locator("main .btn-primary").click()
    phone.wait_for_url(f"**{counter.path}")
    expect(phone.locator("[id^=debt-] .seal")).to_have_count(1)

    shop = sign_in(open_tab("tablet"), person)
    shop.goto(f"/debtors/{counter.debtor}")
    expect(shop.locator("#disputes")).to_contain_text("Men 300 olganman")
    shop.goto("/debtors/disputes")
    shop.locator("[id^=dispute-] button").click()
    expect(shop.locator("[id^=dispute-]")).to_have_count(0)

    phone.reload()
    expect(phone.locator("[id^=debt-] .seal")).to_have_count(0)


def test_the_shop_gives_a_link_and_takes_it_away(
    open_tab: Tab, sign_in: SignIn, counter: Counter, person: Person
) -> None:
    shop = sign_in(open_tab("tablet"), person)
    shop.goto(f"/debtors/{counter.debtor}/link")
    expect(shop.locator("main img[src^='data:image/svg']")).to_be_visible()
    path = counter.path
    expect(shop.get_by_text(path)).to_be_visible()
    phone = open_tab("phone")
    phone.goto(path)
    shop.reload()
    expect(shop.locator(".slip-lines")).to_contain_text("Bugun")
    shop.locator("[popovertarget=revoke]").first.click()
    shop.locator("#revoke button[type=submit]").click()
    expect(shop.locator("main img[src^='data:image/svg']")).to_have_count(0)
    closed = phone.goto(path)
    assert closed is not None
    assert closed.status == 404


def test_a_debtor_signs_in_from_the_link_and_pays_by_card(
    open_tab: Tab, sign_in: SignIn, counter: Counter, person: Person, malika: Payer
) -> None:
    phone = open_tab("phone")
    phone.goto(counter.path)
    phone.locator("main .btn-primary").click()
    phone.wait_for_url(re.compile("/login"))
    phone.fill("[name=login]", malika.user.login)
    phone.fill("[name=password]", malika.user.password)
    phone.press("[name=password]", "Enter")
    phone.wait_for_url(f"**{counter.path}/pay")
    phone.locator("#amount").fill("1 200")
    phone.locator("#pay-form .btn-primary").click()
    expect(phone.locator(".slip-lines")).to_contain_text("7777")
    expect(phone.locator(".slip-head")).to_contain_text("1\u202f200")
    phone.locator("#pay-form .btn-primary").click()
    phone.wait_for_url(f"**{counter.path}")
    expect(phone.locator(".money-xl")).to_contain_text("300")
    expect(phone.locator("[id^=payment-]")).to_have_count(1)

    shop = sign_in(open_tab("tablet"), person)
    shop.goto(f"/debtors/{counter.debtor}")
    expect(shop.locator(".money-xl")).to_contain_text("300")
    expect(shop.locator("[id^=payment-]")).to_contain_text("1\u202f200")
