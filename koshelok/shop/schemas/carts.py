"""JSON shapes of a cart."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from koshelok.shop.queries import CartView, ItemView
from koshelok.shop.schemas.values import (
    EXAMPLE_ID,
    EXAMPLE_NAME,
    EXAMPLE_SHOP,
    BodyId,
    Id,
    Pieces,
)
from koshelok.web.schemas import MoneyOut, Schema, SumOut


class CartItemPath(Schema):
    """`/shop/cart/{item}`."""

    item: Id


class CartItemIn(Schema):
    """Pieces to put into the cart, to those already there."""

    product: BodyId = Field(examples=[12])
    quantity: Pieces


class CartItemPatch(Schema):
    """How many pieces a line is to have."""

    quantity: Pieces


class CartItemOut(Schema):
    """A line of the cart; `old_price` is what was agreed to, where today's is another."""

    id: int = Field(examples=[9])
    product: int = Field(examples=[12])
    name: str = Field(examples=[EXAMPLE_NAME])
    shop: int = Field(examples=[3])
    shop_name: str = Field(examples=[EXAMPLE_SHOP])
    price: MoneyOut
    old_price: MoneyOut | None
    quantity: int = Field(examples=[2])
    total: SumOut
    available: int = Field(examples=[8])


class CartOut(Schema):
    """What is in the cart; `held_until` while everything in it is kept for its owner."""

    id: UUID | None = Field(examples=[EXAMPLE_ID])
    items: list[CartItemOut]
    total: SumOut
    held_until: datetime | None


def cart_out(cart: CartView) -> CartOut:
    """A cart as JSON."""
    return CartOut.model_construct(
        id=cart.id,
        items=[_item_out(item) for item in cart.items],
        total=cart.total,
        held_until=cart.held_until,
    )


def _item_out(item: ItemView) -> CartItemOut:
    product = item.product
    return CartItemOut.model_construct(
        id=item.id,
        product=product.id,
        name=product.name,
        shop=product.shop,
        shop_name=product.shop_name,
        price=product.price,
        old_price=item.price_seen if item.changed else None,
        quantity=item.quantity,
        total=item.total,
        available=0 if product.archived_at else product.available,
    )
