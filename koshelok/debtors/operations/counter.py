"""What the counter writes: a debt, a payment or a person, a new person with the entry at once."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from koshelok.debtors.errors import DebtorNotFound
from koshelok.debtors.models import Method
from koshelok.debtors.operations.debts import record_debt, void_debt
from koshelok.debtors.operations.payments import record_payment, void_payment
from koshelok.debtors.operations.people import create_debtor, remove_debtor
from koshelok.debtors.queries import find_by_client

UNDO = "Undo"


class EntryKind(StrEnum):
    """What is written."""

    DEBT = "debt"
    PAYMENT = "payment"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One press of a button at the counter. Without `debtor` or `debtor_client` (a person that
    the client made), the person is new and told by name and phone number."""

    kind: EntryKind
    client_id: UUID
    debtor: int | None = None
    debtor_client: UUID | None = None
    full_name: str = ""
    phone_number: str = ""
    amount: Decimal = Decimal(0)
    description: str = ""
    due_date: date | None = None
    method: str = Method.CASH
    first: tuple[int, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it."""

    kind: EntryKind
    id: int
    debtor: int


def write_entry(
    *, actor_id: int, workspace_id: int, entry: Entry, override_limit: bool = False
) -> Written:
    """Write an entry down with its person; the same `client_id` answers the same rows again.

    Raises what create_debtor, record_debt and record_payment raise.
    """
    who: dict[str, Any] = {"actor_id": actor_id, "workspace_id": workspace_id}
    debtor_id = _person(entry, **who)
    said: dict[str, Any] = {
        "debtor_id": debtor_id,
        "amount": entry.amount,
        "description": entry.description,
        "client_id": entry.client_id,
        "at": entry.at,
    }
    if entry.kind is EntryKind.PERSON:
        return Written(entry.kind, debtor_id, debtor_id)
    if entry.kind is EntryKind.PAYMENT:
        payment = record_payment(**who, **said, method=entry.method, first=entry.first)
        return Written(entry.kind, payment.id, debtor_id)
    debt = record_debt(**who, **said, due_date=entry.due_date, override_limit=override_limit)
    return Written(entry.kind, debt.id, debtor_id)


def undo_entry(*, actor_id: int, workspace_id: int, kind: EntryKind, entry_id: int) -> int:
    """Take back what was just written, as a void does; answers whose it was.

    Raises DebtNotFound, PaymentNotFound, DebtorNotFound, DebtorOwes, DebtorHasCredit.
    """
    who: dict[str, Any] = {"actor_id": actor_id, "workspace_id": workspace_id}
    if kind is EntryKind.PERSON:
        remove_debtor(**who, debtor_id=entry_id)
        return entry_id
    if kind is EntryKind.PAYMENT:
        return void_payment(**who, payment_id=entry_id, reason=UNDO).debtor
    return void_debt(**who, debt_id=entry_id, reason=UNDO).debtor


def client_id_of_person(entry: Entry) -> UUID:
    """Under which identifier the new person of an entry is kept; static/js/outbox.js knows it."""
    if entry.kind is EntryKind.PERSON:
        return entry.client_id
    return uuid5(entry.client_id, "person")


def _person(entry: Entry, *, actor_id: int, workspace_id: int) -> int:
    if entry.debtor is not None:
        return entry.debtor
    if entry.debtor_client is not None:
        known = find_by_client(workspace_id, entry.debtor_client)
        if known is None:
            raise DebtorNotFound
        return known
    return create_debtor(
        actor_id=actor_id,
        workspace_id=workspace_id,
        full_name=entry.full_name,
        phone_number=entry.phone_number,
        client_id=client_id_of_person(entry),
    ).id
