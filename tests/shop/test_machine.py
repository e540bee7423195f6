"""Everything that can be done at a shop, in any order, against a model in plain Python.

After every step the database and the model say the same of pieces, money, debts and stars; a
refusal changes nothing. KOSHELOK_MACHINE_EXAMPLES asks for more than the suite has time for.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, tasks
from koshelok.shop.states import TRANSITIONS
from koshelok.verification import verify_all
from tests.conftest import Person
from tests.ledger.books import unguarded
from tests.ledger.support import clear, code_of
from tests.shop.shelf import Seller, let_take_on_credit, on_card, open_shop
from tests.wallet.support import open_with

EXAMPLES = int(os.environ.get("KOSHELOK_MACHINE_EXAMPLES", "6"))
STEPS = 30
LIMIT, MONEY, PRICE = 40_000, 150_000, 1000
PLACE = st.integers(0, 99)
WHO, WHAT, PIECES = st.integers(0, 2), st.integers(0, 2), st.integers(1, 4)
WAITING = {"pending", "confirmed", "packed"}
TABLES = (
    "stock_holds", "cart_items", "carts", "reviews", "stock_movements", "order_events",
    "order_lines", "orders", "checkouts", "products", "shop_days", "debt_allocations", "debts",
    "debt_dues",
)  # fmt: skip


@dataclass(eq=False)
class Product:
    """As the model knows it."""

    id: int
    shop: int
    price: int
    on_hand: int
    listed: bool = True
    stars: dict[int, int] = field(default_factory=dict)


@dataclass(eq=False)
class Order:
    """One shop's part of a checkout."""

    id: UUID
    buyer: int
    shop: int
    payment: str
    lines: dict[int, int]
    total: int
    status: str = "pending"

    @property
    def unpaid(self) -> bool:
        return self.status in {"cancelled", "returned"}


@dataclass(eq=False)
class Buyer:
    """A person with a card, approved for credit in the first shop."""

    id: int
    card: UUID
    debtor: int
    cart: dict[int, tuple[int, int]] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)


class Selling(RuleBasedStateMachine):
    """Two shops with three products and three buyers."""

    sellers: tuple[Seller, Seller]
    people: tuple[tuple[Person, int], ...]

    def __init__(self) -> None:
        super().__init__()
        _clear()
        self.buyers = [
            Buyer(who.id, open_with(who, str(MONEY))[0], debtor) for who, debtor in self.people
        ]
        self.payout = [open_with(seller.person, "5000")[0] for seller in self.sellers]
        self.before = {card: on_card(card) for card in self.cards}
        self.orders: list[Order] = []
        self.keys: list[tuple[Buyer, dict[str, Any], list[UUID]]] = []
        self.products = [
            Product(self.sellers[place].product(stock=6, price=str(PRICE * (place + 1))).id,
                    place, PRICE * (place + 1), 6)
            for place in (0, 0, 1)
        ]  # fmt: skip

    @property
    def cards(self) -> list[UUID]:
        return [buyer.card for buyer in self.buyers] + self.payout

    # What the model knows.

    def reserved(self, product: Product) -> int:
        return sum(o.lines.get(product.id, 0) for o in self.orders if o.status in WAITING)

    def available(self, product: Product, buyer: Buyer | None) -> int:
        held = sum(b.held.get(product.id, 0) for b in self.buyers if b is not buyer)
        return max(0, product.on_hand - self.reserved(product) - held)

    def owes(self, buyer: Buyer) -> int:
        return sum(
            o.total for o in self.orders
            if o.buyer == buyer.id and o.payment == "credit" and not o.unpaid
        )  # fmt: skip

    def money(self) -> dict[UUID, Decimal]:
        """What is on each card."""
        left = dict(self.before)
        for one in self.orders:
            if one.payment == "card" and not one.unpaid:
                left[next(b.card for b in self.buyers if b.id == one.buyer)] -= one.total
                if one.status == "delivered":
                    left[self.payout[one.shop]] += one.total
        return left

    def _product(self, id_: int) -> Product:
        return next(one for one in self.products if one.id == id_)

    # The shelf.

    @rule(what=WHAT, count=st.integers(0, 8))
    def count(self, what: int, count: int) -> None:
        """The shelf is counted; what is promised stays."""
        product = self.products[what]
        asked = {"product_id": product.id, "counted": count}
        if count < self.reserved(product):
            self._refused("stock_is_promised", operations.count_stock, product.shop, **asked)
        else:
            self._sell(operations.count_stock, product.shop, **asked)
            product.on_hand = count

    @rule(what=WHAT, price=st.integers(1, 3))
    def price(self, what: int, price: int) -> None:
        """Another price."""
        product = self.products[what]
        product.price = price * PRICE
        self._sell(operations.edit_product, product.shop, product_id=product.id,
                   price=Decimal(product.price))  # fmt: skip

    @rule(what=WHAT)
    def archive_or_restore(self, what: int) -> None:
        """Off the shelf, and back."""
        product = self.products[what]
        do = operations.archive_product if product.listed else operations.restore_product
        self._sell(do, product.shop, product_id=product.id)
        product.listed = not product.listed

    # Carts and holds.

    @rule(who=WHO, what=WHAT, pieces=PIECES)
    def add(self, who: int, what: int, pieces: int) -> None:
        """Into the cart, as far as there is."""
        buyer, product = self.buyers[who], self.products[what]
        there, seen = buyer.cart.get(product.id, (0, product.price))

        def put(product_id: int, quantity: int) -> None:
            cart_id = operations.open_cart(user_id=buyer.id)
            operations.add_item(cart_id=cart_id, product_id=product_id, quantity=quantity)

        asked = {"product_id": product.id, "quantity": pieces}
        if not product.listed:
            self._refused("product_not_found", put, None, **asked)
        elif there + pieces > self.available(product, buyer):
            self._refused("out_of_stock", put, None, **asked)
        else:
            self._do(put, **asked)
            buyer.cart[product.id] = (there + pieces, seen)

    @rule(who=WHO)
    def hold(self, who: int) -> None:
        """Checkout starts: everything is kept, or nothing."""
        buyer = self.buyers[who]
        cart_id = self._do(operations.open_cart, user_id=buyer.id)
        code = self._short(buyer)
        if code:
            self._refused(code, operations.hold_cart, None, cart_id=cart_id)
        else:
            self._do(operations.hold_cart, cart_id=cart_id)
            buyer.held = {id_: quantity for id_, (quantity, _) in buyer.cart.items()}

    @rule(who=WHO)
    def accept(self, who: int) -> None:
        """Today's prices are agreed to."""
        buyer = self.buyers[who]
        self._do(operations.accept_prices, cart_id=self._do(operations.open_cart, user_id=buyer.id))
        buyer.cart = {id_: (n, self._product(id_).price) for id_, (n, _) in buyer.cart.items()}

    @rule()
    def ten_minutes(self) -> None:
        """The holds are over; nobody sweeps."""
        with unit_of_work():
            session.execute(text("UPDATE stock_holds SET expires_at = now() - interval '1 s'"))
        for buyer in self.buyers:
            buyer.held = {}

    # Orders.

    @rule(who=WHO, payment=st.sampled_from(["card", "credit", "cash"]))
    def order(self, who: int, payment: str) -> None:
        """The cart becomes orders, or nothing changes."""
        buyer, key = self.buyers[who], str(uuid4())
        asked = {"payment": payment, "key": key} | (
            {"card": buyer.card} if payment == "card" else {}
        )
        code = self._short(buyer) or self._unpayable(buyer, payment)
        if code:
            self._refused(code, self._place, None, who=buyer.id, asked=asked)
            return
        made = self._do(self._place, who=buyer.id, asked=asked).orders
        shops = {seller.workspace_id: place for place, seller in enumerate(self.sellers)}
        for one in made:
            lines = {line.product: line.quantity for line in one.lines}
            total = sum(n * self._product(id_).price for id_, n in lines.items())
            assert one.total == total
            self.orders.append(Order(one.id, buyer.id, shops[one.shop], payment, lines, total))
        ordered = sum((Counter(o.lines) for o in self.orders[-len(made):]), Counter())  # fmt: skip
        assert ordered == {id_: n for id_, (n, _) in buyer.cart.items()}
        self.keys.append((buyer, asked, [one.id for one in made]))
        buyer.cart, buyer.held = {}, {}

    @rule(place=PLACE, other=st.booleans())
    def again(self, place: int, other: bool) -> None:
        """The same confirmation once more, or another under its key."""
        if not self.keys:
            return
        buyer, asked, ids = self.keys[place % len(self.keys)]
        if other:
            asked = asked | {"comment": "boshqa"}
            self._refused("idempotency_key_reused", self._place, None, who=buyer.id, asked=asked)
        else:
            placed = self._do(self._place, who=buyer.id, asked=asked)
            assert (placed.replayed, [one.id for one in placed.orders]) == (True, ids)

    @rule(place=PLACE, status=st.sampled_from(list(TRANSITIONS)), restock=st.booleans())
    def step(self, place: int, status: str, restock: bool) -> None:
        """The seller takes an order anywhere."""
        if self.orders:
            self._step(self.orders[place % len(self.orders)], str(status), restock)

    @rule(place=PLACE, steps=st.integers(1, 5))
    def steps(self, place: int, steps: int) -> None:
        """As it mostly goes."""
        if self.orders:
            one = self.orders[place % len(self.orders)]
            for _ in range(steps):
                following = TRANSITIONS[one.status]
                if following and not one.unpaid:
                    self._step(one, str(following[0]), True)

    @rule(place=PLACE)
    def cancel(self, place: int) -> None:
        """The buyer takes it back, if it has not left."""
        if not self.orders:
            return
        one = self.orders[place % len(self.orders)]
        asked = {"actor_id": one.buyer, "order_id": one.id}
        if one.status in WAITING:
            self._do(operations.cancel_order, **asked)
            one.status = "cancelled"
        else:
            self._refused("illegal_transition", operations.cancel_order, None, **asked)

    @rule(some=st.sets(st.integers(0, 9)))
    def days_pass(self, some: set[int]) -> None:
        """Some that are still unanswered are cancelled by the clock."""
        due = [o for place, o in enumerate(self.orders) if place in some and o.status == "pending"]
        with unit_of_work():
            session.execute(
                text("UPDATE orders SET expires_at = now() - interval '1 s' WHERE id = ANY(:ids)"),
                {"ids": [one.id for one in due]},
            )
        assert tasks.expire() == len(due)
        for one in due:
            one.status = "cancelled"

    @rule(who=WHO, what=WHAT, stars=st.integers(1, 5))
    def review(self, who: int, what: int, stars: int) -> None:
        """Once, of what was delivered."""
        buyer, product = self.buyers[who], self.products[what]
        got = any(
            o.buyer == buyer.id and product.id in o.lines and o.status in {"delivered", "returned"}
            for o in self.orders
        )
        asked = {"actor_id": buyer.id, "product_id": product.id, "rating": stars}
        code = (
            "product_not_found" if not product.listed
            else "not_delivered" if not got
            else "reviewed_already" if buyer.id in product.stars else ""
        )  # fmt: skip
        if code:
            self._refused(code, operations.review_product, None, **asked)
        else:
            self._do(operations.review_product, **asked)
            product.stars[buyer.id] = stars

    # Helpers.

    def _short(self, buyer: Buyer) -> str:
        if not buyer.cart:
            return "cart_empty"
        if not all(self._product(id_).listed for id_ in buyer.cart):
            return "product_not_found"
        enough = all(
            n <= self.available(self._product(id_), buyer) for id_, (n, _) in buyer.cart.items()
        )
        return "" if enough else "out_of_stock"

    def _unpayable(self, buyer: Buyer, payment: str) -> str:
        if any(seen != self._product(id_).price for id_, (_, seen) in buyer.cart.items()):
            return "price_changed"
        totals: Counter[int] = Counter()
        for id_, (n, seen) in buyer.cart.items():
            totals[self._product(id_).shop] += n * seen
        if payment == "card" and sum(totals.values()) > self.money()[buyer.card]:
            return "insufficient_funds"
        if payment == "credit":
            if self.owes(buyer) + totals[0] > LIMIT and totals[0]:
                return "credit_limit_exceeded"
            if totals[1]:
                return "credit_not_allowed"
        return ""

    def _step(self, one: Order, status: str, restock: bool) -> None:
        asked = {"order_id": one.id, "status": status, "restock": restock}
        if status not in TRANSITIONS[one.status]:
            self._refused("illegal_transition", operations.change_status, one.shop, **asked)
            return
        short = one.payment == "card" and self.money()[self.payout[one.shop]] < one.total
        if status == "returned" and short:
            self._refused("seller_short_of_funds", operations.change_status, one.shop, **asked)
            return
        self._sell(operations.change_status, one.shop, **asked)
        one.status = status
        for id_, n in one.lines.items():
            if status == "shipped" or (status == "cancelled" and not restock):
                self._product(id_).on_hand -= n
            elif status == "returned" and restock:
                self._product(id_).on_hand += n

    @staticmethod
    def _place(who: int, asked: dict[str, Any]) -> Any:
        return operations.place_orders(actor_id=who, wanted=operations.Wanted(**asked))

    def _do(self, operation: Callable[..., Any], **values: Any) -> Any:
        with unit_of_work():
            return operation(**values)

    def _sell(self, operation: Callable[..., Any], shop: int, **values: Any) -> Any:
        seller = self.sellers[shop]
        return self._do(
            operation, actor_id=seller.person.id, workspace_id=seller.workspace_id, **values
        )

    def _refused(
        self, code: str, operation: Callable[..., Any], shop: int | None, **values: Any
    ) -> None:
        """It is refused, so."""
        if shop is not None:
            seller = self.sellers[shop]
            values |= {"actor_id": seller.person.id, "workspace_id": seller.workspace_id}
        assert code_of(operation, **values) == code

    @invariant()
    def agrees(self) -> None:
        """The database and the model say the same."""
        session.rollback()
        kept = session.execute(
            text("SELECT id, on_hand, reserved, rating_sum, rating_count FROM products")
        )
        assert {row.id: tuple(row)[1:] for row in kept} == {
            p.id: (p.on_hand, self.reserved(p), sum(p.stars.values()), len(p.stars))
            for p in self.products
        }
        assert {card: on_card(card) for card in self.cards} == self.money()
        assert dict(session.execute(text("SELECT id, debt_total FROM debtors")).all()) == {
            buyer.debtor: self.owes(buyer) for buyer in self.buyers
        }
        assert dict(session.execute(text("SELECT id, status FROM orders")).all()) == {
            one.id: one.status for one in self.orders
        }
        carts: dict[int, dict[int, tuple[int, Decimal]]] = {buyer.id: {} for buyer in self.buyers}
        for user, product, n, seen in session.execute(
            text("SELECT user_id, product_id, quantity, price_seen FROM cart_items"
                 " JOIN carts ON carts.id = cart_id")
        ):  # fmt: skip
            carts[user][product] = (n, seen)
        assert carts == {buyer.id: buyer.cart for buyer in self.buyers}
        session.rollback()

    def teardown(self) -> None:
        """What verification finds at the end of a story: nothing."""
        assert verify_all() == []


def _clear() -> None:
    """Take the shops' goods and all money away; people, shops and whom they trust stay."""
    with unguarded():
        for table in TABLES:
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608  # our own names
        session.execute(text("UPDATE debtors SET debt_total = 0, credit = 0"))
    clear()


@pytest.mark.slow
def test_the_shop_is_that_of_the_model(context: Flask, make_person: Any) -> None:
    sellers = tuple(open_shop(make_person(contact=f"+99890111000{n}")) for n in range(2))
    people = []
    for n in range(3):
        phone = f"+99890111223{n}"
        who = make_person(contact=phone)
        debtor = let_take_on_credit(sellers[0], who, phone, Decimal(LIMIT))
        people.append((who, debtor))
    members = {"sellers": sellers, "people": tuple(people)}
    run_state_machine_as_test(
        type("Machine", (Selling,), members),
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
