"""The whole book, row after row, for an export: what stands at one moment."""

from typing import Any

from sqlalchemy import Select, func, select

from koshelok.debtors.models import Allocation, Debt, Debtor, Payment
from koshelok.infra.db import session
from koshelok.infra.streams import freeze, stream

__all__ = [
    "count_book",
    "freeze",
    "select_covered",
    "select_given",
    "select_kept",
    "select_taken",
    "stream",
]


def count_book(workspace_id: int) -> int:
    """How many rows the whole book has."""
    return sum(
        session.scalar(select(func.count()).select_from(query(workspace_id).subquery())) or 0
        for query in (select_kept, select_taken, select_given, select_covered)
    )


def select_kept(workspace_id: int) -> Select[*tuple[Any, ...]]:
    """The people who are in the book."""
    return (
        select(
            Debtor.full_name, Debtor.phone_number, Debtor.note, Debtor.credit_limit,
            Debtor.debt_total, Debtor.credit,
        )
        .where(Debtor.workspace_id == workspace_id, Debtor.deleted_at.is_(None))
        .order_by(Debtor.id)
    )  # fmt: skip


def select_taken(workspace_id: int) -> Select[*tuple[Any, ...]]:
    """Every debt, also voided ones and those of people who were put away."""
    return (
        select(
            Debt.id, Debtor.full_name, Debtor.phone_number, Debt.created_at, Debt.amount,
            Debt.remaining, Debt.status, Debt.due_date, Debt.description, Debt.void_reason,
        )
        .join(Debtor, Debtor.id == Debt.debtor_id)
        .where(Debt.workspace_id == workspace_id)
        .order_by(Debt.created_at.desc(), Debt.id.desc())
    )  # fmt: skip


def select_given(workspace_id: int) -> Select[*tuple[Any, ...]]:
    """Every payment, also voided ones."""
    return (
        select(
            Payment.id, Debtor.full_name, Debtor.phone_number, Payment.created_at, Payment.amount,
            Payment.credited, Payment.method, Payment.description, Payment.void_reason,
        )
        .join(Debtor, Debtor.id == Payment.debtor_id)
        .where(Payment.workspace_id == workspace_id)
        .order_by(Payment.created_at.desc(), Payment.id.desc())
    )  # fmt: skip


def select_covered(workspace_id: int) -> Select[*tuple[Any, ...]]:
    """Every part of a debt that was covered, also voided ones."""
    return (
        select(
            Allocation.debt_id, Allocation.payment_id, Allocation.kind, Allocation.amount,
            Allocation.created_at, Allocation.voided_at, Allocation.reason,
        )
        .join(Debt, Debt.id == Allocation.debt_id)
        .where(Debt.workspace_id == workspace_id)
        .order_by(Debt.created_at.desc(), Debt.id.desc(), Allocation.id)
    )  # fmt: skip
