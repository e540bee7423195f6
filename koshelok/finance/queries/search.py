"""The list of records: newest first, filtered, a page at a time, flat in the number of records.

Workspace, category, type and dates lie along an index in the order of the list. Text and
amounts do not, so they are looked for in two bounded steps: among the newest SCAN records,
which answers for what is common; and, if those do not fill the page, through the index of
words or amounts, which answers for what is rare. Left to itself the planner would, now and
then, walk a million records in order to find three.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    func,
    lateral,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.finance.errors import DatesReversed
from koshelok.finance.models import Category, Transaction
from koshelok.finance.queries.categories import get_category
from koshelok.finance.queries.transactions import Record
from koshelok.infra.db import session

SCAN = 4000
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
    """What a list is narrowed to; None is no limit. Days and amounts are included."""

    category: int | None = None
    type: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    query: str | None = None


def list_transactions(
    workspace_id: int, filters: Filters, *, limit: int, cursor: str | None = None
) -> Page[Record]:
    """A page of records; raises NotFound for another's category, DatesReversed, BadCursor."""
    if filters.category is not None:
        get_category(workspace_id, filters.category)
    if filters.start_date and filters.end_date and filters.end_date < filters.start_date:
        raise DatesReversed
    filters = replace(filters, query=(filters.query or "").strip() or None)
    search = _Search(workspace_id, filters, limit + 1, cursor)
    rows = search.run()
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], encode_cursor(last.date, last.id))


class _Search:
    """One list being looked up; `limit` is one more than a page, to know whether more follow."""

    def __init__(self, workspace_id: int, filters: Filters, limit: int, cursor: str | None) -> None:
        self.workspace_id = workspace_id
        self.filters = filters
        self.limit = limit
        self.along = self._along_the_list(cursor)

    def run(self) -> list[Record]:
        if self.filters.query is None and not self._amounts(records):
            return self._plainly()
        found = self._among_the_newest()
        return found if len(found) == self.limit else self._through_the_index()

    def _plainly(self) -> list[Record]:
        query = _shown(records).join(categories, categories.c.id == records.c.category_id)
        rows = session.execute(self._newest(query.where(self.along)))
        return [Record(*row) for row in rows]

    def _among_the_newest(self) -> list[Record]:
        recent = self._newest(select(*_FOUND, records.c.search).where(self.along), SCAN)
        source = recent.subquery("recent")
        found = select(*(source.c[column.name] for column in _FOUND)).where(*self._across(source))
        return self._fetch(self._newest(found, source=source))

    def _through_the_index(self) -> list[Record]:
        named = self.filters.query is not None
        conditions = [self.along, *self._amounts(records)]
        if named:
            conditions += [self._by_words(records), ~self._by_category_name(records)]
        found = select(*_FOUND).where(*conditions).cte("found").prefix_with("MATERIALIZED")
        if not named:
            return self._fetch(self._newest(select(found), source=found))
        every = union_all(select(found), self._of_named_categories()).subquery("every")
        return self._fetch(self._newest(select(every), source=every))

    def _of_named_categories(self) -> Select[Any]:
        newest = lateral(
            self._newest(
                select(*_FOUND).where(
                    records.c.category_id == Category.id, self.along, *self._amounts(records)
                )
            ),
            name="newest",
        )
        return (
            select(newest)
            .select_from(Category)
            .join(newest, true())
            .where(Category.workspace_id == self.workspace_id, self._category_named())
        )

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

    def _across(self, source: FromClause) -> list[ColumnElement[bool]]:
        conditions = self._amounts(source)
        if self.filters.query is not None:
            conditions.append(or_(self._by_words(source), self._by_category_name(source)))
        return conditions

    def _amounts(self, source: FromClause) -> list[ColumnElement[bool]]:
        conditions = []
        if self.filters.min_amount is not None:
            conditions.append(source.c.amount >= self.filters.min_amount)
        if self.filters.max_amount is not None:
            conditions.append(source.c.amount <= self.filters.max_amount)
        return conditions

    def _asked(self) -> ScalarSelect[Any]:
        """The words as one value, so that they are folded once, not for each row."""
        return select(func.search_query(self.workspace_id, self.filters.query)).scalar_subquery()

    def _by_words(self, source: FromClause) -> ColumnElement[bool]:
        return source.c.search.op("@@", is_comparison=True)(self._asked())

    def _category_named(self) -> ColumnElement[bool]:
        return Category.search.op("@@", is_comparison=True)(self._asked())

    def _by_category_name(self, source: FromClause) -> ColumnElement[bool]:
        named = select(Category.id).where(
            Category.workspace_id == self.workspace_id, self._category_named()
        )
        return source.c.category_id.in_(named)

    def _newest(
        self, query: Select[Any], limit: int | None = None, source: FromClause = records
    ) -> Select[Any]:
        return query.order_by(source.c.date.desc(), source.c.id.desc()).limit(limit or self.limit)

    def _fetch(self, query: Select[Any]) -> list[Record]:
        page = query.subquery("page")
        rows = session.execute(
            _shown(page)
            .join(categories, categories.c.id == page.c.category_id)
            .order_by(page.c.date.desc(), page.c.id.desc())
        )
        return [Record(*row) for row in rows]
