"""The figures of a shop, and its settings: what is counted, who may change what."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.core.clock import today
from koshelok.core.errors import Invalid
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.errors import NotAShop
from koshelok.shop.queries.board import count_open
from koshelok.shop.queries.figures import DAYS, get_sales, get_shelf, get_stars
from koshelok.wallet.errors import CardNotFound
from tests.conftest import Page, Person
from tests.shop.shelf import Seller, buy, open_shop
from tests.shop.test_sales_pages import enter
from tests.wallet.support import open_with

MakePerson = Callable[..., Person]
ALL_THE_WAY = ("confirmed", "packed", "shipped", "delivered")
SETTINGS = "/shop/manage/settings"


@pytest.fixture
def seller(app: Flask, make_person: MakePerson) -> Seller:
    owner = make_person(contact="+998901110000")
    with app.app_context():
        return open_shop(owner)


@pytest.fixture
def buyer(make_person: MakePerson) -> Person:
    return make_person(contact="+998901112233", full_name="Aziz Karimov")


@pytest.fixture
def page(app: Flask, seller: Seller) -> Page:
    return enter(app, seller.person, seller.workspace_id)


def sold(seller: Seller, days: dict[date, str]) -> None:
    """Write days down as if orders had been delivered on them."""
    session.execute(text("SET session_replication_role = replica"))
    for day, amount in days.items():
        session.execute(
            text("INSERT INTO shop_days VALUES (:w, :day, 1, :amount)"),
            {"w": seller.workspace_id, "day": day, "amount": amount},
        )
    session.execute(text("SET session_replication_role = origin"))
    session.commit()


def edit(seller: Seller, **changes: object) -> queries.ShopView:
    with unit_of_work():
        return operations.edit_shop(
            actor_id=seller.person.id, workspace_id=seller.workspace_id,
            **changes,  # type: ignore[arg-type]
        )  # fmt: skip


def test_a_shop_that_sold_nothing_shows_zeros(app: Flask, seller: Seller, page: Page) -> None:
    with app.app_context():
        sales = get_sales(seller.workspace_id, today())
        assert (len(sales.days), sales.this_month, sales.last_month) == (DAYS, 0, 0)
        assert get_stars(seller.workspace_id) is None
        assert get_shelf(seller.workspace_id, 3) == ([], [])
    assert page.get("/shop/manage").status_code == 200


@pytest.mark.usefixtures("context")
def test_this_month_stands_against_the_same_days_of_the_last(seller: Seller) -> None:
    sold(seller, {
        date(2026, 2, 28): "7", date(2026, 3, 1): "10", date(2026, 3, 31): "100",
        date(2026, 2, 1): "1", date(2026, 4, 1): "1000", date(2026, 1, 31): "10000",
    })  # fmt: skip
    month = get_sales(seller.workspace_id, date(2026, 3, 31))
    assert (month.this_month, month.last_month) == (110, 8)
    first = get_sales(seller.workspace_id, date(2026, 3, 1))
    assert (first.this_month, first.last_month) == (10, 1)
    assert [one.amount for one in first.days if one.amount] == [10000, 1, 7, 10]
    assert first.days[-1].day == date(2026, 3, 1)
    assert first.days[0].day == date(2026, 3, 1) - timedelta(days=DAYS - 1)


@pytest.mark.usefixtures("context")
def test_what_sells_what_runs_out_and_money_on_its_way(seller: Seller, buyer: Person) -> None:
    mine, _ = open_with(buyer, "100000")
    open_with(seller.person, "1000")
    tea, rice = seller.product(stock=9), seller.product(stock=3)
    seller.take(buy(buyer, tea, 2), *ALL_THE_WAY)
    buy(buyer, rice, 1, "card", card=mine)
    best, low = get_shelf(seller.workspace_id, 2)
    assert [(one.id, one.sold) for one in best] == [(tea.id, 2)]
    assert [(one.id, one.left) for one in low] == [(rice.id, 2)]
    assert count_open(seller.workspace_id).on_its_way == 12000
    assert get_sales(seller.workspace_id, today()).this_month == 24000
    with unit_of_work():
        review = operations.review_product(actor_id=buyer.id, product_id=tea.id, rating=4, text="")
    stars = get_stars(seller.workspace_id)
    assert (stars.average, stars.count) == (Decimal(4), 1) if stars else False
    with unit_of_work():
        operations.hide_review(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, review_id=review.id,
            reason="Bosqa do'kon",
        )  # fmt: skip
    assert get_stars(seller.workspace_id) is None


@pytest.mark.usefixtures("context")
def test_settings_are_a_shops_and_its_owners(
    seller: Seller, buyer: Person, make_person: MakePerson
) -> None:
    with pytest.raises(NotAShop):
        edit(Seller(buyer, buyer.workspace_id), about="x")
    theirs, _ = open_with(buyer, "1000")
    with pytest.raises(CardNotFound):
        edit(seller, payout_card=theirs)
    for few in (-1, 10**9):
        with pytest.raises(Invalid):
            edit(seller, low_stock=few)


def shop_of(app: Flask, seller: Seller) -> queries.ShopView:
    with app.app_context():
        return queries.get_shop(seller.workspace_id)


def test_settings_refuse_what_is_wrong(
    app: Flask, seller: Seller, buyer: Person, page: Page
) -> None:
    with app.app_context():
        theirs, _ = open_with(buyer, "1000")
    good = {"low_stock": "3", "payout_card": "oldest"}
    for wrong in (
        {"low_stock": "x"}, {"low_stock": ""}, {"low_stock": "-1"}, {"low_stock": "9" * 30},
        {"phone_number": "12"}, {"about": "x" * 1001}, {"payout_card": str(theirs)},
        {"payout_card": "zzz"},
    ):  # fmt: skip
        answer = page.post(SETTINGS, good | wrong)
        said = "field-error" in answer.get_data(as_text=True)
        assert (answer.status_code, said) == (422, True), wrong
    assert shop_of(app, seller).low_stock == 3


def test_settings_are_kept(app: Flask, seller: Seller, page: Page) -> None:
    assert "notice-line" in page.get(SETTINGS).get_data(as_text=True)
    with app.app_context():
        first, _ = open_with(seller.person, "1000")
        assert queries.find_payout_card_id(seller.workspace_id) == first
    assert "notice-line" not in page.get(SETTINGS).get_data(as_text=True)
    data = {
        "about": "Choy va qand", "address": "Chilonzor", "phone_number": "90 111 00 00",
        "low_stock": "5", "payout_card": str(first),
    }  # fmt: skip
    assert page.post(SETTINGS, data).location == SETTINGS
    shop = shop_of(app, seller)
    assert (shop.about, shop.phone_number) == ("Choy va qand", "+998901110000")
    assert (shop.accepts_cash, shop.low_stock, shop.payout_card_id) == (False, 5, first)
    page.post(SETTINGS, data | {"payout_card": "oldest", "accepts_cash": "y"})
    shop = shop_of(app, seller)
    assert (shop.payout_card_id, shop.accepts_cash) == (None, True)
