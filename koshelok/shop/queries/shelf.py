"""A seller's shelf: their products with what runs out, and who waits for which.

What runs out is looked for among the shop's LOOKED best sellers: of a shelf of 100,000 the rest is
not read, and of most shops that is everything.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.identity.queries import CONTACTS
from koshelok.infra.db import session
from koshelok.shop.models import Order, OrderLine, Product
from koshelok.shop.queries.lists import ProductFilters, list_products
from koshelok.shop.queries.products import ProductView, select_products, with_stock

SHELF_PAGE = 30
WAITING = 5
LOOKED = 2000
_FREE = Product.on_hand - Product.reserved


class Tab(StrEnum):
    """Which part of the shelf is shown."""

    ALL = ""
    LOW = "low"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class ShelfFilters:
    """What a shelf is narrowed to. LOW is what has `low_stock` pieces or fewer that are not
    promised to buyers."""

    query: str = ""
    tab: Tab = Tab.ALL
    low_stock: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that waits for pieces of a product."""

    order: UUID
    number: int
    status: str
    buyer: str
    quantity: int


def list_shelf(
    workspace_id: int, filters: ShelfFilters, *, limit: int = SHELF_PAGE, cursor: str | None = None
) -> Page[ProductView]:
    """A page of a shop's products, the newest first; what runs out goes from the one with the
    fewest left. Raises BadCursor."""
    if filters.tab is Tab.ALL:
        wanted = ProductFilters(query=filters.query, shop=workspace_id)
        return list_products(wanted, limit=limit, cursor=cursor)
    low = filters.tab is Tab.LOW
    keys: tuple[Any, ...] = (_FREE, Product.id) if low else (Product.id,)
    where = _running_out(workspace_id, filters.low_stock) if low else _archived(workspace_id)
    if filters.query.strip():
        query = func.search_query(0, filters.query)
        where.append(Product.search.op("@@", is_comparison=True)(query))
    if cursor:
        after = tuple_(*decode_cursor(cursor, *(int for _ in keys)))
        where.append(tuple_(*keys) > after if low else tuple_(*keys) < after)
    order = keys if low else [key.desc() for key in keys]
    rows = session.execute(select_products().where(*where).order_by(*order).limit(limit + 1))
    products = [ProductView(*row) for row in rows]
    more, products = len(products) > limit, products[:limit]
    return Page(with_stock(products), _after(products[-1], low=low) if more else None)


def count_low(workspace_id: int, low_stock: int) -> int:
    """How many products of a shop run out."""
    found = select(func.count()).where(*_running_out(workspace_id, low_stock))
    return session.scalar(found) or 0


def select_best_sellers(workspace_id: int) -> Select[int, int, int]:
    """A shop's products that sold most (id, pieces sold, pieces not promised), in that order."""
    return (
        select(Product.id, Product.sold, _FREE.label("left"))
        .where(Product.workspace_id == workspace_id, Product.archived_at.is_(None))
        .order_by(Product.sold.desc(), Product.id.desc())
        .limit(LOOKED)
    )


def list_waiting(product_id: int) -> Page[Waiting]:
    """The oldest orders that wait for pieces of a product; a cursor says there are more."""
    rows = session.execute(
        select(Order.id, Order.number, Order.status, CONTACTS.c.full_name, OrderLine.reserved)
        .join(Order, Order.id == OrderLine.order_id)
        .join(CONTACTS, CONTACTS.c.id == Order.buyer_id)
        .where(OrderLine.product_id == product_id, OrderLine.reserved > 0)
        .order_by(OrderLine.order_id)
        .limit(WAITING + 1)
    )
    waiting = [Waiting(*row) for row in rows]
    more = len(waiting) > WAITING
    return Page(waiting[:WAITING], encode_cursor(waiting[WAITING - 1].order) if more else None)


def _running_out(workspace_id: int, low_stock: int) -> list[ColumnElement[bool]]:
    best = select_best_sellers(workspace_id).subquery("best")
    return [Product.id.in_(select(best.c.id).where(best.c.left <= low_stock))]


def _archived(workspace_id: int) -> list[ColumnElement[bool]]:
    return [Product.workspace_id == workspace_id, Product.archived_at.is_not(None)]


def _after(last: ProductView, *, low: bool) -> str:
    return encode_cursor(last.on_hand - last.reserved, last.id) if low else encode_cursor(last.id)
