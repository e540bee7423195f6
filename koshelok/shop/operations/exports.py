"""A buyer's orders as tables to read."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from koshelok.core.clock import TASHKENT
from koshelok.infra.tables import Row, Table
from koshelok.shop.queries import OrderView, list_orders

AT_ONCE = 200


def order_tables(*, buyer_id: int, words: dict[str, Any]) -> Iterator[Table]:
    """What a person ordered, and the lines of it; `words` are words.archive_words."""
    title, header = words["orders"]
    yield Table(title, header, (_order(order, words) for order in _orders(buyer_id)))
    title, header = words["lines"]
    yield Table(title, header, (row for order in _orders(buyer_id) for row in _lines(order)))


def _orders(buyer_id: int) -> Iterator[OrderView]:
    cursor: str | None = None
    while True:
        page = list_orders(buyer_id=buyer_id, limit=AT_ONCE, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _order(order: OrderView, words: dict[str, Any]) -> Row:
    return (
        order.number,
        order.shop_name,
        order.created_at.astimezone(ZoneInfo(TASHKENT)),
        words["statuses"][order.status],
        words["payments"][order.payment],
        order.total,
        order.address,
        order.comment,
    )


def _lines(order: OrderView) -> Iterator[Row]:
    for line in order.lines:
        yield (
            order.number, order.shop_name, line.title, line.sku, line.price, line.quantity,
            line.total,
        )  # fmt: skip
