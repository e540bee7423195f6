"""Orders that their shop leaves unanswered: the clock cancels them, once, and frees everything."""

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.core.clock import now
from koshelok.infra.db import session
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, tasks
from koshelok.shop.queries import OrderView, get_order
from koshelok.wallet import operations as wallet
from tests.conftest import Person
from tests.ledger.support import do
from tests.shop.shelf import Seller, buy, fill, is_sound, on_card, open_shop
from tests.wallet.support import open_with

MakePerson = Callable[..., Person]


@pytest.fixture
def seller(context: Flask, make_person: MakePerson) -> Seller:
    return open_shop(make_person(contact="+998901110000"))


@pytest.fixture
def buyer(make_person: MakePerson) -> Person:
    return make_person(contact="+998901112233")


def make_due(*orders: OrderView) -> None:
    """Let the time of these be over."""
    with unit_of_work():
        session.execute(
            text("UPDATE orders SET expires_at = now() - interval '1 s' WHERE id = ANY(:ids)"),
            {"ids": [order.id for order in orders]},
        )


def status(order: OrderView) -> str:
    """As it is now."""
    session.rollback()
    return get_order(order.id).status


def test_each_way_to_pay_has_its_patience(seller: Seller, buyer: Person) -> None:
    mine, _ = open_with(buyer, "100000")
    open_with(seller.person, "1000")
    hours = {"cash": current().order_hours_unpaid, "card": current().order_hours_paid}
    for payment, more in (("cash", {}), ("card", {"card": mine})):
        made = buy(buyer, seller.product(), 1, payment, **more)
        assert abs(made.expires_at - now() - timedelta(hours=hours[payment])) < timedelta(minutes=1)


def test_nothing_expires_before_its_time_or_once_it_is_answered(
    seller: Seller, buyer: Person
) -> None:
    waiting = buy(buyer, seller.product())
    answered = seller.take(buy(buyer, seller.product()), "confirmed")
    assert answered.expires_at is None
    assert tasks.expire() == 0
    with unit_of_work():
        assert not operations.expire_order(order_id=answered.id)
        assert not operations.expire_order(order_id=UUID(int=0))
    assert (status(waiting), status(answered)) == ("pending", "confirmed")


def test_what_expires_frees_its_pieces_and_its_money_once(seller: Seller, buyer: Person) -> None:
    mine, _ = open_with(buyer, "100000")
    open_with(seller.person, "1000")
    product = seller.product(stock=2)
    paid = buy(buyer, product, 1, "card", card=mine)
    cash = buy(buyer, product)
    make_due(paid, cash)
    assert (tasks.expire(), tasks.expire()) == (2, 0)
    assert (status(paid), status(cash)) == ("cancelled", "cancelled")
    assert (on_card(mine), seller.see(product).available) == (100000, 2)
    last = get_order(paid.id).events[-1]
    assert (last.status, last.actor_id, last.actor) == ("cancelled", None, "")
    is_sound()


def test_nobody_waits_for_the_sweep_to_buy_what_is_not_promised(
    seller: Seller, buyer: Person
) -> None:
    """What is overdue is still promised until the clock or the shop says otherwise."""
    product = seller.product(stock=1)
    made = buy(buyer, product)
    make_due(made)
    assert seller.see(product).available == 0
    seller.take(made, "confirmed")  # late, but before the clock
    assert tasks.expire() == 0
    assert status(made) == "confirmed"


def test_one_whose_money_has_nowhere_to_go_stops_no_other(
    seller: Seller,
    buyer: Person,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed, _ = open_with(buyer, "12000")
    open_with(seller.person, "1000")
    stuck = buy(buyer, seller.product(), 1, "card", card=closed)
    other = buy(buyer, seller.product())
    monkeypatch.setattr(tasks, "BATCH", 1)
    make_due(stuck)
    make_due(other)
    do(wallet.change_status, actor_id=buyer.id, card_id=closed, status="CLOSED")
    with caplog.at_level(logging.WARNING):
        assert [tasks.expire(), tasks.expire(), tasks.expire()] == [0, 1, 0]
    assert caplog.text.count("no_card_to_pay") == 1
    assert (status(stuck), status(other)) == ("pending", "cancelled")
    open_with(buyer, "1")
    make_due(stuck)
    assert tasks.expire() == 1
    is_sound()


def test_a_visitors_cart_is_forgotten_after_a_month_a_persons_is_not(
    seller: Seller, buyer: Person
) -> None:
    own = fill(buyer, (seller.product(), 1))
    with unit_of_work():
        left, fresh = (operations.open_cart(user_id=None) for _ in range(2))
        for cart in (left, fresh):
            operations.add_item(cart_id=cart, product_id=seller.product().id)
    with unit_of_work():
        session.execute(
            text("UPDATE carts SET updated_at = now() - interval '31 days' WHERE id <> :fresh"),
            {"fresh": fresh},
        )
    tasks.forget_old()
    kept = session.scalars(text("SELECT id FROM carts")).all()
    assert set(kept) == {own, fresh}
