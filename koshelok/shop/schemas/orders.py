"""JSON shapes of orders."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from koshelok.shop.models import ADDRESS_LIMIT, COMMENT_LIMIT, NOTE_LIMIT
from koshelok.shop.operations import Wanted
from koshelok.shop.queries import EventView, LineView, OrderView
from koshelok.shop.schemas.values import EXAMPLE_ID, EXAMPLE_NAME, EXAMPLE_SHOP
from koshelok.web.schemas import MoneyOut, PageOut, PageQuery, Schema

PaymentName = Literal["card", "credit", "cash"]
StatusName = Literal[
    "pending", "confirmed", "packed", "shipped", "delivered", "returned", "cancelled"
]
_EXAMPLE_ADDRESS = "Chilonzor, 12-uy"


class OrderPath(Schema):
    """`/shop/orders/{id}`."""

    id: UUID


class OrderIn(Schema):
    """How to order what is in the cart; `card` is the id of a card of one's own to pay with."""

    payment: PaymentName = Field(examples=["cash"])
    card: UUID | None = Field(None, examples=[None])
    address: str = Field("", max_length=ADDRESS_LIMIT, examples=[_EXAMPLE_ADDRESS])
    comment: str = Field("", max_length=COMMENT_LIMIT, examples=["Kechqurun"])

    def wanted(self, key: str) -> Wanted:
        """The same for the operation."""
        return Wanted(key=key, **self.model_dump())


class StatusIn(Schema):
    """The next step of an order; `restock` says whether what is cancelled or returned goes back
    to the shelf."""

    status: StatusName = Field(examples=["confirmed"])
    restock: bool = Field(True, strict=True)
    note: str = Field("", max_length=NOTE_LIMIT, examples=["Yo'lda"])


class OrderLineOut(Schema):
    """A line of an order, as its product was then."""

    product: int = Field(examples=[12])
    name: str = Field(examples=[EXAMPLE_NAME])
    sku: str = Field(examples=["CH-100"])
    price: MoneyOut
    quantity: int = Field(examples=[2])
    total: MoneyOut


class OrderEventOut(Schema):
    """A change of an order; `by` the clock it expired."""

    status: StatusName
    by: Literal["buyer", "shop", "clock"]
    note: str = Field(examples=["Yo'lda"])
    created_at: datetime


class OrderOut(Schema):
    """An order of one shop. `purchase` is the buyer's transfer; `payout` (to the shop's card) and
    `debt` (in its book) are told to the shop only."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    number: int = Field(examples=[1024])
    shop: int = Field(examples=[3])
    shop_name: str = Field(examples=[EXAMPLE_SHOP])
    buyer: int = Field(examples=[8])
    buyer_name: str = Field(examples=["Aziz Karimov"])
    buyer_phone: str | None = Field(examples=["+998901234567"])
    status: StatusName
    payment: PaymentName
    total: MoneyOut
    items: list[OrderLineOut]
    address: str = Field(examples=[_EXAMPLE_ADDRESS])
    comment: str = Field(examples=["Kechqurun"])
    purchase: UUID | None = Field(examples=[None])
    payout: UUID | None = Field(examples=[None])
    debt: int | None = Field(examples=[None])
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime


class OrderDetail(OrderOut):
    """An order with its history, the oldest change first."""

    events: list[OrderEventOut]


class OrdersOut(Schema):
    """The orders of a checkout, one a shop, by number."""

    orders: list[OrderOut]


class OrderPage(PageOut[OrderOut]):
    """A page of orders, the newest first."""


class OrderQuery(PageQuery):
    """Whose orders, and how they stand."""

    as_: Literal["buyer", "seller"] = Field(
        "buyer", alias="as", description="`seller` lists those of the current workspace's shop."
    )
    status: StatusName | None = None


def order_out(order: OrderView, *, selling: bool = False) -> OrderOut:
    """An order as JSON for its buyer, or (`selling`) for its shop."""
    return OrderOut.model_construct(**_fields(order, selling=selling))


def order_detail(order: OrderView, *, selling: bool = False) -> OrderDetail:
    """An order with its history as JSON."""
    events = [_event_out(event, order) for event in order.events]
    return OrderDetail.model_construct(**_fields(order, selling=selling), events=events)


def _fields(order: OrderView, *, selling: bool) -> dict[str, Any]:
    fields = {name: getattr(order, name) for name in OrderOut.model_fields if name != "items"}
    fields["items"] = [_line_out(line) for line in order.lines]
    if not selling:
        fields |= {"payout": None, "debt": None}
    return fields


def _line_out(line: LineView) -> OrderLineOut:
    return OrderLineOut.model_construct(
        product=line.product,
        name=line.title,
        sku=line.sku,
        price=line.price,
        quantity=line.quantity,
        total=line.total,
    )


def _event_out(event: EventView, order: OrderView) -> OrderEventOut:
    by = "shop" if event.actor_id is not None else "clock"
    return OrderEventOut.model_construct(
        status=event.status,  # type: ignore[arg-type]  # the database holds one of these
        by="buyer" if event.actor_id == order.buyer else by,  # type: ignore[arg-type]  # as above
        note=event.note,
        created_at=event.created_at,
    )
