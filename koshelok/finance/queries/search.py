"""The list of records: newest first, filtered, a page at a time, flat in the number of records.

Workspace, category, type and dates lie along an index in the order of the list. Words and amounts
do not, so they are looked for in bounded steps: among the newest SCAN records, which answers for
what is common; then, where those say that it is rare, through the index of words, tags and
categories or that of amounts; and what is neither (common words that are rare together) among LOOK
records more. A page that ends there may be short or empty, and its cursor goes on from what was
looked at, in longer strides. Left to itself the planner would, now and then, walk a million records
in order to find three.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    cast,
    func,
    select,
    true,
    tuple_,
)
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

SCAN, LOOK = 2000, 4000
STRIDE, FARTHEST = 8, 256_000
RARE = 2000

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
            return self._page(self._plainly())
        looked: int = self.after[-1] if self.after else 0  # type: ignore[assignment]  # an int
        if looked:
            return self._look_on([], 0, min(looked * STRIDE, FARTHEST))
        found = self._among(0, SCAN)
        if len(found) > self.limit:
            return self._page(found)
        rest = self._through_the_index()
        return self._look_on(found, SCAN, LOOK) if rest is None else self._page(rest or found)

    def _page(self, rows: list[Record]) -> Page[Record]:
        if len(rows) <= self.limit:
            return Page(rows, None)
        last = rows[self.limit - 1]
        return Page(rows[: self.limit], encode_cursor(last.date, last.id, 0))

    def _look_on(self, found: list[Record], skipped: int, many: int) -> Page[Record]:
        """What is met among so many records more; the next page goes on where these end."""
        found = found + self._among(skipped, many)
        if len(found) > self.limit:
            return self._page(found)
        end = select(records.c.date, records.c.id).where(self.along)
        last = session.execute(self._newest(end, 1).offset(skipped + many - 1)).first()
        return Page(found, encode_cursor(last.date, last.id, many) if last else None)

    def _plainly(self) -> list[Record]:
        query = _shown(records).join(categories, categories.c.id == records.c.category_id)
        rows = session.execute(self._newest(query.where(self.along)))
        return [Record(*row) for row in rows]

    def _among(self, skipped: int, many: int) -> list[Record]:
        """What is met among so many records of the list."""
        along = self._newest(select(*_FOUND, records.c.search).where(self.along), many)
        source = along.offset(skipped).subquery("along")
        found = select(*(source.c[column.name] for column in _FOUND)).where(*self.across(source))
        page = self._newest(found, source=source).subquery("page")
        return [Record(*row) for row in session.execute(_newest_shown(page))]

    def _through_the_index(self) -> list[Record] | None:
        """What is met anywhere, nothing where the newest SCAN are all there is; None where that
        may be more than is worth sorting."""
        scanned = self._newest(
            select(records.c.search, records.c.amount).where(self.along), SCAN
        ).subquery("scanned")
        led = self._leading(scanned)
        if led is None:
            return None  # only what is left out: no index leads to the rest
        size = records_of(self.workspace_id, self._span(), self.filters.category)
        share = func.count().filter(led) * size / SCAN
        told = (
            select(func.count().label("scanned"), share.label("expected"))
            .select_from(scanned)
            .cte("told")
            .prefix_with("MATERIALIZED")
        )
        worth = select(and_(told.c.scanned == SCAN, told.c.expected <= RARE)).scalar_subquery()
        met = select(*_FOUND).where(self.along, *self.across(records), worth).limit(RARE + 1)
        found = met.cte("found").prefix_with("MATERIALIZED")
        count = select(func.count()).select_from(found).scalar_subquery()
        page = self._newest(select(found), source=found).subquery("page")
        shown = _newest_shown(page).subquery("shown")
        rows = session.execute(
            select(shown, told.c.scanned, told.c.expected, count).select_from(
                told.outerjoin(shown, true())
            )
        ).all()
        all_scanned, expected, many = rows[0][-3:]
        if all_scanned == SCAN and max(expected, many) > RARE:
            return None
        return [Record(*row[:-3]) for row in rows if row[0] is not None]

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
        """What lies across the order of the list."""
        conditions = self._amounts(source)
        if self.asked.wanted:
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


def _newest_shown(page: FromClause) -> Select[Any]:
    shown = _shown(page).join(categories, categories.c.id == page.c.category_id)
    return shown.order_by(page.c.date.desc(), page.c.id.desc())


def _texts(words: list[str]) -> ColumnElement[Any]:
    return cast(words, ARRAY(Text))
