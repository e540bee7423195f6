"""What happened to one person, in one order: debts, payments and write-offs.

The same columns of three tables, for the history of a person and for the statement.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Numeric,
    Select,
    String,
    case,
    literal,
    null,
    select,
)

from koshelok.debtors.models import Allocation, Debt, Kind, Payment
from koshelok.debtors.queries.entries import Part

_NOTHING = literal(Decimal(0), Numeric(18, 2))


class LineKind(StrEnum):
    """What a line tells of."""

    DEBT = "debt"
    PAYMENT = "payment"
    WRITE_OFF = "write_off"


# Of one instant, what was taken comes before what was given.
RANKS = {LineKind.DEBT: 0, LineKind.PAYMENT: 1, LineKind.WRITE_OFF: 2}


@dataclass(frozen=True, slots=True)
class Line:
    """A debt, a payment or a write-off; amounts in so'm.

    `id` is the debt's or the payment's, of a write-off its own; `debt` is the debt that it
    speaks of. `left` is what of a debt is open, or of a payment is credit. `effect` is what it
    does to the balance: a voided one nothing.
    """

    kind: str
    rank: int
    id: int
    debt: int | None
    at: datetime
    amount: Decimal
    effect: Decimal
    left: Decimal
    description: str
    due_date: date | None
    aged_from: date | None
    method: str | None
    created_by: int | None
    voided_at: datetime | None
    voided_by: int | None
    void_reason: str | None
    parts: list[Part] = field(default_factory=list)

    @property
    def voided(self) -> bool:
        """Whether it is struck through."""
        return self.voided_at is not None


def select_lines(debtor_id: int) -> dict[LineKind, Select[*tuple[Any, ...]]]:
    """The lines of a person by kind, each with the columns of Line in its order."""
    return {
        LineKind.DEBT: select(
            *_head(LineKind.DEBT), Debt.id, Debt.id.label("debt"), Debt.created_at.label("at"),
            Debt.amount, _effect(Debt.voided_at, Debt.amount), Debt.remaining.label("left"),
            Debt.description, Debt.due_date, Debt.aged_from, null().cast(String).label("method"),
            Debt.created_by_id, Debt.voided_at, Debt.voided_by_id, Debt.void_reason,
        ).where(Debt.debtor_id == debtor_id),
        LineKind.PAYMENT: select(
            *_head(LineKind.PAYMENT), Payment.id, null().cast(BigInteger).label("debt"),
            Payment.created_at.label("at"), Payment.amount,
            _effect(Payment.voided_at, -Payment.amount), Payment.credited.label("left"),
            Payment.description, null().cast(Date).label("due_date"),
            null().cast(Date).label("aged_from"), Payment.method,
            Payment.created_by_id, Payment.voided_at, Payment.voided_by_id, Payment.void_reason,
        ).where(Payment.debtor_id == debtor_id),
        LineKind.WRITE_OFF: select(
            *_head(LineKind.WRITE_OFF), Allocation.id, Allocation.debt_id.label("debt"),
            Allocation.created_at.label("at"), Allocation.amount,
            _effect(Allocation.voided_at, -Allocation.amount), _NOTHING.label("left"),
            Allocation.reason.label("description"), null().cast(Date).label("due_date"),
            null().cast(Date).label("aged_from"), null().cast(String).label("method"),
            Allocation.created_by_id, Allocation.voided_at, Allocation.voided_by_id,
            null().cast(String).label("void_reason"),
        ).where(Allocation.debtor_id == debtor_id, Allocation.kind == Kind.WRITE_OFF),
    }  # fmt: skip


def _head(kind: LineKind) -> tuple[ColumnElement[str], ColumnElement[int]]:
    return literal(str(kind)).label("kind"), literal(RANKS[kind]).label("rank")


def _effect(voided_at: Any, amount: Any) -> ColumnElement[Decimal]:
    return case((voided_at.is_(None), amount), else_=_NOTHING).label("effect")
