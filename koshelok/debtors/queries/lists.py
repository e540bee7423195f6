"""The lists of the book: a page at a time, flat in the number of people, debts and payments.

Person, status and days lie along an index in the order of the list. Names do not, so they are
looked for in two bounded steps: among the newest SCAN rows, which answers for names that are
common; and, if those do not fill the page, through the index of names, which answers for rare
ones. Left to itself the planner would, now and then, walk a million debts to find three.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, lateral, select, true, tuple_

from koshelok.core.clock import TASHKENT, midnight, today
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.debtors.errors import DebtorNotFound
from koshelok.debtors.models import Debt, Debtor, Payment
from koshelok.debtors.queries.entries import (
    DebtView,
    PaymentView,
    select_debts,
    select_payments,
    with_debt_parts,
    with_payment_parts,
)
from koshelok.debtors.queries.people import Person, search_words, select_people
from koshelok.infra.db import session

SCAN = 500
QUERY_LIMIT = 100
OVERDUE = "overdue"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DebtFilters:
    """What a list of debts is narrowed to; None is no limit.

    `status` is a debt's, or OVERDUE: still open after its due date. `created_at` is a day in
    the zone; `full_name` a part of the name, as the counter finds people.
    """

    debtor: int | None = None
    status: str | None = None
    created_at: date | None = None
    full_name: str | None = None


def list_people(
    workspace_id: int, query: str | None = None, *, limit: int, cursor: str | None = None
) -> Page[Person]:
    """A page of people, those entered last first; raises BadCursor."""
    along = and_(Debtor.workspace_id == workspace_id, Debtor.deleted_at.is_(None))
    if cursor:
        along = and_(along, Debtor.id < decode_cursor(cursor, int)[0])
    if query := search_words(query):
        ids = _found_people(workspace_id, along, query, limit + 1)
        rows = select_people().where(Debtor.id.in_(ids)).order_by(Debtor.id.desc())
    else:
        rows = select_people().where(along).order_by(Debtor.id.desc()).limit(limit + 1)
    people = [Person(*row) for row in session.execute(rows)]
    more, people = len(people) > limit, people[:limit]
    return Page(people, encode_cursor(people[-1].id) if more else None)


def list_debts(
    workspace_id: int,
    filters: DebtFilters,
    *,
    limit: int,
    cursor: str | None = None,
    zone: str = TASHKENT,
) -> Page[DebtView]:
    """A page of debts with what covers them, the newest first; overdue ones go from the one
    that is due longest. Raises DebtorNotFound for another's, BadCursor."""
    filters = replace(filters, full_name=search_words(filters.full_name) or None)
    if filters.debtor is not None:
        if not _is_here(workspace_id, filters.debtor, filters.full_name):
            return Page([], None)
        filters = replace(filters, full_name=None)
    search = _Search(workspace_id, filters, limit + 1, cursor, zone)
    ids = search.run()
    rows = session.execute(select_debts().where(Debt.id.in_(ids)).order_by(*search.order))
    views = [DebtView(*row) for row in rows]
    more, views = len(views) > limit, views[:limit]
    return Page(with_debt_parts(views), search.cursor_after(views[-1]) if more else None)


def list_payments(
    workspace_id: int,
    *,
    debtor: int | None = None,
    created_at: date | None = None,
    limit: int,
    cursor: str | None = None,
    zone: str = TASHKENT,
) -> Page[PaymentView]:
    """A page of payments with what they cover, the newest first.

    `created_at` is a day in the zone. Raises DebtorNotFound for another's, BadCursor.
    """
    if debtor is not None:
        _is_here(workspace_id, debtor, None)
    whose = Payment.workspace_id == workspace_id if debtor is None else Payment.debtor_id == debtor
    along = [whose, *_on(Payment.created_at, created_at, zone)]
    if cursor:
        after = decode_cursor(cursor, datetime, int)
        along.append(tuple_(Payment.created_at, Payment.id) < tuple_(*after))
    order = (Payment.created_at.desc(), Payment.id.desc())
    page = select(Payment.id).where(*along).order_by(*order).limit(limit + 1)
    rows = session.execute(
        select_payments().where(Payment.id.in_(session.scalars(page).all())).order_by(*order)
    )
    views = [PaymentView(*row) for row in rows]
    more, views = len(views) > limit, views[:limit]
    last = views[-1] if more else None
    return Page(
        with_payment_parts(views), encode_cursor(last.created_at, last.id) if last else None
    )


def find_away(debtors: Collection[int]) -> set[int]:
    """Which of these people are put away."""
    return set(
        session.scalars(
            select(Debtor.id).where(Debtor.id.in_(debtors), Debtor.deleted_at.is_not(None))
        )
    )


def _is_here(workspace_id: int, debtor_id: int, name: str | None) -> bool:
    """Whether a person of the book, put away or not, goes by this name; raises DebtorNotFound."""
    found = session.scalars(
        select(_named(workspace_id, name) if name else true()).where(
            Debtor.id == debtor_id, Debtor.workspace_id == workspace_id
        )
    ).all()
    if not found:
        raise DebtorNotFound
    return bool(found[0])


def _named(workspace_id: int, text: str) -> ColumnElement[bool]:
    """The words as one value, so that they are folded once, not for each row."""
    asked = select(func.debtor_query(workspace_id, text)).scalar_subquery()
    return Debtor.search.op("@@", is_comparison=True)(asked)


def _on(column: Any, day: date | None, zone: str) -> list[ColumnElement[bool]]:
    """The instants of a day; nothing is from before or after what a calendar can tell."""
    if day is None:
        return []
    if not date.min + _ONE_DAY < day < date.max - _ONE_DAY:
        return [~true()]
    return [column >= midnight(day, zone), column < midnight(day + _ONE_DAY, zone)]


def _found_people(
    workspace_id: int, along: ColumnElement[bool], query: str, limit: int
) -> list[int]:
    recent = (
        select(Debtor.id, Debtor.search).where(along).order_by(Debtor.id.desc()).limit(SCAN)
    ).subquery("recent")
    asked = select(func.debtor_query(workspace_id, query)).scalar_subquery()
    among = (
        select(recent.c.id)
        .where(recent.c.search.op("@@", is_comparison=True)(asked))
        .order_by(recent.c.id.desc())
        .limit(limit)
    )
    found = session.scalars(among).all()
    if len(found) < limit:
        every = select(Debtor.id).where(along, _named(workspace_id, query))
        every = select(every.cte("every").prefix_with("MATERIALIZED"))
        found = session.scalars(every.order_by(every.selected_columns.id.desc()).limit(limit)).all()
    return list(found)


class _Search:
    """One list of debts being looked up; `limit` is one more than a page, to know whether more
    follow."""

    def __init__(
        self, workspace_id: int, filters: DebtFilters, limit: int, cursor: str | None, zone: str
    ) -> None:
        self.workspace_id = workspace_id
        self.filters = filters
        self.limit = limit
        self.overdue = filters.status == OVERDUE
        self.key: tuple[Any, Any] = (Debt.due_date if self.overdue else Debt.created_at, Debt.id)
        self.order = self._in_order(*self.key)
        self.wanted = and_(true(), *self._wanted(cursor, zone))

    def run(self) -> list[int]:
        """The ids of a page."""
        if self.filters.full_name is None:
            return list(session.scalars(self._page(self._whose())))
        found = session.scalars(self._among_the_newest()).all()
        return list(
            found if len(found) == self.limit else session.scalars(self._through_the_names())
        )

    def cursor_after(self, view: DebtView) -> str:
        """What follows this debt."""
        return encode_cursor(
            view.due_date if self.overdue and view.due_date else view.created_at, view.id
        )

    def _in_order(self, *key: Any) -> list[ColumnElement[Any]]:
        return [column if self.overdue else column.desc() for column in key]

    def _whose(self) -> ColumnElement[bool]:
        """Of a person whom the caller has found in the workspace, or of the workspace."""
        if self.filters.debtor is not None:
            return Debt.debtor_id == self.filters.debtor
        return Debt.workspace_id == self.workspace_id

    def _wanted(self, cursor: str | None, zone: str) -> list[ColumnElement[bool]]:
        conditions = _on(Debt.created_at, self.filters.created_at, zone)
        if self.overdue:
            conditions += [Debt.remaining > 0, Debt.due_date < today(zone)]
        elif self.filters.status is not None:
            conditions += [Debt.status >= self.filters.status, Debt.status <= self.filters.status]
        if cursor:
            after = tuple_(*decode_cursor(cursor, date if self.overdue else datetime, int))
            key = tuple_(*self.key)
            conditions.append(key > after if self.overdue else key < after)
        return conditions

    def _page(self, whose: ColumnElement[bool], limit: int | None = None) -> Select[Any]:
        """One state is asked for as a range, and is in the order: only an index that has it then
        gives the order. Asked as `=`, the planner walks the newest, where none may be paid yet."""
        state = [Debt.status] if self.filters.status is not None and not self.overdue else []
        return (
            select(Debt.id, self.key[0].label("place"), Debt.debtor_id)
            .where(whose, self.wanted)
            .order_by(*state, *self.order)
            .limit(limit or self.limit)
        )

    def _among_the_newest(self) -> Select[Any]:
        recent = self._page(self._whose(), SCAN).subquery("recent")
        named = (
            select(_named(self.workspace_id, self.filters.full_name or ""))
            .where(Debtor.id == recent.c.debtor_id)
            .scalar_subquery()
        )
        return self._first(select(recent.c.id).where(named), recent)

    def _through_the_names(self) -> Select[Any]:
        """A page can only be of those whose newest debts are the newest: of as many people as a
        page has rows."""
        people = (
            select(Debtor.id)
            .where(
                Debtor.workspace_id == self.workspace_id,
                _named(self.workspace_id, self.filters.full_name or ""),
            )
            .cte("people")
            .prefix_with("MATERIALIZED")
        )
        newest = lateral(self._page(Debt.debtor_id == people.c.id, 1), "newest")
        heads = self._first(
            select(newest.c.debtor_id).select_from(people).join(newest, true()), newest
        ).subquery("heads")
        each = lateral(self._page(Debt.debtor_id == heads.c.debtor_id), "each")
        return self._first(select(each.c.id).select_from(heads).join(each, true()), each)

    def _first(self, query: Select[Any], source: Any) -> Select[Any]:
        return query.order_by(*self._in_order(source.c.place, source.c.id)).limit(self.limit)
