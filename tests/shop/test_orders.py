"""The life of an order: each payment cancelled and returned, money and stock exact."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask

from koshelok.debtors.queries import get_person
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.errors import (
    CartEmpty,
    CreditNotAllowed,
    IllegalTransition,
    OutOfStock,
    SellerShortOfFunds,
)
from koshelok.wallet import operations as wallet
from koshelok.wallet.operations import Order as TransferOrder
from koshelok.wallet.queries import get_card
from tests.conftest import Person
from tests.shop.shelf import Seller, buy, fill, is_sound, on_card, open_shop, order
from tests.wallet.support import open_with

MakePerson = Callable[..., Person]
ALL_THE_WAY = ("confirmed", "packed", "shipped", "delivered")


@pytest.fixture
def seller(context: Flask, make_person: MakePerson) -> Seller:
    return open_shop(make_person(contact="+998901110000"))


@pytest.fixture
def buyer(make_person: MakePerson) -> Person:
    return make_person(contact="+998901112233", full_name="Aziz Karimov")


def test_more_than_there_is_is_refused(seller: Seller, buyer: Person) -> None:
    product = seller.product(stock=2)
    with pytest.raises(OutOfStock):
        fill(buyer, (product, 3))
    with pytest.raises(CartEmpty):
        order(buyer)
    is_sound()


def test_on_credit_only_with_leave(seller: Seller, buyer: Person) -> None:
    with pytest.raises(CreditNotAllowed):
        buy(buyer, seller.product(), payment="credit")
    is_sound()


def test_by_card_all_the_way_and_back(seller: Seller, buyer: Person) -> None:
    mine, _ = open_with(buyer, "100000")
    theirs, _ = open_with(seller.person, "1000")
    product = seller.product(stock=2)
    made = buy(buyer, product, 2, "card", card=mine)
    assert (made.status, made.total, on_card(mine)) == ("pending", 24000, 76000)
    assert seller.see(product).available == 0
    is_sound()
    seller.take(made, *ALL_THE_WAY)
    assert on_card(theirs) == 25000
    assert (seller.see(product).on_hand, seller.see(product).sold) == (0, 2)
    is_sound()
    with pytest.raises(IllegalTransition):
        seller.take(made, "cancelled")
    seller.take(made, "returned")
    assert (on_card(mine), on_card(theirs)) == (100000, 1000)
    assert (seller.see(product).on_hand, seller.see(product).sold) == (2, 0)
    is_sound()


def test_a_return_waits_for_the_money(seller: Seller, buyer: Person) -> None:
    mine, _ = open_with(buyer, "100000")
    theirs, _ = open_with(seller.person, "1000")
    made = seller.take(buy(buyer, seller.product(), 2, "card", card=mine), *ALL_THE_WAY)
    with unit_of_work():
        wallet.send(
            actor_id=seller.person.id,
            role="ADMIN",
            order=TransferOrder(theirs, get_card(buyer.id, mine).number, Decimal(20000), "", "k"),
        )
    with pytest.raises(SellerShortOfFunds):
        seller.take(made, "returned")
    is_sound()


@pytest.mark.parametrize("restock", [True, False])
def test_a_cancelled_one_gives_back_money_and_pieces(
    seller: Seller, buyer: Person, restock: bool
) -> None:
    mine, _ = open_with(buyer, "100000")
    open_with(seller.person, "1000")
    product = seller.product(stock=5)
    made = buy(buyer, product, 2, "card", card=mine)
    seller.take(made, "confirmed", "packed")
    seller.take(made, "cancelled", restock=restock)
    assert on_card(mine) == 100000
    assert seller.see(product).available == (5 if restock else 3)
    is_sound()


def test_a_credit_order_is_a_debt_and_its_cancelling_voids_it(
    seller: Seller, buyer: Person
) -> None:
    with unit_of_work():
        customer = operations.approve_customer(
            actor_id=seller.person.id, workspace_id=seller.workspace_id,
            phone_number="+998901112233", limit=Decimal(20000),
        )  # fmt: skip
    product = seller.product()
    made = buy(buyer, product, 1, "credit")
    assert get_person(seller.workspace_id, customer.debtor).debt_total == 12000
    with unit_of_work():
        operations.cancel_order(actor_id=buyer.id, order_id=made.id)
    assert get_person(seller.workspace_id, customer.debtor).debt_total == 0
    is_sound()
