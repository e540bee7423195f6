"""A shop, its shelf and its buyers made in a line; everything needs an application context."""

import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from koshelok.debtors import operations as book
from koshelok.debtors.queries import find_by_phone
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger.queries import list_balances
from koshelok.shop import operations, queries
from koshelok.shop.operations import Placed, Wanted
from koshelok.shop.queries import OrderView, ProductView
from koshelok.verification import verify_all
from koshelok.workspaces import operations as workspaces
from tests.conftest import Person

_numbers = itertools.count(1)


@dataclass
class Seller:
    """An owner and their shop."""

    person: Person
    workspace_id: int

    def product(self, stock: int = 10, price: str = "12000", **more: Any) -> ProductView:
        """A new product on the shelf."""
        values = {"name": f"Choy {next(_numbers)}", "category": "food"} | more
        with unit_of_work():
            return operations.create_product(
                actor_id=self.person.id, workspace_id=self.workspace_id, stock=stock,
                price=Decimal(price), **values,
            )  # fmt: skip

    def take(self, order: OrderView, *statuses: str, **more: Any) -> OrderView:
        """Take an order through steps."""
        for status in statuses:
            with unit_of_work():
                order = operations.change_status(
                    actor_id=self.person.id, workspace_id=self.workspace_id, order_id=order.id,
                    status=status, **more,
                )  # fmt: skip
        return order

    def see(self, product: ProductView) -> ProductView:
        """A product as it is now."""
        session.expire_all()
        return queries.get_own_product(self.workspace_id, product.id)


def open_shop(person: Person, name: str = "Malika do'koni") -> Seller:
    """A shop of somebody's."""
    with unit_of_work():
        place = workspaces.open_workspace(actor_id=person.id, name=name, kind="shop", language="uz")
    return Seller(person, place.workspace_id)


def fill(person: Person, *wanted: tuple[ProductView, int]) -> UUID:
    """Put pieces into somebody's cart; answers its id."""
    with unit_of_work():
        cart_id = operations.open_cart(user_id=person.id)
        for product, quantity in wanted:
            operations.add_item(cart_id=cart_id, product_id=product.id, quantity=quantity)
    return cart_id


def order(person: Person, payment: str = "cash", *, key: str = "", **more: Any) -> Placed:
    """Confirm somebody's cart."""
    with unit_of_work():
        return operations.place_orders(
            actor_id=person.id, wanted=Wanted(payment=payment, key=key or str(uuid4()), **more)
        )


def buy(
    person: Person, product: ProductView, quantity: int = 1, payment: str = "cash", **more: Any
) -> OrderView:
    """Order one product."""
    fill(person, (product, quantity))
    return order(person, payment, **more).orders[0]


def let_take_on_credit(
    seller: Seller, person: Person, phone: str, limit: Decimal | None = None
) -> int:
    """Approve somebody, entered into the book by their number; who they are there."""
    with unit_of_work():
        if find_by_phone(seller.workspace_id, phone) is None:
            book.create_debtor(
                actor_id=seller.person.id, workspace_id=seller.workspace_id, full_name="Aziz",
                phone_number=phone,
            )  # fmt: skip
        return operations.set_credit(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, user_id=person.id,
            credit=True, limit=limit,
        ).debtor  # fmt: skip


def on_card(card_id: UUID) -> Decimal:
    """What is on a card."""
    account = session.execute(
        text("SELECT account_id FROM cards WHERE id = :id"), {"id": card_id}
    ).scalar_one()
    return list_balances([account])[account]


def is_sound() -> None:
    """Every kept figure agrees with its rows."""
    session.rollback()
    assert verify_all() == []
