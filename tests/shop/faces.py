"""A shop and a buyer for tests of pages: each act has an application context of its own."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.queries import OrderView, ProductView, ReviewView
from tests.conftest import Person
from tests.debtors.links import Apart
from tests.shop.shelf import Seller, buy, open_shop

ALL_THE_WAY = ("confirmed", "packed", "shipped", "delivered")


def speak(person: Person, language: str) -> Person:
    """Let somebody read this language; needs an application context."""
    with unit_of_work():
        session.execute(
            text("UPDATE users SET language = :language WHERE id = :id"),
            {"language": language, "id": person.id},
        )
    return person


class Counter:
    """A seller and a buyer, who reads English."""

    def __init__(self, app: Flask, owner: Person, buyer: Person) -> None:
        self.buyer = buyer
        with app.app_context():
            seller = open_shop(owner)
            speak(buyer, "en")
        self.seller: Any = Apart(app, seller)  # type: ignore[arg-type]  # wraps anything
        self.inside = self.seller.inside
        self.workspace_id = seller.workspace_id

    def product(self, **more: Any) -> ProductView:
        """A new product."""
        made: ProductView = self.seller.product(**more)
        return made

    def order(self, product: ProductView, *steps: str, quantity: int = 1, **more: Any) -> OrderView:
        """An order by the buyer, taken so far."""
        made: OrderView = self.inside(buy, self.buyer, product, quantity, **more)
        return self.take(made, *steps)

    def take(self, order: OrderView, *steps: str, **more: Any) -> OrderView:
        """Take an order further."""
        taken: OrderView = self.seller.take(order, *steps, **more) if steps else order
        return taken

    def status(self, order_id: UUID) -> str:
        """Where an order stands."""
        view: OrderView = self.inside(queries.get_order, order_id)
        return view.status

    def review(self, product: ProductView) -> ReviewView | None:
        """What the buyer said."""
        said: ReviewView | None = self.inside(queries.find_review, product.id, self.buyer.id)
        return said

    def say(self, product: ProductView, rating: int = 5, words: str = "") -> ReviewView:
        """Let the buyer review a product."""

        def act() -> ReviewView:
            with unit_of_work():
                return operations.review_product(
                    actor_id=self.buyer.id, product_id=product.id, rating=rating, text=words
                )

        made: ReviewView = self.inside(act)
        return made


def as_seller(seller: Seller) -> dict[str, int]:
    """Who and where, for an operation."""
    return {"actor_id": seller.person.id, "workspace_id": seller.workspace_id}
