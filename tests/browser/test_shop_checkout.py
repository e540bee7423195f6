"""From a shelf to an order: a visitor's cart comes along, each way to pay, what changes since."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from koshelok.debtors import operations as book
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.queries import OrderView, ProductView
from tests.browser.test_accessibility import violations
from tests.conftest import Person
from tests.inbox import code_for
from tests.shop.shelf import Seller, fill, is_sound, on_card, open_shop, order
from tests.wallet.support import open_with

pytestmark = pytest.mark.browser
Make = Callable[..., Person]
Tab = Callable[..., Page]
SignIn = Callable[[Page, Person], Page]
PHONE = "+998901112233"
START = "form[action='/checkout/start'] button"


class Market:
    """A shop with three of something, and a buyer whom it trusts; each act has its own context."""

    def __init__(self, app: Flask, seller: Person, buyer: Person) -> None:
        self.app, self.buyer = app, buyer
        with app.app_context():
            self.card: UUID = open_with(buyer, "100000")[0]
            open_with(seller, "1")
            self.seller: Seller = open_shop(seller)
            self.tea: ProductView = self.seller.product(stock=3, name="Ko'k choy")
            whose: dict[str, Any] = {
                "actor_id": seller.id,
                "workspace_id": self.seller.workspace_id,
            }
            with unit_of_work():
                book.create_debtor(**whose, full_name="Aziz", phone_number=PHONE)
                operations.set_credit(**whose, user_id=buyer.id, credit=True, limit=Decimal(30000))

    def orders(self, person: Person | None = None) -> list[OrderView]:
        """What somebody has ordered; every figure of the house agrees."""
        with self.app.app_context():
            is_sound()
            whose = (person or self.buyer).id
            return list(queries.list_orders(buyer_id=whose, limit=9).items)

    def fill(self, quantity: int = 1) -> None:
        """Put tea into the buyer's cart."""
        with self.app.app_context():
            fill(self.buyer, (self.tea, quantity))

    def sell_to(self, person: Person, quantity: int) -> None:
        """Somebody else is quicker."""
        with self.app.app_context():
            fill(person, (self.tea, quantity))
            order(person)


@pytest.fixture
def market(app: Flask, make_person: Make) -> Market:
    return Market(app, make_person(), make_person(contact=PHONE, full_name="Aziz Karimov"))


def add(page: Page, market: Market, javascript: bool) -> None:
    """From the product's page into the cart, and to it."""
    page.goto(f"/shop/products/{market.tea.id}")
    page.locator("form.buy button[type=submit]").click()
    if javascript:
        expect(page.locator("#cart-badge")).to_contain_text("1")
        expect(page.locator(".toast")).to_contain_text("Ko'k choy")
        page.locator("#cart-badge").click()
    page.wait_for_url("**/cart")
    expect(page.locator(".cart-line")).to_have_count(1)


def place(page: Page, way: str) -> None:
    """Choose how to pay and confirm; the order is shown."""
    page.locator(f"[name=payment][value^='{way}']").check()
    page.locator("#place").click()
    page.wait_for_url(re.compile(r"/orders/[0-9a-f-]{36}$"))


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_a_visitor_fills_a_cart_signs_in_and_pays_by_card(
    open_tab: Tab, market: Market, javascript: bool
) -> None:
    page = open_tab(javascript=javascript)
    add(page, market, javascript)
    page.locator("[id^=more-]").click()
    expect(page.locator("[id^=quantity-]")).to_have_value("2")
    expect(page.locator(".cart-summary .money")).to_contain_text("24\u202f000")
    page.locator(START).click()
    page.fill("[name=login]", market.buyer.login)
    page.fill("[name=password]", market.buyer.password)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/checkout")
    expect(page.locator(".checkout-lines")).to_contain_text("Ko'k choy")
    page.locator("[name=keep]").click()
    expect(page.locator("time")).to_be_visible()
    page.fill("[name=address]", "Chilonzor 5")
    place(page, "card:")
    (made,) = market.orders()
    assert (made.payment, made.pieces, made.address) == ("card", 2, "Chilonzor 5")
    with market.app.app_context():
        assert on_card(market.card) == 76_000
    page.goto("/cart")
    expect(page.locator("#cart .empty")).to_be_visible()


def test_a_visitor_signs_up_by_a_code_and_pays_in_cash(
    app: Flask, open_tab: Tab, market: Market, drain: Callable[[], None]
) -> None:
    page = open_tab()
    add(page, market, javascript=True)
    page.locator(START).click()
    page.locator(".link-quiet[href^='/signup?']").click()
    page.fill("[name=contact]", "90 555 44 33")
    page.locator("main .btn-primary").click()
    page.wait_for_url("**/verify")
    drain()
    page.fill("[name=code]", code_for(app, "+998905554433"))
    page.wait_for_url("**/welcome**")
    page.locator("main a[href='/checkout']").click()
    page.wait_for_url("**/checkout")
    place(page, "cash")
    expect(page.locator("#cart-badge .cart-count")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
@pytest.mark.parametrize("way", ["cash", "credit"])
def test_cash_and_credit(
    open_tab: Tab, sign_in: SignIn, market: Market, way: str, javascript: bool
) -> None:
    market.fill(2)
    page = sign_in(open_tab("desktop", javascript=javascript), market.buyer)
    page.goto("/cart")
    page.locator(START).click()
    page.wait_for_url("**/checkout")
    expect(page.locator("[data-hold] time")).to_be_visible()
    place(page, way)
    assert [made.payment for made in market.orders()] == [way]


def test_a_cart_changes_in_place_and_undo_brings_back(
    open_tab: Tab, sign_in: SignIn, market: Market
) -> None:
    market.fill(1)
    page = sign_in(open_tab(), market.buyer)
    page.goto("/cart")
    page.locator("[id^=more-]").focus()
    for quantity in ("2", "3"):
        page.keyboard.press("Enter")
        expect(page.locator("[id^=quantity-]")).to_have_value(quantity)
    expect(page.locator("[id^=more-]")).to_be_disabled()
    page.locator("[id^=quantity-]").fill("9")
    page.keyboard.press("Enter")
    expect(page.locator("[id^=wrong-]")).to_be_visible()
    expect(page.locator("[id^=quantity-]")).to_have_value("9")
    expect(page.locator("#cart-badge")).to_contain_text("3")
    assert violations(page) == []
    page.locator(".cart-out button").click()
    expect(page.locator("#cart .empty")).to_be_visible()
    expect(page.locator("#cart-badge .cart-count")).to_have_count(0)
    page.locator(".toast-undo").click()
    expect(page.locator("[id^=quantity-]")).to_have_value("3")
    expect(page.locator("#cart-badge")).to_contain_text("3")


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_who_was_too_late_sets_what_is_left_and_orders_that(
    open_tab: Tab, sign_in: SignIn, market: Market, make_person: Make, javascript: bool
) -> None:
    market.fill(3)
    page = sign_in(open_tab(javascript=javascript), market.buyer)
    page.goto("/checkout")
    page.fill("[name=address]", "Chilonzor 5")
    market.sell_to(make_person(), 2)
    page.locator("#place").click()
    page.wait_for_url("**/cart")
    expect(page.locator(START)).to_be_disabled()
    if javascript:
        assert violations(page) == []
    page.locator(".cart-note form button").click()
    expect(page.locator("[id^=quantity-]")).to_have_value("1")
    page.locator(START).click()
    page.wait_for_url("**/checkout")
    expect(page.locator("[name=address]")).to_have_value("Chilonzor 5")
    place(page, "cash")
    (made,) = market.orders()
    assert (made.pieces, made.address) == (1, "Chilonzor 5")


def test_a_double_click_orders_once(open_tab: Tab, sign_in: SignIn, market: Market) -> None:
    market.fill(1)
    page = sign_in(open_tab(), market.buyer)
    page.goto("/checkout")
    page.locator("#place").dblclick()
    page.wait_for_url("**/orders/*")
    assert len(market.orders()) == 1


def test_what_is_kept_counts_down_and_may_be_kept_again(
    open_tab: Tab, sign_in: SignIn, market: Market
) -> None:
    market.fill(1)
    page = sign_in(open_tab(own=True), market.buyer)
    page.clock.install()
    page.goto("/cart")
    page.locator(START).click()
    page.wait_for_url("**/checkout", wait_until="commit")
    expect(page.locator("[data-hold-left]")).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    page.fill("[name=address]", "Chilonzor 5")
    page.clock.fast_forward("10:01")
    expect(page.locator("[data-hold]")).to_be_hidden()
    assert violations(page) == []
    page.clock.resume()
    page.locator("[name=keep]").click()
    expect(page.locator("[data-hold-over]")).to_have_count(1)
    expect(page.locator("form[data-sending]")).to_have_count(0)
    expect(page.locator("[name=address]")).to_have_value("Chilonzor 5")
    place(page, "cash")
