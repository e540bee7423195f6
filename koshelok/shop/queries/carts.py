"""Carts as their owners see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select

from koshelok.core.clock import now
from koshelok.infra.db import session
from koshelok.shop.models import Cart, CartItem, Product, StockHold
from koshelok.shop.queries.products import ProductView, select_products, with_stock


@dataclass(frozen=True, slots=True)
class ItemView:
    """A line of a cart; amounts in so'm. `price_seen` is what its owner last agreed to."""

    id: int
    product: ProductView
    quantity: int
    price_seen: Decimal

    @property
    def total(self) -> Decimal:
        """What the line comes to today."""
        return self.product.price * self.quantity

    @property
    def changed(self) -> bool:
        """Whether the price is another than was seen."""
        return self.product.price != self.price_seen

    @property
    def short(self) -> bool:
        """Whether fewer are left than wanted, or it is off the shelf."""
        return self.product.archived_at is not None or self.product.available < self.quantity


@dataclass(frozen=True, slots=True)
class CartView:
    """What is in a cart; `held_until` while its owner checks out and everything is kept."""

    id: UUID | None
    items: Sequence[ItemView]
    held_until: datetime | None = None

    @property
    def total(self) -> Decimal:
        """What everything comes to, in so'm."""
        return sum((item.total for item in self.items), Decimal(0))

    @property
    def pieces(self) -> int:
        """How many pieces of everything."""
        return sum(item.quantity for item in self.items)

    @property
    def shops(self) -> list[tuple[int, str, list[ItemView]]]:
        """The lines by shop: its id, its name, its lines."""
        ordered = sorted(self.items, key=lambda item: (item.product.shop, item.id))
        grouped = groupby(ordered, key=lambda item: (item.product.shop, item.product.shop_name))
        return [(id_, name, list(items)) for (id_, name), items in grouped]


def find_cart_id(*, user_id: int | None, cart_id: UUID | None, lock: bool = False) -> UUID | None:
    """A person's own cart, or a visitor's by its id (never a person's by its id)."""
    if user_id is None and cart_id is None:
        return None
    whose = (
        Cart.user_id == user_id
        if user_id is not None
        else (Cart.id == cart_id) & Cart.user_id.is_(None)
    )
    query = select(Cart.id).where(whose)
    return session.scalar(query.with_for_update() if lock else query)


def get_cart(cart_id: UUID | None) -> CartView:
    """Everything in a cart, what is gone or dearer now included; four queries."""
    if cart_id is None:
        return CartView(None, ())
    rows = session.execute(
        select_products()
        .add_columns(CartItem.id, CartItem.quantity, CartItem.price_seen)
        .join(CartItem, CartItem.product_id == Product.id)
        .where(CartItem.cart_id == cart_id)
        .order_by(CartItem.id)
    ).all()
    products = with_stock([ProductView(*row[:-3]) for row in rows], cart_id=cart_id)
    items = [
        ItemView(row[-3], product, row[-2], row[-1])
        for product, row in zip(products, rows, strict=True)
    ]
    held_until = session.scalar(
        select(func.min(StockHold.expires_at)).where(
            StockHold.cart_id == cart_id, StockHold.expires_at > now()
        )
    )
    return CartView(cart_id, items, held_until)


def count_pieces(cart_id: UUID | None) -> int:
    """How many pieces are in a cart, for its badge."""
    if cart_id is None:
        return 0
    return int(
        session.scalar(select(func.sum(CartItem.quantity)).where(CartItem.cart_id == cart_id)) or 0
    )
