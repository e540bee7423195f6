"""The list of records: newest first, filtered, a page at a time, flat in the number of records.

Workspace, category, type and dates lie along an index in the order of the list. Words and amounts
do not, so they are looked for in bounded steps of one statement: among the newest SCAN records,
which answers for what is common; then, where those say that it is rare, through the index of words,
tags and categories or that of amounts; and what is neither (common words that are rare together)
among as many records more. A page that ends there may be short or empty, and its cursor goes on
from what was looked at, in longer strides. Left to itself the planner would, now and then, walk a
million records in order to find three.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.finance.errors import DatesReversed
from koshelok.finance.models import FIRST_DAY, LAST_DAY, Category, Transaction
from koshelok.finance.periods import Span
from koshelok.finance.queries.categories import get_category
from koshelok.finance.queries.filters import Filters
from koshelok.finance.queries.totals import records_of
from koshelok.finance.queries.transactions import Record
from koshelok.infra.db import session

SCAN, RARE = 2000, 2000
STRIDE, FARTHEST = 8, 256_000

records, categories = Transaction.__table__, Category.__table__
_FOUND = tuple(
    records.c[name]
    for name in (
        "id",
        "category_id",
        "type",
        "amount",
        "comment",
        "date",
        "created_at",
        "transfer_id",
        "split_id",
    )
)


def list_transactions(
    workspace_id: int, filters: Filters, *, limit: int, cursor: str | None = None
) -> Page[Record]:
    """A page of records, of a search also a short one before the last; raises NotFound for
    another's category, DatesReversed, BadCursor."""
    return _Search(workspace_id, filters, limit, cursor).run()


def day_before(cursor: str) -> date | None:
    """The day of the last row before a page; None where it was only looked at."""
    day, _, looked = decode_cursor(cursor, date, int, int)
    return None if looked else day  # type: ignore[return-value]  # a date by the line above


def day_reached(page: Page[Record], limit: int) -> date | None:
    """Down to which day a short page looked, where records are left before it."""
    if page.next_cursor is None or len(page.items) >= limit:
        return None
    return decode_cursor(page.next_cursor, date, int, int)[0]  # type: ignore[return-value]


def select_matching(workspace_id: int, filters: Filters) -> Select[int]:
    """The ids of all that a list shows, for a change of them at once; raises as the list does."""
    search = _Search(workspace_id, filters, 1, None)
    return select(records.c.id).where(search.along, *search.across(records))


def count_matching(workspace_id: int, filters: Filters, most: int) -> int:
    """How many records a list shows, counted up to one more than `most`."""
    some = select_matching(workspace_id, filters).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


class _Search:
    """One page of a list being looked up; one row more than the page tells whether more follow."""

    def __init__(self, workspace_id: int, filters: Filters, limit: int, cursor: str | None) -> None:
        if filters.category is not None:
            get_category(workspace_id, filters.category)
        if filters.start_date and filters.end_date and filters.end_date < filters.start_date:
            raise DatesReversed
        self.workspace_id = workspace_id
        self.filters = filters.understood()
        self.asked = filters.asked
        self.limit = limit
        self.after = decode_cursor(cursor, date, int, int) if cursor else None
        self.along = self._along_the_list()

    def run(self) -> Page[Record]:
        if not self.across(records):
            query = _shown(records).join(categories, categories.c.id == records.c.category_id)
            return self._page(session.execute(self._newest(query.where(self.along))).all())
        looked: int = self.after[-1] if self.after else 0  # type: ignore[assignment]  # an int
        stride = min(looked * STRIDE, FARTHEST) if looked else SCAN
        steps = self._one_stride(stride) if looked else self._in_steps(stride)
        rows = session.execute(steps).all()
        day, id_ = rows[0][-2:]
        found = [row[:-2] for row in rows if row[0] is not None]
        return self._page(found, encode_cursor(day, id_, stride) if day else None)

    def _page(self, rows: Sequence[Any], stopped: str | None = None) -> Page[Record]:
        """What was found, and the cursor to what follows, or to where looking stopped."""
        found = [Record(*row) for row in rows]
        if len(found) <= self.limit:
            return Page(found, stopped)
        last = found[self.limit - 1]
        return Page(found[: self.limit], encode_cursor(last.date, last.id, 0))

    def _one_stride(self, stride: int) -> Select[Any]:
        """What is met among so many records, and the last of them where more may follow."""
        near = self._look("near", stride)
        return _beside(self._newest_met(near), _end(near, stride))

    def _in_steps(self, stride: int) -> Select[Any]:
        """The same, each step taken only where those before it did not fill the page."""
        near = self._look("near", stride)
        here = _kept("here", self._newest_met(near))
        told = _kept("told", select(
            and_(_count(near) == stride, _count(here) <= self.limit).label("short"),
            self._is_rare(near).label("rare"),
        ))  # fmt: skip
        worth = select(and_(told.c.short, told.c.rare)).scalar_subquery()
        met = _kept(
            "met", select(*_FOUND).where(self.along, *self.across(records), worth).limit(RARE + 1)
        )
        way = _kept("way", select(
            and_(worth, _count(met) <= RARE).label("indexed"),
            and_(told.c.short, or_(not_(told.c.rare), _count(met) > RARE)).label("on"),
        ))  # fmt: skip
        indexed, on = (select(column).scalar_subquery() for column in way.c)
        far = self._look("far", stride, tuple_(records.c.date, records.c.id) < _edge(near), on)
        every = union_all(
            select(here).where(not_(indexed)), select(met).where(indexed), self._met(far)
        ).subquery("every")
        return _beside(self._newest(select(every), source=every), _end(far, stride))

    def _look(self, name: str, many: int, *conditions: ColumnElement[bool]) -> CTE:
        """So many records of the list, whatever they are."""
        along = select(*_FOUND, records.c.search).where(self.along, *conditions)
        return _kept(name, self._newest(along, many))

    def _met(self, source: FromClause) -> Select[Any]:
        columns = (source.c[column.name] for column in _FOUND)
        return select(*columns).where(*self.across(source))

    def _newest_met(self, source: FromClause) -> Select[Any]:
        return self._newest(self._met(source), source=source)

    def _is_rare(self, near: FromClause) -> ColumnElement[bool]:
        """Whether an index leads to few enough records, as the share of the newest tells."""
        led = self._leading(near)
        if led is None:
            return false()  # only what is left out: no index leads to the rest
        size = records_of(self.workspace_id, self._span(), self.filters.category)
        share = select(func.count().filter(led)).select_from(near).scalar_subquery()
        return share * size <= RARE * SCAN

    def _along_the_list(self) -> ColumnElement[bool]:
        columns, wanted = records.c, self.filters
        conditions = [columns.workspace_id == self.workspace_id, columns.deleted_at.is_(None)]
        if wanted.category is not None:
            conditions.append(columns.category_id == wanted.category)
        if wanted.type is not None:
            conditions.append(columns.type == wanted.type)
        if wanted.start_date is not None:
            conditions.append(columns.date >= wanted.start_date)
        if wanted.end_date is not None:
            conditions.append(columns.date <= wanted.end_date)
        if self.after:
            conditions.append(tuple_(columns.date, columns.id) < tuple_(*self.after[:2]))
        return and_(*conditions)

    def _span(self) -> Span | None:
        """The days that are looked at; None for all."""
        start, end = self.filters.start_date, self.filters.end_date
        return Span(start or FIRST_DAY, end or LAST_DAY) if start or end else None

    def across(self, source: FromClause) -> list[ColumnElement[bool]]:
        """What lies across the order of the list; beside words, no index of amounts is asked."""
        conditions = self._amounts(source)
        if self.asked.wanted:
            conditions = [condition.is_(True) for condition in conditions]
            conditions.append(self._words(source, self.asked.wanted))
        if self.asked.unwanted:  # of what is left out the index would read every place
            conditions.append(self._words(source, [], self.asked.unwanted).is_not(False))
        return conditions

    def _leading(self, source: FromClause) -> ColumnElement[bool] | None:
        """What an index leads to: the words, or the amounts where there is none."""
        if self.asked.wanted:
            return self._words(source, self.asked.wanted)
        return and_(*amounts) if (amounts := self._amounts(source)) else None

    def _words(
        self, source: FromClause, wanted: list[str], unwanted: list[str] | None = None
    ) -> ColumnElement[bool]:
        words = func.record_query(self.workspace_id, _texts(wanted), _texts(unwanted or []))
        # As one value, so that the words are folded once, not for each row.
        query = select(words).scalar_subquery()
        return source.c.search.op("@@", is_comparison=True)(query)

    def _amounts(self, source: FromClause) -> list[ColumnElement[bool]]:
        conditions = []
        if self.filters.min_amount is not None:
            conditions.append(source.c.amount >= self.filters.min_amount)
        if self.filters.max_amount is not None:
            conditions.append(source.c.amount <= self.filters.max_amount)
        return conditions

    def _newest(
        self, query: Select[Any], limit: int | None = None, source: FromClause = records
    ) -> Select[Any]:
        ordered = query.order_by(source.c.date.desc(), source.c.id.desc())
        return ordered.limit(limit or self.limit + 1)


def _shown(source: FromClause) -> Select[Any]:
    """The columns of Record, in its order."""
    page = source.c
    return select(
        page.id, page.category_id, categories.c.name, categories.c.code, page.type,
        page.amount, page.comment, page.date, page.created_at, page.transfer_id, page.split_id,
    ).select_from(source)  # fmt: skip


def _beside(page: Select[Any], end: CTE) -> Select[Any]:
    """The rows of a page as they are shown, and beside each of them the end."""
    rows = page.subquery("page")
    shown = _shown(rows).join(categories, categories.c.id == rows.c.category_id).subquery("shown")
    one = select(literal(1)).subquery("one")
    joined = one.outerjoin(end, true()).outerjoin(shown, true())
    newest = shown.c.date.desc(), shown.c.id.desc()
    return select(shown, end.c.date, end.c.id).select_from(joined).order_by(*newest)


def _end(looked: CTE, many: int) -> CTE:
    """Day and id of the last record looked at; nothing where the list ended before."""
    return _last(looked).where(_count(looked) == many).cte("stop")


def _edge(looked: CTE) -> ColumnElement[Any]:
    last = (
        select(looked.c.date, looked.c.id).order_by(looked.c.date, looked.c.id).limit(1).cte("edge")
    )
    return tuple_(select(last.c.date).scalar_subquery(), select(last.c.id).scalar_subquery())


def _last(looked: FromClause) -> Select[Any]:
    return select(looked.c.date, looked.c.id).order_by(looked.c.date, looked.c.id).limit(1)


def _kept(name: str, query: Select[*tuple[Any, ...]]) -> CTE:
    """A step whose rows the steps after it read; asked once."""
    return query.cte(name).prefix_with("MATERIALIZED")


def _count(source: FromClause) -> ColumnElement[int]:
    return select(func.count()).select_from(source).scalar_subquery()


def _texts(words: list[str]) -> ColumnElement[Any]:
    return cast(words, ARRAY(Text))
