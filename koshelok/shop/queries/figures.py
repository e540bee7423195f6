"""What a seller wants to know at a glance: sales by day, what sells, what runs out, how it is
liked. Everything is read from kept figures or from the last few rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, func, literal, select, union_all

from koshelok.infra.db import session
from koshelok.shop.models import Product, Review, ShopDay
from koshelok.shop.queries.shelf import select_best_sellers

DAYS = 30
BEST = 10
LOW = 5
LAST_REVIEWS = 100
PARTS = ("best", "low")


@dataclass(frozen=True, slots=True)
class SalesDay:
    """What was delivered on a day less what came back on it, in so'm."""

    day: date
    orders: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Sales:
    """The last days one by one, and this month against the same days of the last."""

    days: Sequence[SalesDay]
    this_month: Decimal
    last_month: Decimal


@dataclass(frozen=True, slots=True)
class ShelfItem:
    """A product by how it sells; `left` is what is not promised to anybody."""

    id: int
    name: str
    sold: int
    left: int


@dataclass(frozen=True, slots=True)
class Stars:
    """The average of the latest reviews, and how many those are."""

    average: Decimal
    count: int


def get_sales(workspace_id: int, today: date) -> Sales:
    """As of a day of the shop's zone; at most two months of rows in one query."""
    this = today.replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    same = min(last + timedelta(days=today.day - 1), this - timedelta(days=1))
    rows = session.execute(
        select(ShopDay.day, ShopDay.orders, ShopDay.amount).where(
            ShopDay.workspace_id == workspace_id,
            ShopDay.day.between(min(last, today - timedelta(days=DAYS - 1)), today),
        )
    )
    found = {day: SalesDay(day, orders, amount) for day, orders, amount in rows}
    span = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    return Sales(
        [found.get(day, SalesDay(day, 0, Decimal(0))) for day in span],
        _sum(found, this, today),
        _sum(found, last, same),
    )


def _sum(days: dict[date, SalesDay], start: date, end: date) -> Decimal:
    return sum((one.amount for day, one in days.items() if start <= day <= end), Decimal(0))


def get_shelf(workspace_id: int, low_stock: int) -> tuple[list[ShelfItem], list[ShelfItem]]:
    """What has sold most, and what is about to run out, of that too what sells best first; one
    query."""
    first = select_best_sellers(workspace_id).cte("first").prefix_with("MATERIALIZED")
    rows = session.execute(
        union_all(
            _select(PARTS[0], first, first.c.sold > 0).limit(BEST),
            _select(PARTS[1], first, first.c.left <= low_stock).limit(LOW),
        )
    ).all()
    best, low = ([ShelfItem(*row[1:]) for row in rows if row[0] == part] for part in PARTS)
    return best, low


def _select(part: str, first: CTE, wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(literal(part), Product.id, Product.name, first.c.sold, first.c.left)
        .join(first, first.c.id == Product.id)
        .where(wanted)
        .order_by(first.c.sold.desc(), first.c.id.desc())
    )


def get_stars(workspace_id: int) -> Stars | None:
    """How buyers like what they got lately; None where nobody has said."""
    last = (
        select(Review.rating)
        .where(Review.workspace_id == workspace_id, Review.hidden_at.is_(None))
        .order_by(Review.id.desc())
        .limit(LAST_REVIEWS)
        .subquery("last")
    )
    average, count = session.execute(select(func.avg(last.c.rating), func.count())).one()
    return Stars(Decimal(average).quantize(Decimal("0.1")), count) if count else None
