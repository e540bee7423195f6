"""What the pages of a cart and a checkout ask beside the cart itself."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from koshelok.infra.db import session
from koshelok.shop.models import CartItem, Product


@dataclass(frozen=True, slots=True)
class InCart:
    """A product in a cart."""

    item: int
    name: str
    quantity: int


def find_in_cart(cart_id: UUID | None, product_id: int) -> InCart | None:
    """The line of a product in a cart."""
    row = session.execute(
        select(CartItem.id, Product.name, CartItem.quantity)
        .join(Product, Product.id == CartItem.product_id)
        .where(CartItem.cart_id == cart_id, CartItem.product_id == product_id)
    ).first()
    return InCart(*row) if row else None
