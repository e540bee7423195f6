"""Orders as buyers and sellers see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.identity.queries import CONTACTS
from koshelok.infra.db import session
from koshelok.shop.errors import OrderNotFound
from koshelok.shop.models import Order, OrderEvent, OrderLine
from koshelok.workspaces.queries import NAMES


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of an order as it was then; amounts in so'm."""

    product: int
    title: str
    sku: str
    price: Decimal
    quantity: int

    @property
    def total(self) -> Decimal:
        """What the line comes to."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class EventView:
    """A change of an order; without a name it was the clock."""

    status: str
    note: str
    actor_id: int | None
    actor: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with its lines and its history; `total` in so'm."""

    id: UUID
    number: int
    shop: int
    shop_name: str
    buyer: int
    buyer_name: str
    buyer_phone: str | None
    status: str
    payment: str
    total: Decimal
    pieces: int
    address: str
    comment: str
    purchase: UUID | None
    payout: UUID | None
    debt: int | None
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    lines: Sequence[LineView] = ()
    events: Sequence[EventView] = ()


def select_orders() -> Select[*tuple[Any, ...]]:
    """Rows of OrderView, but for lines and events."""
    return (
        select(
            Order.id,
            Order.number,
            Order.workspace_id,
            NAMES.c.name,
            Order.buyer_id,
            CONTACTS.c.full_name,
            CONTACTS.c.phone_number,
            Order.status,
            Order.payment,
            Order.total,
            Order.pieces,
            Order.address,
            Order.comment,
            Order.purchase_id,
            Order.payout_id,
            Order.debt_id,
            Order.expires_at,
            Order.created_at,
            Order.updated_at,
        )
        .join(NAMES, NAMES.c.id == Order.workspace_id)
        .join(CONTACTS, CONTACTS.c.id == Order.buyer_id)
    )


def get_order(
    order_id: UUID, *, buyer_id: int | None = None, workspace_id: int | None = None
) -> OrderView:
    """An order, of this buyer or shop where one is given; raises OrderNotFound."""
    where: list[ColumnElement[bool]] = [Order.id == order_id]
    if buyer_id is not None:
        where.append(Order.buyer_id == buyer_id)
    if workspace_id is not None:
        where.append(Order.workspace_id == workspace_id)
    found = with_lines(_views(select_orders().where(*where)))
    if not found:
        raise OrderNotFound
    return replace(found[0], events=_list_events(order_id))


def list_orders_of_checkout(checkout_id: UUID) -> list[OrderView]:
    """The orders that one confirmation made, by number."""
    rows = select_orders().where(Order.checkout_id == checkout_id).order_by(Order.number)
    return with_lines(_views(rows))


def list_orders(
    *,
    buyer_id: int | None = None,
    workspace_id: int | None = None,
    status: str | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page[OrderView]:
    """A page of a buyer's orders, or of a shop's, the newest first; raises BadCursor."""
    whose = (
        Order.buyer_id == buyer_id if workspace_id is None else Order.workspace_id == workspace_id
    )
    where: list[ColumnElement[bool]] = [whose]
    if status:
        where.append(Order.status == status)
    if cursor:
        where.append(Order.id < decode_cursor(cursor, UUID)[0])
    rows = select_orders().where(*where).order_by(Order.id.desc()).limit(limit + 1)
    orders = _views(rows)
    more, orders = len(orders) > limit, orders[:limit]
    return Page(with_lines(orders), encode_cursor(orders[-1].id) if more else None)


def _views(rows: Select[*tuple[Any, ...]]) -> list[OrderView]:
    return [OrderView(*row) for row in session.execute(rows)]


def with_lines(orders: Iterable[OrderView]) -> list[OrderView]:
    """The same with their lines; one query."""
    orders = list(orders)
    lines: dict[UUID, list[LineView]] = {order.id: [] for order in orders}
    rows = session.execute(
        select(
            OrderLine.order_id,
            OrderLine.product_id,
            OrderLine.title,
            OrderLine.sku,
            OrderLine.price,
            OrderLine.quantity,
        )
        .where(OrderLine.order_id.in_(lines))
        .order_by(OrderLine.product_id)
    )
    for order_id, product, title, sku, price, quantity in rows:
        lines[order_id].append(LineView(product, title, sku, price, quantity))
    return [replace(order, lines=lines[order.id]) for order in orders]


def _list_events(order_id: UUID) -> list[EventView]:
    rows = session.execute(
        select(
            OrderEvent.status,
            OrderEvent.note,
            OrderEvent.actor_id,
            CONTACTS.c.full_name,
            OrderEvent.created_at,
        )
        .outerjoin(CONTACTS, CONTACTS.c.id == OrderEvent.actor_id)
        .where(OrderEvent.order_id == order_id)
        .order_by(OrderEvent.id)
    )
    return [EventView(status, note, who, name or "", at) for status, note, who, name, at in rows]
