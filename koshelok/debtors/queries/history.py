"""The history of one person, the newest first, and what of their debts is open, page by page."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, literal, select, tuple_, union_all

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.debtors.models import Allocation, Debt, Payment
from koshelok.debtors.queries.entries import list_parts
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
    """What happened to a person, the newest first, each with what covers what; raises BadCursor."""
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
    return Page(_with_parts(lines), following)


def list_open(debtor_id: int, *, limit: int, cursor: str | None = None) -> Page[Line]:
    """What a person owes, the oldest first, each with what covers a part of it; raises
    BadCursor."""
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


def list_mentions(lines: Iterable[Line]) -> Mentions:
    """The debts and payments that these lines speak of."""
    lines = list(lines)
    parts = [part for line in lines for part in line.parts]
    debts = {part.debt for part in parts} | {line.debt for line in lines if line.debt}
    return get_mentions(debts, {part.payment for part in parts if part.payment})


def get_mentions(debts: Collection[int], payments: Collection[int] = ()) -> Mentions:
    """These debts and payments, in one query; whose they are, the caller has asked."""
    if not debts and not payments:
        return {}
    query = union_all(
        *(
            select(
                literal(str(kind)).label("kind"), table.id, table.created_at, table.amount,
                table.description,
            ).where(table.id.in_(ids))
            for kind, table, ids in (
                (LineKind.DEBT, Debt, debts), (LineKind.PAYMENT, Payment, payments),
            )
        )
    )  # fmt: skip
    found = (Mention(*row) for row in session.execute(query))
    return {(mention.kind, mention.id): mention for mention in found}


def _place(kind: LineKind) -> tuple[Any, Any]:
    """The columns that say where in time a line of this kind stands."""
    table: Any = {LineKind.DEBT: Debt, LineKind.PAYMENT: Payment}.get(kind, Allocation)
    return table.created_at, table.id


def _with_parts(lines: list[Line]) -> list[Line]:
    """Fill in what pays each debt, and what each payment pays, in one query."""
    debts = {line.id: line for line in lines if line.kind == LineKind.DEBT}
    payments = {line.id: line for line in lines if line.kind == LineKind.PAYMENT}
    if debts or payments:
        for part in list_parts(debts=debts, payments=payments):
            if part.debt in debts:
                debts[part.debt].parts.append(part)
            if part.payment in payments:
                payments[part.payment].parts.append(part)
    return lines
