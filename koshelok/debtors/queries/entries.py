"""Reads of single debts and payments, and of what covers what."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from koshelok.debtors.errors import DebtNotFound, PaymentNotFound
from koshelok.debtors.models import Allocation, Debt, Debtor, Kind, Payment
from koshelok.infra.db import session


@dataclass(frozen=True, slots=True)
class Part:
    """A live part of a debt that a payment, credit or a write-off (no payment) covers."""

    id: int
    debt: int
    payment: int | None
    kind: str
    amount: Decimal
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DebtView:
    """A debt with its person and what covers it; amounts in so'm."""

    id: int
    debtor: int
    full_name: str
    phone_number: str
    amount: Decimal
    remaining: Decimal
    status: str
    description: str
    due_date: date | None
    created_at: datetime
    created_by: int | None
    voided_at: datetime | None
    void_reason: str | None
    parts: list[Part] = field(default_factory=list)

    @property
    def allocations(self) -> list[Part]:
        """What payments cover of it."""
        return [part for part in self.parts if part.kind != Kind.WRITE_OFF]

    @property
    def written_off(self) -> Decimal:
        """What of it was forgiven."""
        return sum((p.amount for p in self.parts if p.kind == Kind.WRITE_OFF), Decimal(0))


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with its person and what it covers; amounts in so'm."""

    id: int
    debtor: int
    full_name: str
    phone_number: str
    amount: Decimal
    credited: Decimal
    method: str
    description: str
    created_at: datetime
    created_by: int | None
    voided_at: datetime | None
    void_reason: str | None
    transfer_id: UUID | None
    parts: list[Part] = field(default_factory=list)

    @property
    def status(self) -> str:
        """`accepted`, or `voided`."""
        return "voided" if self.voided_at else "accepted"

    @property
    def allocations(self) -> list[Part]:
        """The debts that it covers."""
        return self.parts


def select_debts() -> Select[*tuple[Any, ...]]:
    """The columns of DebtView, in its order, without its parts."""
    return select(
        Debt.id, Debt.debtor_id, Debtor.full_name, Debtor.phone_number, Debt.amount,
        Debt.remaining, Debt.status, Debt.description, Debt.due_date, Debt.created_at,
        Debt.created_by_id, Debt.voided_at, Debt.void_reason,
    ).join(Debtor, Debtor.id == Debt.debtor_id)  # fmt: skip


def select_payments() -> Select[*tuple[Any, ...]]:
    """The columns of PaymentView, in its order, without its parts."""
    return select(
        Payment.id, Payment.debtor_id, Debtor.full_name, Debtor.phone_number, Payment.amount,
        Payment.credited, Payment.method, Payment.description, Payment.created_at,
        Payment.created_by_id, Payment.voided_at, Payment.void_reason, Payment.transfer_id,
    ).join(Debtor, Debtor.id == Payment.debtor_id)  # fmt: skip


def list_parts(*, debts: Collection[int] = (), payments: Collection[int] = ()) -> list[Part]:
    """The live parts of these debts and of these payments, the oldest first."""
    rows = session.execute(
        select(
            Allocation.id, Allocation.debt_id, Allocation.payment_id, Allocation.kind,
            Allocation.amount, Allocation.reason, Allocation.created_at,
        )
        .where(
            or_(Allocation.debt_id.in_(debts), Allocation.payment_id.in_(payments)),
            Allocation.voided_at.is_(None),
        )
        .order_by(Allocation.created_at, Allocation.id)
    )  # fmt: skip
    return [Part(*row) for row in rows]


def with_debt_parts(views: list[DebtView]) -> list[DebtView]:
    """Fill in what covers each of these debts, in one query."""
    by_id = {view.id: view for view in views}
    for part in list_parts(debts=by_id) if by_id else ():
        by_id[part.debt].parts.append(part)
    return views


def with_payment_parts(views: list[PaymentView]) -> list[PaymentView]:
    """Fill in what each of these payments covers, in one query."""
    by_id = {view.id: view for view in views}
    for part in list_parts(payments=by_id) if by_id else ():
        if part.payment is not None:
            by_id[part.payment].parts.append(part)
    return views


def get_debt(workspace_id: int, debt_id: int) -> DebtView:
    """One debt, voided or not; raises DebtNotFound."""
    row = session.execute(
        select_debts().where(Debt.id == debt_id, Debt.workspace_id == workspace_id)
    ).first()
    if row is None:
        raise DebtNotFound
    return with_debt_parts([DebtView(*row)])[0]


def get_payment(workspace_id: int, payment_id: int) -> PaymentView:
    """One payment, voided or not; raises PaymentNotFound."""
    row = session.execute(
        select_payments().where(Payment.id == payment_id, Payment.workspace_id == workspace_id)
    ).first()
    if row is None:
        raise PaymentNotFound
    return with_payment_parts([PaymentView(*row)])[0]


def list_open_debts(debtor_id: int) -> list[DebtView]:
    """What a person still owes, in the order in which money covers it."""
    rows = session.execute(
        select_debts()
        .where(Debt.debtor_id == debtor_id, Debt.remaining > 0)
        .order_by(Debt.created_at, Debt.id)
    )
    return [DebtView(*row) for row in rows]


def find_debt_by_client(workspace_id: int, client_id: UUID) -> DebtView | None:
    """The debt that a client wrote under its own identifier."""
    row = session.execute(
        select_debts().where(Debt.workspace_id == workspace_id, Debt.client_id == client_id)
    ).first()
    return with_debt_parts([DebtView(*row)])[0] if row else None


def find_payment_by_client(workspace_id: int, client_id: UUID) -> PaymentView | None:
    """The payment that a client wrote under its own identifier."""
    row = session.execute(
        select_payments().where(
            Payment.workspace_id == workspace_id, Payment.client_id == client_id
        )
    ).first()
    return with_payment_parts([PaymentView(*row)])[0] if row else None


def find_payment_by_transfer(workspace_id: int, transfer_id: UUID) -> PaymentView | None:
    """The payment for which our ledger moved the money."""
    row = session.execute(
        select_payments().where(
            Payment.workspace_id == workspace_id, Payment.transfer_id == transfer_id
        )
    ).first()
    return with_payment_parts([PaymentView(*row)])[0] if row else None
