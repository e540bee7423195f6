"""The history of one person, the newest first, and what of their debts is open, page by page."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, literal, or_, select, tuple_, union_all

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.debtors.models import Allocation, Debt, Payment
from koshelok.debtors.queries.entries import Part
from koshelok.debtors.queries.lines import RANKS, Line, LineKind, select_lines
from koshelok.infra.db import session


@dataclass(frozen=True, slots=True)
class Mention:
    """As much of a debt or a payment as another one that speaks of it needs."""

    kind: str
    id: int
    at: datetime
    amount: Decimal
    description: str


Mentions = dict[tuple[str, int], Mention]


@dataclass(frozen=True, slots=True)
class OpenSums:
    """What of a person's debts is open, and how much of that is late on a day; so'm."""

    count: int
    total: Decimal
    late: Decimal


def list_lines(debtor_id: int, *, limit: int, cursor: str | None = None) -> Page[Line]:
    """What happened to a person, the newest first; raises BadCursor."""
    after = decode_cursor(cursor, datetime, int, int) if cursor else None
    branches = []
    for kind, query in select_lines(debtor_id).items():
        at, id_ = _place(kind)
        if after:
            key = tuple_(at, literal(RANKS[kind]), id_)
            query = query.where(at <= after[0], key < tuple_(*map(literal, after)))
        newest = query.order_by(at.desc(), id_.desc()).limit(limit + 1).subquery()
        branches.append(select(*newest.c))
    every = union_all(*branches).subquery("every")
    order = (every.c.at.desc(), every.c.rank.desc(), every.c.id.desc())
    rows = session.execute(select(*every.c).order_by(*order).limit(limit + 1)).all()
    lines = [Line(*row) for row in rows[:limit]]
    last = lines[-1] if len(rows) > limit else None
    following = encode_cursor(last.at, last.rank, last.id) if last else None
    return Page(lines, following)


def previous_line(cursor: str | None) -> datetime | None:
    """When the line before the first of the page at `cursor` was; raises BadCursor."""
    return decode_cursor(cursor, datetime, int, int)[0] if cursor else None  # type: ignore[return-value]  # as it was asked for


def list_open(debtor_id: int, *, limit: int, cursor: str | None = None) -> Page[Line]:
    """What a person owes, the oldest first; raises BadCursor."""
    query = (
        select_lines(debtor_id)[LineKind.DEBT]
        .where(Debt.remaining > 0)
        .order_by(Debt.created_at, Debt.id)
    )
    if cursor:
        after = tuple_(*map(literal, decode_cursor(cursor, datetime, int)))
        query = query.where(tuple_(Debt.created_at, Debt.id) > after)
    rows = session.execute(query.limit(limit + 1)).all()
    lines = [Line(*row) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(lines, encode_cursor(lines[-1].at, lines[-1].id) if more else None)


def sum_open(debtor_id: int, today: date) -> OpenSums:
    """How much is open, and how much of it should have been paid by today."""
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Debt.remaining), 0),
            func.coalesce(func.sum(Debt.remaining).filter(Debt.due_date < today), 0),
        ).where(Debt.debtor_id == debtor_id, Debt.remaining > 0)
    ).one()
    return OpenSums(*row)


def explain(lines: Iterable[Line]) -> Mentions:
    """Fill in what covers each debt and what each payment covers, and tell of the debts and
    payments that the lines so speak of; in one query."""
    by_kind: dict[str, dict[int, Line]] = {kind: {} for kind in LineKind}
    for line in lines:
        by_kind[line.kind][line.id] = line
    debts, payments = by_kind[LineKind.DEBT], by_kind[LineKind.PAYMENT]
    live = Allocation.voided_at.is_(None)
    rows: Sequence[Any] = session.execute(
        select(
            Allocation.id, Allocation.debt_id, Allocation.payment_id, Allocation.kind,
            Allocation.amount, Allocation.reason, Allocation.created_at,
            Allocation.voided_at, Debt.created_at, Debt.amount, Debt.description,
            Payment.created_at, Payment.amount, Payment.description,
        )
        .join(Debt, Debt.id == Allocation.debt_id)
        .outerjoin(Payment, Payment.id == Allocation.payment_id)
        .where(
            or_(
                and_(Allocation.debt_id.in_(debts), live),
                and_(Allocation.payment_id.in_(payments), live),
                Allocation.id.in_(by_kind[LineKind.WRITE_OFF]),
            )
        )
        .order_by(Allocation.created_at, Allocation.id)
    ).all()  # fmt: skip
    mentions: Mentions = {}
    for row in rows:
        part = Part(*row[:7])
        voided_at, *debt = row[7:11]
        mentions[LineKind.DEBT, part.debt] = Mention(LineKind.DEBT, part.debt, *debt)
        if part.payment is not None:
            payment = Mention(LineKind.PAYMENT, part.payment, *row[11:])
            mentions[LineKind.PAYMENT, part.payment] = payment
        if voided_at is None:
            for side in (debts.get(part.debt), payments.get(part.payment or 0)):
                if side is not None:
                    side.parts.append(part)
    return mentions


def list_mentions(debts: Collection[int]) -> list[Mention]:
    """These debts, the oldest first; whose they are, the caller has asked."""
    rows = session.execute(
        select(Debt.id, Debt.created_at, Debt.amount, Debt.description)
        .where(Debt.id.in_(debts))
        .order_by(Debt.created_at, Debt.id)
    )
    return [Mention(LineKind.DEBT, *row) for row in rows]


def _place(kind: LineKind) -> tuple[Any, Any]:
    """The columns that say where in time a line of this kind stands."""
    table: Any = {LineKind.DEBT: Debt, LineKind.PAYMENT: Payment}.get(kind, Allocation)
    return table.created_at, table.id
