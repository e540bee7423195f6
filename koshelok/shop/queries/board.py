"""A shop's orders as a board: those that wait for a step, and lists by status."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, union_all

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.infra.db import session
from koshelok.shop.models import Order, Payment, Status
from koshelok.shop.queries.orders import OrderView, select_orders

OPEN = (Status.PENDING, Status.CONFIRMED, Status.PACKED, Status.SHIPPED)
CLOSED = (Status.DELIVERED, Status.RETURNED, Status.CANCELLED)
COLUMN = 20


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """How many orders wait for each step, and what buyers have paid for them by card."""

    counts: Mapping[str, int]
    on_its_way: Decimal


def count_open(workspace_id: int) -> OpenOrders:
    """Of the open orders only, which are few however long a shop has sold."""
    paid = func.sum(Order.total).filter(Order.payment == Payment.CARD)
    rows = session.execute(
        select(Order.status, func.count(), func.coalesce(paid, 0))
        .where(Order.workspace_id == workspace_id, Order.status.in_(OPEN))
        .group_by(Order.status)
    ).all()
    found = {status: count for status, count, _ in rows}
    return OpenOrders(
        {status: found.get(status, 0) for status in OPEN}, sum((row[2] for row in rows), Decimal(0))
    )


def list_board(workspace_id: int) -> dict[str, Page[OrderView]]:
    """The first orders of each column, those that have waited longest on top; one query."""
    columns = [_select(workspace_id, status).limit(COLUMN + 1) for status in OPEN]
    found: dict[str, list[OrderView]] = {status: [] for status in OPEN}
    for row in session.execute(union_all(*columns)):
        order = OrderView(*row)
        found[order.status].append(order)
    return {
        status: _page(sorted(orders, key=lambda order: order.id), COLUMN)
        for status, orders in found.items()
    }


def list_by_status(
    workspace_id: int, status: str, *, limit: int, cursor: str | None = None
) -> Page[OrderView]:
    """A page of the orders of a status: open ones oldest first, since they wait, the others the
    newest first; raises BadCursor."""
    rows = _select(workspace_id, status)
    if cursor:
        last = decode_cursor(cursor, UUID)[0]
        rows = rows.where(Order.id > last if status in OPEN else Order.id < last)
    return _page([OrderView(*row) for row in session.execute(rows.limit(limit + 1))], limit)


def _select(workspace_id: int, status: str) -> Select[*tuple[Any, ...]]:
    by = Order.id.asc() if status in OPEN else Order.id.desc()
    return (
        select_orders()
        .where(Order.workspace_id == workspace_id, Order.status == status)
        .order_by(by)
    )


def _page(orders: list[OrderView], limit: int) -> Page[OrderView]:
    more, orders = len(orders) > limit, orders[:limit]
    return Page(orders, encode_cursor(orders[-1].id) if more else None)
