"""What is on the shelves, a page at a time, flat in the number of products.

Every order lies along an index: of all products, of a category or of a shop. The rest is looked
for in two bounded steps: among the first SCAN products along the index, which answers for what
is common and for small shops; and, if more follow and those do not fill the page, through the
index of words, of prices or of a shop, which answers for what is rare. Left to itself the
planner would, now and then, walk every shelf in order to find three products.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from koshelok.core.page import BadCursor, Page, decode_cursor, encode_cursor
from koshelok.infra.db import session
from koshelok.shop.models import Product
from koshelok.shop.queries.products import ProductView, select_products, with_stock

PAGE = 24
SCAN = 1000
QUERY_LIMIT = 100


class Sort(StrEnum):
    """In which order a list of products comes."""

    NEW = "new"
    POPULAR = "popular"
    CHEAP = "cheap"
    DEAR = "dear"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class ProductFilters:
    """What a list of products is narrowed to; None is no limit. Prices in so'm."""

    query: str | None = None
    category: str | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    shop: int | None = None
    available: bool = False
    sort: Sort = Sort.NEW


def list_products(
    filters: ProductFilters, *, limit: int = PAGE, cursor: str | None = None
) -> Page[ProductView]:
    """A page of what is on the shelves; raises BadCursor."""
    search = _Search(filters, limit + 1, cursor)
    rows = session.execute(search.in_order(select_products().where(Product.id.in_(search.run()))))
    products = [ProductView(*row) for row in rows]
    more, products = len(products) > limit, products[:limit]
    return Page(with_stock(products), _cursor_after(filters.sort, products[-1]) if more else None)


_PRICES = {Sort.CHEAP, Sort.DEAR}
_PLACES: dict[Sort, tuple[Any, ...]] = {
    Sort.NEW: (Product.id,),
    Sort.POPULAR: (Product.sold, Product.id),
    Sort.CHEAP: (Product.price, Product.id),
    Sort.DEAR: (Product.price, Product.id),
    Sort.RATED: (Product.rating, Product.id),
}


class _Search:
    """One list being looked up; `limit` is one more than a page, to know whether more follow."""

    def __init__(self, filters: ProductFilters, limit: int, cursor: str | None) -> None:
        self.filters = filters
        self.limit = limit
        self.place = _PLACES[filters.sort]
        self.along: list[ColumnElement[bool]] = [Product.archived_at.is_(None)]
        self.across: list[ColumnElement[bool]] = []
        self._narrow()
        if cursor:
            here, after = tuple_(*self.place), tuple_(*_read(filters.sort, cursor))
            self.along.append(here > after if filters.sort is Sort.CHEAP else here < after)

    @cached_property
    def _words(self) -> Any:
        """What is searched for, folded as the shelf is; None where nothing is."""
        query = (self.filters.query or "").strip()
        return func.search_query(0, query[:QUERY_LIMIT]) if query else None

    def run(self) -> Sequence[int]:
        """The ids of a page."""
        if not self.across:
            page = select(Product.id).where(*self.along)
            return session.scalars(self.in_order(page).limit(self.limit)).all()
        rows = session.execute(self._among_the_first()).all()
        found = [id_ for id_, wanted, _ in rows if wanted]
        if len(found) == self.limit or all(number < SCAN for *_, number in rows):
            return found
        return session.scalars(self._everywhere()).all()

    def in_order(self, query: Select[Any], source: Any = None) -> Select[Any]:
        """The same in the order of the list."""
        place = (
            [source.c[column.key] for column in self.place] if source is not None else self.place
        )
        cheap = self.filters.sort is Sort.CHEAP
        return query.order_by(*(column if cheap else column.desc() for column in place))

    def _narrow(self) -> None:
        """Along the index lies what one has before the key of this order."""
        wanted, sort = self.filters, self.filters.sort
        if wanted.shop is not None:
            self._add(Product.workspace_id == wanted.shop, along=True)
        if wanted.category:
            self._add(Product.category == wanted.category, along=wanted.shop is None)
        if wanted.min_price is not None:
            self._add(Product.price >= wanted.min_price, along=sort in _PRICES)
        if wanted.max_price is not None:
            self._add(Product.price <= wanted.max_price, along=sort in _PRICES)
        if wanted.available:
            self._add(Product.on_hand > Product.reserved, along=False)
        if self._words is not None:
            self._add(_match(self._words), along=False)

    def _add(self, condition: ColumnElement[bool], *, along: bool) -> None:
        (self.along if along else self.across).append(condition)

    def _among_the_first(self) -> Select[Any]:
        """Those wanted, and the last one looked at, which tells that there are more."""
        walk = select(*self.place, and_(*self.across).label("wanted")).where(*self.along)
        first = self.in_order(walk).limit(SCAN).subquery("first")
        counted = select(first, func.row_number().over().label("number")).subquery("counted")
        found = select(counted.c.id, counted.c.wanted, counted.c.number).where(
            or_(counted.c.wanted, counted.c.number == SCAN)
        )
        return self.in_order(found, counted).limit(self.limit)

    def _everywhere(self) -> Select[Any]:
        found = select(*self.place).where(*self.along, *self.across)
        every = found.cte("every").prefix_with("MATERIALIZED")
        return self.in_order(select(every.c.id), every).limit(self.limit)


def _match(words: Any) -> ColumnElement[bool]:
    """The words as one value, so that they are folded once, not for each row."""
    return Product.search.op("@@", is_comparison=True)(select(words).scalar_subquery())


def _cursor_after(sort: Sort, last: ProductView) -> str:
    if sort is Sort.NEW:
        return encode_cursor(last.id)
    if sort is Sort.POPULAR:
        return encode_cursor(last.sold, last.id)
    return encode_cursor(str(last.rating if sort is Sort.RATED else last.price), last.id)


def _read(sort: Sort, cursor: str) -> tuple[object, ...]:
    if sort is Sort.NEW:
        return decode_cursor(cursor, int)
    if sort is Sort.POPULAR:
        return decode_cursor(cursor, int, int)
    place, id_ = decode_cursor(cursor, str, int)
    return _number(str(place)), id_


def _number(value: str) -> Decimal:
    try:
        number = Decimal(value)
    except ArithmeticError as error:
        raise BadCursor from error
    if not number.is_finite() or abs(number) >= 10**16:
        raise BadCursor
    return number
