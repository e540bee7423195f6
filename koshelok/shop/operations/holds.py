"""What a checkout finds on the shelf, and keeps for ten minutes.

Products are locked in the order of their ids, so that buyers wait for each other and never
deadlock, and read again with what others have done by then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, insert, select

from koshelok.core.clock import now
from koshelok.infra.db import session
from koshelok.shop.errors import CartEmpty, OutOfStock, ProductNotFound
from koshelok.shop.models import Cart, CartItem, Product, StockHold
from koshelok.shop.queries import find_available

HOLD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cart with its product as it is now, locked."""

    product: Product
    quantity: int
    price_seen: Decimal

    @property
    def workspace_id(self) -> int:
        """Whose product it is."""
        return self.product.workspace_id


def hold_cart(*, cart_id: UUID) -> None:
    """Keep everything in a cart for ten minutes, from now: checkout starts.

    Raises CartEmpty, ProductNotFound, OutOfStock; then nothing is held.
    """
    session.execute(select(Cart.id).filter_by(id=cart_id).with_for_update())  # before its products
    lines = read_lines(cart_id=cart_id)
    session.execute(delete(StockHold).filter_by(cart_id=cart_id))
    until = now() + HOLD
    session.execute(
        insert(StockHold),
        [
            {"cart_id": cart_id, "product_id": line.product.id,
             "quantity": line.quantity, "expires_at": until}
            for line in lines
        ],
    )  # fmt: skip


def read_lines(*, cart_id: UUID) -> list[Line]:
    """Lock the products of a cart in their order, then see, with what others have done by then,
    that there is enough of each. Raises CartEmpty, ProductNotFound, OutOfStock."""
    wanted = {
        product_id: (quantity, seen)
        for product_id, quantity, seen in session.execute(
            select(CartItem.product_id, CartItem.quantity, CartItem.price_seen)
            .where(CartItem.cart_id == cart_id)
        )
    }  # fmt: skip
    if not wanted:
        raise CartEmpty
    products = session.scalars(
        select(Product)
        .where(Product.id.in_(wanted))
        .order_by(Product.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    available = find_available(list(wanted), cart_id=cart_id)
    lines = [Line(product, *wanted[product.id]) for product in products]
    _check_stock(lines, available)
    return lines


def _check_stock(lines: Iterable[Line], available: Mapping[int, int]) -> None:
    short = [line for line in lines if line.quantity > available[line.product.id]]
    gone = [line for line in lines if line.product.archived_at is not None]
    if gone:
        raise ProductNotFound(extensions={"lines": [{"product": gone[0].product.id}]})
    if short:
        raise OutOfStock(
            title=short[0].product.name,
            available=available[short[0].product.id],
            extensions={
                "lines": [
                    {"product": line.product.id, "available": available[line.product.id]}
                    for line in short
                ]
            },
        )
