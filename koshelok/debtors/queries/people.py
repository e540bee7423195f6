"""Reads of debtors."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from koshelok.debtors.errors import DebtorNotFound
from koshelok.debtors.models import Book, Debtor
from koshelok.infra.db import session


@dataclass(frozen=True, slots=True)
class Person:
    """A debtor as lists and the API show them; sums in so'm, one of the two is always 0."""

    id: int
    full_name: str
    phone_number: str
    note: str
    credit_limit: Decimal | None
    debt_total: Decimal
    credit: Decimal
    reminders: bool
    promised_on: date | None
    last_entry_at: datetime
    created_at: datetime

    @property
    def credit_balance(self) -> Decimal:
        """What the API calls the credit."""
        return self.credit

    @property
    def balance(self) -> Decimal:
        """What they owe; below zero it is what the shop holds for them."""
        return self.debt_total - self.credit


def select_people() -> Select[*tuple[Any, ...]]:
    """The columns of Person, in its order."""
    return select(
        Debtor.id,
        Debtor.full_name,
        Debtor.phone_number,
        Debtor.note,
        Debtor.credit_limit,
        Debtor.debt_total,
        Debtor.credit,
        Debtor.reminders,
        Debtor.promised_on,
        Debtor.last_entry_at,
        Debtor.created_at,
    )


LIMITS = (
    select(Debtor.id, Debtor.workspace_id, Debtor.credit_limit, Debtor.debt_total, Debtor.credit)
    .where(Debtor.deleted_at.is_(None))
    .subquery("debtor_limits")
)
"""What people of books owe and may owe, for what others join to it."""


def search_words(asked: str | None) -> str:
    """What somebody is looked for by; empty where that is nothing, and never with a NUL."""
    return (asked or "").replace("\0", "").strip()


def get_person(workspace_id: int, debtor_id: int) -> Person:
    """One person of the book; raises DebtorNotFound."""
    row = session.execute(
        select_people().where(
            Debtor.id == debtor_id,
            Debtor.workspace_id == workspace_id,
            Debtor.deleted_at.is_(None),
        )
    ).first()
    if row is None:
        raise DebtorNotFound
    return Person(*row)


def get_debtor(
    workspace_id: int, debtor_id: int, *, deleted: bool | None = False, lock: bool = False
) -> Debtor:
    """One person (or, on request, one put away, or any) as a row to change; raises DebtorNotFound.

    Locked, it holds all that is written of this person until the end of the transaction.
    """
    query = select(Debtor).where(Debtor.id == debtor_id, Debtor.workspace_id == workspace_id)
    if deleted is not None:
        query = query.where((Debtor.deleted_at.is_not(None)) == deleted)
    if lock:
        query = query.with_for_update(key_share=True)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise DebtorNotFound
    return found


def find_by_phone(workspace_id: int, phone_number: str) -> Person | None:
    """Who in the book has this number (E.164)."""
    row = session.execute(
        select_people().where(
            Debtor.workspace_id == workspace_id,
            Debtor.phone_number == phone_number,
            Debtor.deleted_at.is_(None),
        )
    ).first()
    return Person(*row) if row else None


def find_by_client(workspace_id: int, client_id: UUID) -> int | None:
    """The person whom a client made under its own identifier."""
    found: int | None = session.scalar(
        select(Debtor.id).where(Debtor.workspace_id == workspace_id, Debtor.client_id == client_id)
    )
    return found


def find_book(workspace_id: int) -> Book:
    """How the workspace runs its book; the defaults where it never said."""
    return session.get(Book, workspace_id) or Book(
        workspace_id=workspace_id, reminders=False, receipts=False, due_days=None, language="uz"
    )
