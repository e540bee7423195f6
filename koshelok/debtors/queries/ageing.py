"""How late what debtors owe is, by bucket, and the debts of each."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.debtors.ageing import Ageing, Bucket, age, days_of
from koshelok.debtors.models import Debt, Debtor, Due
from koshelok.debtors.queries.links import select_open_disputes
from koshelok.infra.db import session


@dataclass(frozen=True, slots=True)
class AgedDebt:
    """An open debt in a list that goes from the latest on; so'm."""

    id: int
    debtor: int
    full_name: str
    description: str
    remaining: Decimal
    due_date: date | None
    aged_from: date


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What debtors owe, how much of it is late (so'm), and how many entries they dispute."""

    total: Decimal
    late: Decimal
    disputes: int


def find_outstanding(workspace_id: int, today: date) -> Outstanding | None:
    """What a workspace's debtors owe; None where it has none. One row a day is read."""
    anybody = select(Debtor.id).where(
        Debtor.workspace_id == workspace_id, Debtor.deleted_at.is_(None)
    )
    row = session.execute(
        select(
            anybody.exists(),
            func.coalesce(func.sum(Due.amount), 0),
            func.coalesce(func.sum(Due.amount).filter(Due.day <= today), 0),
            select_open_disputes(workspace_id).scalar_subquery(),
        ).where(Due.workspace_id == workspace_id)
    ).one()
    return Outstanding(*row[1:]) if row[0] else None


def get_ageing(workspace_id: int, today: date) -> Ageing:
    """What is open in a workspace, by bucket: as quick at a million debts as at ten, for it
    reads one row a day."""
    rows = session.execute(
        select(Due.day, Due.amount).where(Due.workspace_id == workspace_id, Due.amount != 0)
    )
    return age(((day, amount) for day, amount in rows), today)


def get_debtor_ageing(debtor_id: int, today: date) -> Ageing:
    """What one person owes, by bucket."""
    rows = session.execute(
        select(Debt.aged_from, Debt.remaining).where(
            Debt.debtor_id == debtor_id, Debt.remaining > 0
        )
    )
    return age(((day, amount) for day, amount in rows), today)


def list_aged_debts(
    workspace_id: int, bucket: Bucket, today: date, *, limit: int, cursor: str | None = None
) -> Page[AgedDebt]:
    """The debts that a bucket sums, the longest late first."""
    query = _select_aged(workspace_id, bucket, today).limit(limit + 1)
    if cursor:
        query = query.where(
            tuple_(Debt.aged_from, Debt.debtor_id, Debt.id) > decode_cursor(cursor, date, int, int)
        )
    rows = [AgedDebt(*row) for row in session.execute(query)]
    more, rows = len(rows) > limit, rows[:limit]
    last = rows[-1] if more else None
    return Page(rows, encode_cursor(last.aged_from, last.debtor, last.id) if last else None)


def _select_aged(workspace_id: int, bucket: Bucket, today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Debt.id, Debt.debtor_id, Debtor.full_name, Debt.description, Debt.remaining,
            Debt.due_date, Debt.aged_from,
        )
        .join(Debtor, Debtor.id == Debt.debtor_id)
        .where(
            Debt.workspace_id == workspace_id,
            Debt.remaining > 0,
            Debt.aged_from.between(*days_of(bucket, today)),
        )
        .order_by(Debt.aged_from, Debt.debtor_id, Debt.id)
    )  # fmt: skip
