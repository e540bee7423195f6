"""The list of records: newest first, filtered, a page at a time, flat in the number of records.

Workspace, category, type and dates lie along an index in the order of the list. Words and amounts
do not, so they are looked for in bounded steps: among the newest SCAN records, which answers for
what is common; then through the index of words, tags and categories, and that of amounts, which
answers for what is rare, also where each word alone is common; and what is neither (common once,
but not lately) by walking on along the list, in ever longer strides. Left to itself the planner
would, now and then, walk a million records in order to find three.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
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
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from koshelok.core.clock import today as the_day
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.finance.errors import DatesReversed
from koshelok.finance.models import Category, Transaction
from koshelok.finance.queries.categories import get_category
from koshelok.finance.queries.transactions import Record
from koshelok.finance.search_words import Asked, understand
from koshelok.infra.db import session

SCAN = 4000
RARE = 20_000
STRIDE = 8
QUERY_LIMIT = 100

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


def _shown(source: FromClause) -> Select[Any]:
    """The columns of Record, in its order."""
    page = source.c
    return select(
        page.id, page.category_id, categories.c.name, categories.c.code, page.type,
        page.amount, page.comment, page.date, page.created_at, page.transfer_id, page.split_id,
    ).select_from(source)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None is no limit. Days and amounts are included.

    `query` is of the language of search_words, read on the day `today` (by default that of
    Tashkent), where months begin on the day `first`.
    """

    category: int | None = None
    type: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    query: str | None = None
    today: date | None = None
    first: int = 1

    @property
    def asked(self) -> Asked:
        """What the query says."""
        return understand(self.query, today=self.today or the_day(), first=self.first)

    def understood(self) -> "Filters":
        """With the amounts and days of the query among the others."""
        asked = self.asked
        starts = [self.start_date, asked.span.start if asked.span else None]
        ends = [self.end_date, asked.span.end if asked.span else None]
        return replace(
            self,
            start_date=max((day for day in starts if day), default=None),
            end_date=min((day for day in ends if day), default=None),
            min_amount=max(_given(self.min_amount, asked.least), default=None),
            max_amount=min(_given(self.max_amount, asked.most), default=None),
        )


def _given(*amounts: Decimal | None) -> list[Decimal]:
    return [amount for amount in amounts if amount is not None]


def list_transactions(
    workspace_id: int, filters: Filters, *, limit: int, cursor: str | None = None
) -> Page[Record]:
    """A page of records; raises NotFound for another's category, DatesReversed, BadCursor."""
    rows = _Search(workspace_id, filters, limit + 1, cursor).run()
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], encode_cursor(last.date, last.id))


def select_matching(workspace_id: int, filters: Filters) -> Select[int]:
    """The ids of all that a list shows, for a change of them at once; raises as the list does."""
    search = _Search(workspace_id, filters, 1, None)
    return select(records.c.id).where(search.along, *search.across(records))


def count_matching(workspace_id: int, filters: Filters, most: int) -> int:
    """How many records a list shows, counted up to one more than `most`."""
    some = select_matching(workspace_id, filters).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


class _Search:
    """One list being looked up; `limit` is one more than a page, to know whether more follow."""

    def __init__(self, workspace_id: int, filters: Filters, limit: int, cursor: str | None) -> None:
        if filters.category is not None:
            get_category(workspace_id, filters.category)
        if filters.start_date and filters.end_date and filters.end_date < filters.start_date:
            raise DatesReversed
        self.workspace_id = workspace_id
        self.filters = filters.understood()
        self.asked = filters.asked
        self.limit = limit
        self.along = self._along_the_list(cursor)

    def run(self) -> list[Record]:
        if not self.across(records):
            return self._plainly()
        found = self._among(0, SCAN)
        if len(found) < self.limit:
            rare = self._through_the_index()
            found = self._walk_on(found) if rare is None else rare
        return found[: self.limit]

    def _plainly(self) -> list[Record]:
        query = _shown(records).join(categories, categories.c.id == records.c.category_id)
        rows = session.execute(self._newest(query.where(self.along)))
        return [Record(*row) for row in rows]

    def _among(self, skipped: int, many: int) -> list[Record]:
        """What is met among so many records of the list."""
        along = self._newest(select(*_FOUND, records.c.search).where(self.along), many)
        source = along.offset(skipped).subquery("along")
        found = select(*(source.c[column.name] for column in _FOUND)).where(*self.across(source))
        return [Record(*row) for row in self._fetch(self._newest(found, source=source))]

    def _through_the_index(self) -> list[Record] | None:
        """What is met anywhere; None where that is more than is worth sorting."""
        if not self.asked.wanted and not self._amounts(records):
            return None  # only what is left out: no index leads to the rest
        met = select(*_FOUND).where(self.along, *self.across(records)).limit(RARE + 1)
        found = met.cte("found").prefix_with("MATERIALIZED")
        rows = self._fetch(
            self._newest(select(found), source=found),
            select(func.count()).select_from(found).scalar_subquery(),
        )
        if rows and rows[0][-1] > RARE:
            return None
        return [Record(*row[:-1]) for row in rows]

    def _walk_on(self, found: list[Record]) -> list[Record]:
        skipped, many = SCAN, SCAN * STRIDE
        while len(found) < self.limit and self._has_more_than(skipped):
            found = found + self._among(skipped, many)
            skipped, many = skipped + many, many * STRIDE
        return found

    def _has_more_than(self, skipped: int) -> bool:
        rest = self._newest(select(records.c.id).where(self.along), 1).offset(skipped)
        return session.scalar(rest) is not None

    def _along_the_list(self, cursor: str | None) -> ColumnElement[bool]:
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
        if cursor:
            after = decode_cursor(cursor, date, int)
            conditions.append(tuple_(columns.date, columns.id) < tuple_(*after))
        return and_(*conditions)

    def across(self, source: FromClause) -> list[ColumnElement[bool]]:
        """What lies across the order of the list."""
        conditions = self._amounts(source)
        asked = self.asked
        if asked.wanted or asked.unwanted:
            words = func.record_query(
                self.workspace_id, _texts(asked.wanted), _texts(asked.unwanted)
            )
            # As one value, so that the words are folded once, not for each row.
            query = select(words).scalar_subquery()
            conditions.append(source.c.search.op("@@", is_comparison=True)(query))
        return conditions

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
        return query.order_by(source.c.date.desc(), source.c.id.desc()).limit(limit or self.limit)

    def _fetch(self, query: Select[Any], *more: ColumnElement[Any]) -> list[Any]:
        page = query.subquery("page")
        shown = _shown(page).add_columns(*more)
        return list(
            session.execute(
                shown.join(categories, categories.c.id == page.c.category_id).order_by(
                    page.c.date.desc(), page.c.id.desc()
                )
            )
        )


def _texts(words: list[str]) -> ColumnElement[Any]:
    return cast(words, ARRAY(Text))
