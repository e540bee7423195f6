"""A shopkeeper's orders in a browser: stepped in place and by plain forms, cancelled with a word,
returned where the money is there; nothing of it is hard to read or to reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.queries import OrderView, find_payout_card_id
from koshelok.wallet import operations as wallet
from koshelok.wallet.operations import Order as TransferOrder
from koshelok.wallet.queries import find_payout_card, get_card
from tests.browser.test_accessibility import faults, violations
from tests.conftest import Person
from tests.shop.shelf import Seller, buy, open_shop
from tests.wallet.support import open_with

pytestmark = pytest.mark.browser
BOARD = "/shop/manage/orders"
STEPS = ("confirmed", "packed", "shipped", "delivered")


@dataclass
class Shop:
    """A shop with an order by card, one on credit, and one in cash."""

    app: Flask
    seller: Seller
    buyer: Person
    card: OrderView
    credit: OrderView
    cash: OrderView

    def take(self, order: OrderView, *statuses: str) -> None:
        with self.app.app_context():
            self.seller.take(order, *statuses)


@pytest.fixture
def shop(app: Flask, person: Person, make_person: Callable[..., Person]) -> Shop:
    buyer = make_person(contact="+998901112233", full_name="Gulnora Abdurahmonova-Yo'ldosheva")
    with app.app_context():
        seller = open_shop(person, "Choyxona")
        mine, _ = open_with(buyer, "500000")
        open_with(person, "1000")
        tea = seller.product(stock=9, name="Ko'k choy «95», yirik bargli", sku="CH-95")
        with unit_of_work():
            operations.approve_customer(
                actor_id=person.id, workspace_id=seller.workspace_id, phone_number="+998901112233"
            )
        card = buy(buyer, tea, 2, "card", card=mine, address="Toshkent, Chilonzor 5")
        credit = buy(buyer, tea, 1, "credit")
        return Shop(app, seller, buyer, card, credit, buy(buyer, tea, 1, comment="Kechqurun"))


@pytest.fixture
def go(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], shop: Shop
) -> Callable[..., Page]:
    """Open a browser in the shop."""

    def enter(size: str = "phone", path: str = BOARD, **more: object) -> Page:
        page = sign_in(open_tab(size, **more), shop.seller.person)
        page.goto(path)
        page.locator("main form[action='/workspaces/switch'] button").click()
        page.wait_for_url("**/shop/manage")
        page.goto(path)
        return page

    return enter


@pytest.mark.parametrize("javascript", [True, False])
def test_an_order_goes_all_the_way_on_the_board(
    go: Callable[..., Page], shop: Shop, javascript: bool
) -> None:
    page = go("desktop", javascript=javascript)
    for status in STEPS:
        card = page.locator(f"#order-{shop.card.id}")
        card.locator(f"form:has([value={status}]) button").click()
        if status != "delivered":
            column = page.locator(f"section[aria-labelledby=column-{status}]")
            expect(column.locator(f"#order-{shop.card.id}")).to_be_visible()
    expect(page.locator(f"#order-{shop.card.id}")).to_have_count(0)
    expect(page.locator("#toasts .toast").last).to_contain_text(f"№{shop.card.number}")
    page.locator(f"a[href='{BOARD}?status=delivered']").click()
    expect(page.locator(".row-title")).to_contain_text(f"№{shop.card.number}")


def test_on_a_phone_the_columns_are_chips(go: Callable[..., Page], shop: Shop) -> None:
    page = go("phone")
    chips = page.locator("[data-board=narrow] .num")
    expect(chips.nth(0)).to_have_text("3")
    expect(page.locator(".order-card:visible")).to_have_count(3)
    page.locator(f"#order-{shop.cash.id} form button").click()
    expect(chips.nth(0)).to_have_text("2")
    expect(chips.nth(1)).to_have_text("1")
    expect(page.locator(".order-card:visible")).to_have_count(2)
    page.locator("[data-board=narrow]").nth(1).click()
    expect(page.locator(".order-card:visible")).to_have_count(1)
    page.locator(f"#order-{shop.cash.id} h3 a").click()
    expect(page.locator("h1")).to_have_text(f"№{shop.cash.number}")


def test_who_was_slower_reads_where_it_stands(go: Callable[..., Page], shop: Shop) -> None:
    board, page = go("desktop"), go("phone", f"{BOARD}/{shop.cash.id}")
    shop.take(shop.cash, "confirmed")
    board.locator(f"#order-{shop.cash.id} form button").click()
    expect(board.locator("#toasts .toast")).to_contain_text(f"№{shop.cash.number}")
    column = board.locator("section[aria-labelledby=column-confirmed]")
    expect(column.locator(f"#order-{shop.cash.id}")).to_be_visible()
    page.locator("#order .order-do .btn-primary").click()
    expect(page.locator("#order .notice-error")).to_be_visible()
    expect(page.locator("#order .order-do [value=packed]")).to_have_count(1)
    page.locator("#order .order-do .btn-primary").click()
    expect(page.locator("#order .order-do [value=shipped]")).to_have_count(1)
    expect(page.locator("#order .notice-error")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_cancelling_tells_its_effect_first(
    go: Callable[..., Page], shop: Shop, javascript: bool
) -> None:
    page = go("phone", f"{BOARD}/{shop.credit.id}", javascript=javascript)
    page.locator("[popovertarget=cancel-order]").first.click()
    dialog = page.locator("#cancel-order")
    expect(dialog.locator("#cancel-order-effect")).to_contain_text("12\u202f000")
    if javascript:
        assert violations(page) == []
    dialog.locator("[name=note]").fill("Qolmadi")
    dialog.locator("[type=submit]").click()
    expect(page.locator("#order .order-do")).to_have_count(0)
    expect(page.locator("#order .timeline")).to_contain_text("Qolmadi")


def test_a_return_waits_for_money_on_the_card(go: Callable[..., Page], shop: Shop) -> None:
    shop.take(shop.card, *STEPS)
    with shop.app.app_context():
        mine = find_payout_card_id(shop.seller.workspace_id)
        theirs = find_payout_card(shop.buyer.id)
        assert mine is not None
        assert theirs is not None
        with unit_of_work():
            spent = TransferOrder(mine, theirs.number, Decimal(20000), "", "k")
            wallet.send(actor_id=shop.seller.person.id, role="ADMIN", order=spent)
        assert get_card(shop.seller.person.id, mine).balance < shop.card.total
    page = go("desktop", f"{BOARD}/{shop.card.id}")
    page.locator("#order .order-do [popovertarget=return-order]").click()
    page.locator("#return-order [type=submit]").click()
    expect(page.locator("#order .notice-error")).to_contain_text("24\u202f000")
    expect(page.locator("#order .order-do [popovertarget=return-order]")).to_be_visible()


def test_credit_is_given_and_stopped_in_place(go: Callable[..., Page], shop: Shop) -> None:
    page = go("phone", "/shop/manage/customers")
    opener = page.locator(f"#customers .row-menu > [popovertarget=allow-{shop.buyer.id}]")
    opener.click()
    page.locator(f"#limit-{shop.buyer.id}").fill("50 000")
    assert violations(page) == []
    page.locator(f"#allow-{shop.buyer.id} .btn-primary").click()
    expect(page.locator("#customers .row").first).to_contain_text("50\u202f000")
    opener.click()
    page.locator(f"#allow-{shop.buyer.id} .btn-danger").click()
    expect(page.locator("#customers form[action$=stop]")).to_have_count(0)


def test_axe_finds_nothing_and_a_small_screen_holds_all(
    go: Callable[..., Page], shop: Shop
) -> None:
    shop.take(shop.cash, *STEPS)
    order = f"{BOARD}/{shop.card.id}"
    paths = ["/shop/manage", BOARD, f"{BOARD}?status=delivered", f"{BOARD}?status=packed", order,
             f"{order}/slip", "/shop/manage/customers", "/shop/manage/settings"]  # fmt: skip
    page, found = go("phone"), []
    for path in paths:
        page.goto(path)
        found += faults(page)
    assert found == []
