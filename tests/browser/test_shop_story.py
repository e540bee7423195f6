"""From an empty shelf to a delivered and rated order: a shopkeeper on a tablet, a buyer on a phone
and an administrator, each in a browser of their own; then what their books say."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from koshelok.verification import verify_all
from tests.browser.ledger import stat
from tests.browser.sending import confirm, deposit, look, number_on, on_card, open_card
from tests.conftest import Person
from tests.identity.pictures import picture
from tests.inbox import code_for

pytestmark = pytest.mark.browser
SELLER, BUYER = "+998901112244", "+998905554433"
NAME, PRICE = "Ko'k choy «95», 100 g", 18_500
BOARD = "/shop/manage/orders"
STEPS = ("packed", "shipped", "delivered")
ORDER = re.compile(r"/orders/[0-9a-f-]{36}$")

OpenTab = Callable[..., Page]


class Story:
    """What the three of them do, as they do it."""

    def __init__(self, app: Flask, drain: Callable[[], None]) -> None:
        self.app, self.drain = app, drain

    def sign_up(self, page: Page, phone: str) -> None:
        """By a code, from the form that is open; no password yet."""
        page.fill("[name=contact]", phone)
        page.press("[name=contact]", "Enter")
        page.wait_for_url("**/verify")
        self.drain()
        page.fill("[name=code]", code_for(self.app, phone))
        page.wait_for_url("**/welcome**")

    def open_shop(self, page: Page) -> None:
        """Sign up, open a card to be paid on, and a shop to sell in."""
        page.goto("/signup")
        self.sign_up(page, SELLER)
        page.get_by_role("link", name="O'tkazib yuborish").click()
        page.wait_for_url("**/dashboard")
        open_card(page)
        page.goto("/shop/manage")
        page.locator(".empty a.btn").click()
        form = page.locator("#open-workspace")
        form.locator("[name=name]").fill("Choyxona")
        form.locator("label:has([value=shop])").click()
        form.locator("[type=submit]").click()
        page.wait_for_url(re.compile(r"/workspaces/\d+$"))
        page.locator(".page-header .btn-primary").click()
        page.wait_for_url("**/shop/manage")

    def stock_shelf(self, page: Page) -> str:
        """Put two pieces of tea with a photo on the shelf; answers the path of the product."""
        page.goto("/shop/manage/products/new")
        page.fill("[name=name]", NAME)
        page.locator("[name=price]").press_sequentially(str(PRICE))
        page.select_option("[name=category]", "drinks")
        page.fill("[name=stock]", "2")
        photo = picture("JPEG", (900, 600))
        page.set_input_files(
            "[name=photo]", {"name": "choy.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )
        page.locator("#product-form .btn-primary").click()
        page.wait_for_url(re.compile(r"/shop/manage/products/\d+$"))
        expect(page.locator(".photo img")).to_have_count(1)
        return f"/shop/products/{page.url.rpartition('/')[2]}"

    def fill_cart(self, page: Page, pieces: int) -> None:
        """Find the tea on the shelves, put so many pieces into the cart, and go to it."""
        page.goto("/shop")
        page.locator("#search-shop").press_sequentially("кўк чой")
        expect(page.locator(".product")).to_have_count(1)
        page.locator(".product-name a").click()
        buy = page.locator("form.buy")
        buy.locator("[name=quantity]").fill(str(pieces))
        buy.locator(".btn-primary").click()
        expect(page.locator("#cart-badge")).to_contain_text(str(pieces))
        page.locator("#cart-badge").click()
        expect(page.locator("[id^=quantity-]")).to_have_value(str(pieces))

    def check_out(self, page: Page) -> None:
        """From the cart to the choice of how to pay."""
        page.locator("form[action='/checkout/start'] button").click()

    def place(self, page: Page, way: str) -> str:
        """Choose how to pay, tap twice; answers the path of the one order."""
        page.wait_for_url("**/checkout")
        page.fill("[name=address]", "Chilonzor 5")
        page.locator(f"[name=payment][value^='{way}']").check()
        page.locator("#place").dblclick()
        page.wait_for_url(ORDER)
        return f"/orders/{page.url.rpartition('/')[2]}"

    def deliver(self, page: Page) -> None:
        """Confirm the only open order on the board, then take it all the way on its own page."""
        page.goto(BOARD)
        page.locator(".order-card form:has([value=confirmed]) button").click()
        expect(page.locator("#toasts .toast")).to_be_visible()
        page.goto(f"{BOARD}?status=confirmed")
        page.locator(".order-card h3 a").click()
        for status in STEPS:
            page.locator(f"#order .order-do form:has([value={status}]) button").click()
        expect(page.locator("#order .order-do [popovertarget=return-order]")).to_be_visible()


def test_tea_is_sold_by_card_and_on_credit(
    app: Flask, open_tab: OpenTab, sign_in: Callable[[Page, Person], Page],
    make_person: Callable[..., Person], drain: Callable[[], None],
) -> None:  # fmt: skip
    story, seller, buyer = Story(app, drain), open_tab("tablet"), open_tab("phone")
    desk = sign_in(open_tab("desktop"), make_person(role="ADMIN"))
    story.open_shop(seller)
    tea = story.stock_shelf(seller)

    story.fill_cart(buyer, 2)
    story.check_out(buyer)
    buyer.locator(".link-quiet[href^='/signup?']").click()
    story.sign_up(buyer, BUYER)
    open_card(buyer)
    number = number_on(buyer)
    open_card(desk)
    deposit(desk, "200 000")
    desk.goto("/send")
    look(desk, "100000", "Oylik", number)
    confirm(desk)

    buyer.goto("/cart")
    expect(buyer.locator("[id^=quantity-]")).to_have_value("2")  # what a visitor chose is kept
    story.check_out(buyer)
    first = story.place(buyer, "card:")
    assert on_card(buyer) == 100_000 - 2 * PRICE
    buyer.goto(tea)
    expect(buyer.locator(".offer .seal-bad")).to_be_visible()
    expect(buyer.locator("form.buy")).to_have_count(0)

    assert on_card(seller) == 0  # it waits for the delivery
    story.deliver(seller)
    assert on_card(seller) == 2 * PRICE
    buyer.goto(first)
    buyer.locator(".stars-input .star").nth(4).click()
    buyer.locator(".rate textarea").fill("Zo'r choy")
    buyer.locator(".rate [type=submit]").click()
    expect(buyer.locator(".rate .star-on")).to_have_count(5)
    seller.goto(tea)
    expect(seller.locator("#reviews")).to_contain_text("Zo'r choy")
    for page, label in ((buyer, "Bu oygi chiqim"), (seller, "Bu oygi kirim")):
        page.goto("/dashboard")
        expect(stat(page, label)).to_contain_text("37\u202f000")

    seller.goto("/shop/manage/customers")
    form = seller.locator("form[action='/shop/manage/customers']")
    form.locator("[name=phone_number]").fill(BUYER)
    form.locator("[name=credit_limit]").press_sequentially("50000")
    form.locator("[type=submit]").click()
    expect(seller.locator("#customers .row")).to_have_count(1)
    seller.goto(f"/shop/manage/products/{tea.rpartition('/')[2]}")
    seller.fill("#stock-form [name=stock]", "5")
    seller.locator("#stock-form .btn-primary").click()
    expect(seller.locator(".toast")).to_be_visible()
    story.fill_cart(buyer, 1)
    story.check_out(buyer)
    story.place(buyer, "credit")
    seller.goto("/debtors/debts")
    expect(seller.locator("main .row")).to_have_count(1)
    expect(seller.locator("main .row")).to_contain_text("18\u202f500")
    with app.app_context():
        assert verify_all() == []
