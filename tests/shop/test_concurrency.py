"""Real threads at one shelf: nothing is sold twice, nothing is paid twice, nobody deadlocks."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Select, text

from koshelok.core.errors import DomainError
from koshelok.debtors import operations as book
from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries, tasks
from koshelok.shop.models import Cart
from koshelok.shop.operations import holds
from koshelok.shop.queries import OrderView, ProductView
from tests.conftest import Person
from tests.ledger.support import do, queued, together
from tests.shop.shelf import (
    Seller,
    buy,
    fill,
    is_sound,
    let_take_on_credit,
    on_card,
    open_shop,
    order,
)
from tests.wallet.support import open_with

MakePerson = Callable[..., Person]
ALL_THE_WAY = ("confirmed", "packed", "shipped", "delivered")
PHONE = "+998901112233"
BUYERS, PIECES, TIMES = 32, 5, 3


@pytest.fixture
def seller(context: Flask, make_person: MakePerson) -> Iterator[Seller]:
    yield open_shop(make_person(contact="+998901110000"))
    is_sound()


def codes(results: Sequence[Any]) -> Counter[str]:
    """How each was refused (or "done"); what is no refusal is a mistake."""
    for one in results:
        if isinstance(one, Exception) and not isinstance(one, DomainError):
            raise one
    return Counter(one.code if isinstance(one, DomainError) else "done" for one in results)


def ordered(product: ProductView) -> int:
    """How many pieces stand in orders, by their lines."""
    session.rollback()
    query = "SELECT coalesce(sum(quantity), 0) FROM order_lines WHERE product_id = :id"
    return int(session.execute(text(query), {"id": product.id}).scalar_one())


@pytest.fixture
def crowd(make_person: MakePerson) -> list[Person]:
    return [make_person() for _ in range(BUYERS)]


# Stock.


def test_32_buyers_race_for_5_pieces(context: Flask, seller: Seller, crowd: list[Person]) -> None:
    for _ in range(TIMES):
        product = seller.product(stock=PIECES)
        for who in crowd:
            fill(who, (product, 1))
        said = codes(together(context, *[lambda who=who: order(who) for who in crowd]))
        assert said == {"done": PIECES, "out_of_stock": BUYERS - PIECES}
        assert (ordered(product), seller.see(product).available) == (PIECES, 0)
        for who in crowd:
            _empty(who)


def test_in_twos_one_piece_is_left(context: Flask, seller: Seller, crowd: list[Person]) -> None:
    product = seller.product(stock=PIECES)
    for who in crowd:
        fill(who, (product, 2))
    said = codes(together(context, *[lambda who=who: order(who) for who in crowd]))
    assert said == {"done": 2, "out_of_stock": BUYERS - 2}
    assert seller.see(product).available == 1


def test_carts_filled_in_different_orders_do_not_deadlock(
    context: Flask, seller: Seller, crowd: list[Person]
) -> None:
    """Everybody wants of the same four, each put in another order; ten of each are there."""
    chance, products = random.Random(5), [seller.product(stock=10) for _ in range(4)]
    for who in crowd:
        fill(who, *[(one, 1) for one in chance.sample(products, 4)])
    said = codes(together(context, *[lambda who=who: order(who) for who in crowd]))
    assert said == {"done": 10, "out_of_stock": BUYERS - 10}
    assert [ordered(one) for one in products] == [10] * 4


def test_by_card_from_two_shops_every_so_m_goes_once(
    context: Flask, seller: Seller, make_person: MakePerson
) -> None:
    """Half of the buyers filled their carts the other way round."""
    other = open_shop(make_person())
    for one in (seller, other):
        open_with(one.person, "1000")
    goods = [(seller.product(stock=PIECES), 1), (other.product(stock=PIECES), 1)]
    crowd = [make_person() for _ in range(12)]
    cards = {}
    for place, who in enumerate(crowd):
        cards[who.id], _ = open_with(who, "30000")
        fill(who, *(goods if place % 2 else reversed(goods)))
    pay = [lambda who=who: order(who, "card", card=cards[who.id]) for who in crowd]
    assert codes(together(context, *pay)) == {"done": PIECES, "out_of_stock": 12 - PIECES}
    left = Counter(on_card(card) for card in cards.values())
    assert left == {Decimal(6000): PIECES, Decimal(30000): 12 - PIECES}


def test_the_held_are_neither_sold_twice_nor_lost(
    context: Flask, seller: Seller, crowd: list[Person]
) -> None:
    """All hold and order as fast as they can: who holds is served, five in all."""
    product = seller.product(stock=PIECES)

    def checkout(who: Person, cart_id: UUID) -> Callable[[], bool]:
        def work() -> bool:
            with unit_of_work():
                operations.hold_cart(cart_id=cart_id)
            order(who)  # is not refused: it is kept for them
            return True

        return work

    carts = {who.id: fill(who, (product, 1)) for who in crowd}
    said = together(context, *[checkout(who, carts[who.id]) for who in crowd])
    assert codes(said) == {"done": PIECES, "out_of_stock": BUYERS - PIECES}
    assert ordered(product) == PIECES


def test_holds_and_orders_together_are_never_more_than_there_is(
    context: Flask, seller: Seller, crowd: list[Person]
) -> None:
    product = seller.product(stock=PIECES)
    works: list[Callable[[], Any]] = []
    for place, who in enumerate(crowd):
        cart_id = fill(who, (product, 1 + place % 2))
        hold = lambda cart_id=cart_id: do(operations.hold_cart, cart_id=cart_id)  # noqa: E731
        works.append(hold if place % 3 else lambda who=who: order(who))
    codes(together(context, *works))
    held = session.execute(text("SELECT coalesce(sum(quantity), 0) FROM stock_holds")).scalar_one()
    assert held + ordered(product) <= PIECES
    assert held + ordered(product) >= PIECES - 1  # what is left was too few for who wanted two


def test_counting_and_buying_at_once_promises_nothing_that_is_not_there(
    context: Flask, seller: Seller, crowd: list[Person]
) -> None:
    product = seller.product(stock=10)
    for who in crowd[:12]:
        fill(who, (product, 1))
    counting = {"actor_id": seller.person.id, "workspace_id": seller.workspace_id,
                "product_id": product.id}  # fmt: skip
    works: list[Callable[[], Any]] = [lambda who=who: order(who) for who in crowd[:12]]
    works += [lambda n=n: do(operations.count_stock, counted=n, **counting) for n in (4, 6, 8)]
    works += [lambda: do(operations.edit_product, price=Decimal(12000), **counting)] * 2
    codes(together(context, *works))
    now = seller.see(product)
    assert now.reserved == ordered(product) <= now.on_hand


# Keys.


def test_one_key_from_20_threads_is_one_set_of_orders(
    context: Flask, seller: Seller, make_person: MakePerson
) -> None:
    other, buyer = open_shop(make_person()), make_person()
    for one in (seller, other):
        open_with(one.person, "1000")
    card, _ = open_with(buyer, "1000000")
    for _ in range(TIMES):
        product = seller.product(stock=100)
        fill(buyer, (product, 3), (other.product(), 1))
        key, before = str(uuid4()), on_card(card)
        made = together(context, *[lambda k=key: order(buyer, "card", key=k, card=card)] * 20)
        assert codes(made) == {"done": 20}
        assert Counter(one.replayed for one in made) == {True: 19, False: 1}
        assert len({tuple(map(_told, one.orders)) for one in made}) == 1
        assert len(made[0].orders) == 2
        assert before - on_card(card) == 4 * 12000
        assert seller.see(product).reserved == 3


def test_of_two_different_wishes_under_one_key_one_is_refused(
    context: Flask, seller: Seller, make_person: MakePerson
) -> None:
    buyer = make_person()
    fill(buyer, (seller.product(), 1))
    works = [lambda c=c: order(buyer, key="one", comment=c) for c in ("a", "b")] * 4
    assert codes(together(context, *works)) == {"done": 4, "idempotency_key_reused": 4}


def test_two_keys_at_once_order_one_cart_once(
    context: Flask, seller: Seller, make_person: MakePerson
) -> None:
    buyer = make_person()
    fill(buyer, (seller.product(), 1))
    assert codes(together(context, *[lambda: order(buyer)] * 6)) == {"done": 1, "cart_empty": 5}


# Carts.


def test_pieces_put_in_at_once_are_all_there(
    context: Flask, seller: Seller, make_person: MakePerson
) -> None:
    buyer, product = make_person(), seller.product(stock=100)
    together(context, *[lambda: fill(buyer, (product, 1))] * 12)
    cart_id = queries.find_cart_id(user_id=buyer.id, cart_id=None)
    assert queries.count_pieces(cart_id) == 12
    assert session.query(Cart).count() == 1


def test_two_tabs_on_one_line(context: Flask, seller: Seller, make_person: MakePerson) -> None:
    """One takes it out, the other changes it or orders it: each is told, nobody breaks."""
    buyer = make_person()
    for _ in range(6):
        cart_id = fill(buyer, (seller.product(), 1))
        line = {"cart_id": cart_id, "item_id": queries.get_cart(cart_id).items[0].id}
        session.rollback()
        said = codes(together(
            context,
            lambda k=line: do(operations.remove_item, **k),
            lambda k=line: do(operations.remove_item, **k),
            lambda k=line: do(operations.change_item, quantity=3, **k),
            lambda c=cart_id: do(operations.hold_cart, cart_id=c),
            lambda: order(buyer),
        ))  # fmt: skip
        assert set(said) <= {"done", "cart_item_not_found", "cart_empty"}
        assert queries.get_cart(cart_id).items == []


def test_a_hold_and_an_order_of_one_cart_wait_for_each_other(
    context: Flask, seller: Seller, make_person: MakePerson
) -> None:
    """Both are on their way while the product is kept by somebody: no deadlock, no hold that
    outlives the order."""
    buyer, product = make_person(), seller.product()
    cart_id = fill(buyer, (product, 1))
    said = queued(
        context,
        f"SELECT FROM products WHERE id = {product.id} FOR NO KEY UPDATE",
        lambda: do(operations.hold_cart, cart_id=cart_id),
        lambda: order(buyer),
        lambda: do(operations.hold_cart, cart_id=cart_id),
    )
    assert codes(said) == {"done": 2, "cart_empty": 1}
    assert session.execute(text("SELECT count(*) FROM stock_holds")).scalar_one() == 0


def test_a_cart_merged_in_two_tabs_is_merged_once(
    context: Flask, seller: Seller, make_person: MakePerson
) -> None:
    """A third still puts something into what was the visitor's."""
    buyer, products = make_person(), [seller.product() for _ in range(3)]
    for _ in range(4):
        with unit_of_work():
            left = operations.open_cart(user_id=None)
            for one in products[:2]:
                operations.add_item(cart_id=left, product_id=one.id, quantity=2)

        def late(left: UUID = left) -> None:
            with unit_of_work():
                cart_id = operations.open_cart(user_id=None, cart_id=left)
                operations.add_item(cart_id=cart_id, product_id=products[2].id)

        merge = lambda left=left: do(operations.merge_cart, user_id=buyer.id, cart_id=left)  # noqa: E731
        said = together(context, merge, late, merge, lambda: fill(buyer, (products[0], 1)), merge)
        assert codes(said) == {"done": 5}
        cart = queries.get_cart(queries.find_cart_id(user_id=buyer.id, cart_id=None))
        assert {item.product.id: item.quantity for item in cart.items}[products[1].id] == 2
        _empty(buyer)


# The life of an order.


@pytest.mark.parametrize("payment", ["card", "credit", "cash"])
def test_whoever_steps_first_an_order_goes_one_way_and_its_money_once(
    context: Flask, seller: Seller, make_person: MakePerson, payment: str
) -> None:
    """Buyer, two sellers and the clock pull at one order from each place on its way."""
    theirs, _ = open_with(seller.person, "1000000")
    buyer = make_person(contact=PHONE)
    mine, _ = open_with(buyer, "1000000")
    let_take_on_credit(seller, buyer, PHONE)
    product = seller.product(stock=1000)
    for steps in range(5):
        before = on_card(mine), on_card(theirs), seller.see(product).on_hand
        more = {"card": mine} if payment == "card" else {}
        made = seller.take(buy(buyer, product, 2, payment, **more), *ALL_THE_WAY[:steps])
        if steps == 0:
            _make_due(made)
        step = lambda s, o=made: lambda: seller.take(o, s)  # noqa: E731
        pull = [step(status) for status in (*ALL_THE_WAY, "cancelled", "returned")]
        pull += [lambda o=made: do(operations.cancel_order, actor_id=buyer.id, order_id=o.id)]
        pull += [tasks.expire]
        assert set(codes(together(context, *pull * 2))) <= {"done", "illegal_transition"}
        _is_settled(made, before, (on_card(mine), on_card(theirs), seller.see(product).on_hand))
        is_sound()


def test_orders_of_two_shops_go_all_ways_at_once(
    context: Flask, seller: Seller, make_person: MakePerson
) -> None:
    """Deliveries, returns, cancellations, new checkouts, counts: accounts and products are met
    from every side. Afterwards the money is where the orders say."""
    other = open_shop(make_person())
    shops = [seller, other]
    for one in shops:
        open_with(one.person, "1000000")
    buyers = [make_person(contact=f"+9989022200{n:02}") for n in range(4)]
    cards = {who.id: open_with(who, "10000000")[0] for who in buyers}
    shelf = [shops[n % 2].product(stock=1000, price="2500") for n in range(4)]

    def life(seed: int) -> Callable[[], None]:
        chance, who = random.Random(seed), buyers[seed % 4]

        def one() -> None:
            fill(who, *[(one, 1) for one in chance.sample(shelf, 3)])
            made = order(who, "card", card=cards[who.id]).orders
            for each in chance.sample(list(made), len(made)):
                of = next(shop for shop in shops if shop.workspace_id == each.shop)
                far = chance.randint(0, 4)
                of.take(each, *ALL_THE_WAY[:far], *(["returned"] if far == 4 else []))
                if far < 3 and chance.random() < 0.5:
                    do(operations.cancel_order, actor_id=who.id, order_id=each.id)
            do(operations.move_stock, actor_id=seller.person.id, workspace_id=seller.workspace_id,
               product_id=shelf[0].id, kind="received", quantity=1)  # fmt: skip

        def many() -> None:
            for _ in range(4):
                try:
                    one()
                except DomainError as error:
                    assert error.code == "cart_empty"  # noqa: PT017  # the other tab ordered it all

        return many

    assert codes(together(context, *map(life, range(6)))) == {"done": 6}


def test_the_limit_holds_for_all_orders_at_once(
    context: Flask, seller: Seller, make_person: MakePerson
) -> None:
    """One buyer with two tabs, and the counter where they take something too."""
    buyer = make_person(contact=PHONE)
    customer = let_take_on_credit(seller, buyer, PHONE, Decimal(30000))
    fill(buyer, (seller.product(), 1))
    take = lambda: do(book.record_debt, actor_id=seller.person.id, amount=Decimal(12000),  # noqa: E731
                      workspace_id=seller.workspace_id, debtor_id=customer)  # fmt: skip
    said = codes(together(context, take, take, take, lambda: order(buyer, "credit")))
    assert said["done"] == 2
    assert sum(said.values()) - said["credit_limit_exceeded"] == 2


def test_a_buyer_reviews_once_however_often_they_click(
    context: Flask, seller: Seller, make_person: MakePerson
) -> None:
    product, buyers = seller.product(), [make_person() for _ in range(4)]
    for who in buyers:
        seller.take(buy(who, product), *ALL_THE_WAY)
    works = [lambda who=who: do(operations.review_product, actor_id=who.id, product_id=product.id,
                                rating=4) for who in buyers] * 2  # fmt: skip
    assert codes(together(context, *works)) == {"done": 4, "reviewed_already": 4}
    assert (seller.see(product).reviews_count, seller.see(product).rating) == (4, 4)


# Mutants: with a guard taken out the race must show it.


def _race(context: Flask, seller: Seller, crowd: list[Person]) -> tuple[Counter[str], int, str]:
    product = seller.product(stock=PIECES)
    for who in crowd:
        fill(who, (product, 1))
    results = together(context, *[lambda who=who: order(who) for who in crowd])
    strange = " ".join(str(one) for one in results if not isinstance(one, DomainError))
    done = Counter("done" if hasattr(one, "orders") else "refused" for one in results)
    return done, ordered(product), strange


def test_without_the_lock_the_check_stands_in(
    context: Flask, seller: Seller, crowd: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then a buyer meets an error instead of a refusal; still nothing is sold twice."""
    _without_lock(monkeypatch)
    for _ in range(10):
        done, sold, strange = _race(context, seller, crowd)
        assert (done["done"], sold) == (PIECES, PIECES)
        if "ck_products_reserved" in strange:
            return
    raise AssertionError("the race does not notice that the lock is gone")


def test_without_the_lock_and_the_check_it_is_oversold(
    context: Flask, seller: Seller, crowd: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_lock(monkeypatch)
    _change_check("DROP CONSTRAINT ck_products_reserved")
    try:
        assert any(_race(context, seller, crowd)[1] > PIECES for _ in range(10))
    finally:
        session.rollback()
        with db.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("UPDATE order_lines SET reserved = 0"))
            connection.execute(text("UPDATE products SET reserved = 0"))
            for table in ("order_lines", "order_events", "orders"):
                connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  # our own names
        rule = "CHECK (reserved >= 0 AND reserved <= on_hand)"
        _change_check(f"ADD CONSTRAINT ck_products_reserved {rule}")


def _change_check(what: str) -> None:
    session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE products {what}"))


def _without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """`read_lines` looks without locking, as it would were FOR UPDATE forgotten."""

    class Unlocked(Select[Any]):
        inherit_cache = True

        def with_for_update(self, **_: Any) -> Any:
            return self

    monkeypatch.setattr(holds, "select", Unlocked)


# Helpers.


def _told(one: OrderView) -> tuple[Any, ...]:
    lines = tuple((line.product, line.quantity, line.price) for line in one.lines)
    return one.id, one.number, one.status, one.total, one.purchase, lines


def _empty(who: Person) -> None:
    with unit_of_work():
        cart_id = operations.open_cart(user_id=who.id)
        for item in queries.get_cart(cart_id).items:
            operations.remove_item(cart_id=cart_id, item_id=item.id)


def _make_due(made: OrderView) -> None:
    with unit_of_work():
        session.execute(
            text("UPDATE orders SET expires_at = now() - interval '1 s' WHERE id = :id"),
            {"id": made.id},
        )


def _is_settled(made: OrderView, before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
    """What a single order moved, by where it ended."""
    session.rollback()
    ended = queries.get_order(made.id)
    paid = made.total if made.payment == "card" else Decimal(0)
    mine, theirs, pieces = (new - old for new, old in zip(after, before, strict=True))
    if ended.status in {"cancelled", "returned"}:
        assert (mine, theirs, pieces) == (0, 0, 0)
    else:
        delivered = ended.status == "delivered"
        gone = ended.status in {"shipped", "delivered"}
        assert (mine, theirs, pieces) == (-paid, paid if delivered else 0, -2 if gone else 0)
    statuses = [event.status for event in ended.events]
    assert len(statuses) == len(set(statuses))
