"""Carts and holds: what is refused, whom a hold protects, what comes along at sign-in."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, tasks
from koshelok.shop.errors import OutOfStock
from koshelok.shop.operations import carts
from koshelok.shop.queries import CartView, count_pieces, find_cart_id, get_cart, get_product
from tests.conftest import Person
from tests.ledger.support import code_of, do
from tests.shop.shelf import Seller, fill, is_sound, open_shop, order

MakePerson = Callable[..., Person]


@pytest.fixture
def seller(context: Flask, make_person: MakePerson) -> Seller:
    return open_shop(make_person())


@pytest.fixture
def buyer(make_person: MakePerson) -> Person:
    return make_person()


@pytest.fixture
def other(make_person: MakePerson) -> Person:
    return make_person()


def see(person: Person) -> CartView:
    """Somebody's cart."""
    session.rollback()
    return get_cart(find_cart_id(user_id=person.id, cart_id=None))


def in_it(cart: CartView) -> dict[int, int]:
    """How many pieces of each product."""
    return {item.product.id: item.quantity for item in cart.items}


def later(minutes: float) -> None:
    """Let so much time pass for the holds."""
    with unit_of_work():
        session.execute(
            text("UPDATE stock_holds SET expires_at = expires_at - :by"),
            {"by": timedelta(minutes=minutes)},
        )


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**12])
def test_from_1_to_999_pieces(seller: Seller, buyer: Person, quantity: int) -> None:
    product = seller.product(stock=10_000)
    cart = fill(buyer, (product, 998))
    item = see(buyer).items[0].id
    put = {"cart_id": cart, "product_id": product.id}
    assert code_of(operations.add_item, quantity=quantity, **put) == "bad_quantity"
    assert code_of(operations.add_item, quantity=2, **put) == "bad_quantity"
    change = {"cart_id": cart, "item_id": item}
    assert code_of(operations.change_item, quantity=quantity, **change) == "bad_quantity"
    assert in_it(see(buyer)) == {product.id: 998}


def test_a_line_is_its_carts_only(seller: Seller, buyer: Person, other: Person) -> None:
    fill(buyer, (seller.product(), 1))
    strange = {"cart_id": fill(other, (seller.product(), 1)), "item_id": see(buyer).items[0].id}
    assert code_of(operations.change_item, quantity=2, **strange) == "cart_item_not_found"
    assert code_of(operations.remove_item, **strange) == "cart_item_not_found"
    assert see(buyer).pieces == 1


def test_what_is_not_on_the_shelf_does_not_come_into_a_cart(seller: Seller, buyer: Person) -> None:
    product = seller.product()
    cart = fill(buyer, (product, 1))
    do(operations.archive_product, actor_id=seller.person.id, workspace_id=seller.workspace_id,
       product_id=product.id)  # fmt: skip
    put = {"cart_id": cart, "quantity": 1}
    for id_ in (product.id, 0, 10**15):
        assert code_of(operations.add_item, product_id=id_, **put) == "product_not_found"
    item = see(buyer).items[0]
    assert item.short
    assert code_of(operations.change_item, cart_id=cart, item_id=item.id, quantity=1) == (
        "product_not_found"
    )
    assert code_of(operations.hold_cart, cart_id=cart) == "product_not_found"
    do(operations.remove_item, cart_id=cart, item_id=item.id)
    assert code_of(operations.hold_cart, cart_id=cart) == "cart_empty"


def test_a_visitors_cart_is_known_by_its_id_and_a_persons_is_not(
    seller: Seller, buyer: Person
) -> None:
    own = fill(buyer, (seller.product(), 1))
    with unit_of_work():
        left = operations.open_cart(user_id=None, cart_id=own)
    assert left != own
    assert find_cart_id(user_id=None, cart_id=own) is None
    assert find_cart_id(user_id=None, cart_id=left) == left
    with unit_of_work():
        assert operations.open_cart(user_id=None, cart_id=left) == left
        assert operations.open_cart(user_id=None, cart_id=uuid4()) != left


def test_a_visitors_cart_comes_along_once(seller: Seller, buyer: Person, other: Person) -> None:
    """Of each product the larger number; a person's cart is nobody else's to take."""
    one, two, three = (seller.product(stock=50) for _ in range(3))
    own = fill(buyer, (one, 5), (two, 1))
    with unit_of_work():
        left = operations.open_cart(user_id=None)
        for product, quantity in ((one, 2), (two, 4), (three, 1)):
            operations.add_item(cart_id=left, product_id=product.id, quantity=quantity)
    do(operations.hold_cart, cart_id=left)
    do(operations.merge_cart, user_id=buyer.id, cart_id=left)
    assert in_it(see(buyer)) == {one.id: 5, two.id: 4, three.id: 1}
    for gone in (left, own, uuid4()):
        do(operations.merge_cart, user_id=other.id, cart_id=gone)
    do(operations.merge_cart, user_id=buyer.id, cart_id=own)
    assert in_it(see(buyer)) == {one.id: 5, two.id: 4, three.id: 1}
    assert see(other).items == ()
    assert get_product(one.id).available == 50  # the visitor's hold went with their cart


def test_what_comes_along_is_no_more_than_a_cart_holds(
    seller: Seller, buyer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carts, "ITEMS_LIMIT", 3)
    products = [seller.product() for _ in range(5)]
    fill(buyer, *((product, 1) for product in products[:2]))
    with unit_of_work():
        left = operations.open_cart(user_id=None)
        for product in products[2:]:
            operations.add_item(cart_id=left, product_id=product.id)
    do(operations.merge_cart, user_id=buyer.id, cart_id=left)
    assert in_it(see(buyer)) == {product.id: 1 for product in products[:3]}


# Holds.


def test_a_hold_keeps_for_its_owner_and_from_others(
    seller: Seller, buyer: Person, other: Person
) -> None:
    product = seller.product(stock=5)
    cart, theirs = fill(buyer, (product, 3)), fill(other, (product, 5))
    do(operations.hold_cart, cart_id=cart)
    assert get_product(product.id).available == 2
    assert get_product(product.id, cart_id=cart).available == 5
    with pytest.raises(OutOfStock) as caught:
        order(other)
    assert caught.value.extensions["lines"] == [{"product": product.id, "available": 2}]
    assert code_of(operations.hold_cart, cart_id=theirs) == "out_of_stock"
    item = see(other).items[0].id
    do(operations.change_item, cart_id=theirs, item_id=item, quantity=2)
    order(other)
    assert get_product(product.id).available == 0
    order(buyer)
    assert (seller.see(product).reserved, seller.see(product).available) == (5, 0)
    is_sound()


def test_holding_again_holds_from_now_and_what_is_in_it_now(seller: Seller, buyer: Person) -> None:
    one, two = seller.product(stock=5), seller.product(stock=5)
    cart = fill(buyer, (one, 5), (two, 1))
    do(operations.hold_cart, cart_id=cart)
    later(9)
    item = next(item.id for item in see(buyer).items if item.product.id == one.id)
    do(operations.change_item, cart_id=cart, item_id=item, quantity=1)
    do(operations.hold_cart, cart_id=cart)  # its own hold is not in its way
    later(9)
    assert (get_product(one.id).available, get_product(two.id).available) == (4, 4)
    do(operations.remove_item, cart_id=cart, item_id=item)
    assert get_product(one.id).available == 5


def test_what_is_over_is_over_though_nobody_swept(
    seller: Seller, buyer: Person, other: Person
) -> None:
    product = seller.product(stock=1)
    do(operations.hold_cart, cart_id=fill(buyer, (product, 1)))
    assert see(buyer).held_until is not None
    later(10)
    assert see(buyer).held_until is None
    fill(other, (product, 1))
    order(other)
    with pytest.raises(OutOfStock):
        order(buyer)
    assert session.execute(text("SELECT count(*) FROM stock_holds")).scalar_one() == 1
    tasks.forget_old()
    assert session.execute(text("SELECT count(*) FROM stock_holds")).scalar_one() == 0
    is_sound()


def test_a_hold_that_is_over_stops_its_owner_from_nothing(seller: Seller, buyer: Person) -> None:
    product = seller.product(stock=1)
    cart = fill(buyer, (product, 1))
    do(operations.hold_cart, cart_id=cart)
    later(11)
    do(operations.hold_cart, cart_id=cart)
    later(11)
    order(buyer)
    assert count_pieces(cart) == 0
    is_sound()


def test_one_of_a_cart_that_is_short_holds_nothing(
    seller: Seller, buyer: Person, other: Person
) -> None:
    plenty, last = seller.product(), seller.product(stock=1)
    cart = fill(buyer, (plenty, 1), (last, 1))
    fill(other, (last, 1))
    order(other)
    assert code_of(operations.hold_cart, cart_id=cart) == "out_of_stock"
    assert get_product(plenty.id).available == 10
