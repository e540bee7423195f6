"""Entering people into the book, changing what is known of them, putting them away."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.core.money import positive
from koshelok.core.phones import read_phone
from koshelok.core.text import clean
from koshelok.debtors.errors import DebtorHasCredit, DebtorOwes, PhoneTaken
from koshelok.debtors.models import NAME_LIMIT, NOTE_LIMIT, Debtor
from koshelok.debtors.operations.links import shut_links
from koshelok.debtors.queries import (
    Person,
    find_by_client,
    find_by_phone,
    get_debtor,
    get_person,
)
from koshelok.infra.db import session


def create_debtor(
    *,
    actor_id: int,
    workspace_id: int,
    full_name: str,
    phone_number: str,
    note: str = "",
    credit_limit: Decimal | None = None,
    client_id: UUID | None = None,
) -> Person:
    """Enter a person; the phone in any spelling, the limit in so'm.

    The same `client_id` answers the same person again. Raises Invalid, PhoneTaken.
    """
    debtor = Debtor(
        workspace_id=workspace_id,
        full_name=_clean_name(full_name),
        phone_number=read_phone(phone_number),
        note=clean(note, limit=NOTE_LIMIT, field="note"),
        credit_limit=None if credit_limit is None else positive(credit_limit),
        client_id=client_id,
        created_by_id=actor_id,
        last_entry_at=now(),
    )
    if client_id and (known := find_by_client(workspace_id, client_id)):
        return get_person(workspace_id, known)
    try:
        _save(debtor)
    except (PhoneTaken, IntegrityError):
        # of two replays at once, one came first
        if client_id and (known := find_by_client(workspace_id, client_id)):
            return get_person(workspace_id, known)
        raise
    return get_person(workspace_id, debtor.id)


def edit_debtor(
    *,
    actor_id: int,
    workspace_id: int,
    debtor_id: int,
    full_name: str | None = None,
    phone_number: str | None = None,
    note: str | None = None,
    credit_limit: Decimal | None = None,
    clear_limit: bool = False,
    reminders: bool | None = None,
) -> Person:
    """Change what is given and keep the rest; a link dies with the number that it was sent to.

    Raises as create_debtor, and DebtorNotFound.
    """
    debtor = get_debtor(workspace_id, debtor_id, lock=True)
    number = debtor.phone_number
    changes: dict[str, Any] = {}
    if full_name is not None:
        changes["full_name"] = _clean_name(full_name)
    if phone_number is not None:
        changes["phone_number"] = read_phone(phone_number)
    if note is not None:
        changes["note"] = clean(note, limit=NOTE_LIMIT, field="note")
    if credit_limit is not None or clear_limit:
        changes["credit_limit"] = None if credit_limit is None else positive(credit_limit)
    if reminders is not None:
        changes["reminders"] = reminders
    _save(debtor, **changes)
    if debtor.phone_number != number:
        shut_links(actor_id=actor_id, workspace_id=workspace_id, debtors=[debtor_id])
    return get_person(workspace_id, debtor_id)


def note_promise(*, actor_id: int, workspace_id: int, debtor_id: int, day: date | None) -> Person:
    """Note when a debtor promised to pay, or forget it; a payment forgets it too."""
    debtor = get_debtor(workspace_id, debtor_id, lock=True)
    debtor.promised_on = day
    session.flush()
    return get_person(workspace_id, debtor_id)


def remove_debtor(*, actor_id: int, workspace_id: int, debtor_id: int) -> None:
    """Put a settled person away and shut their link; the history stays.

    Raises DebtorNotFound, DebtorOwes, DebtorHasCredit.
    """
    debtor = get_debtor(workspace_id, debtor_id, lock=True)
    if debtor.debt_total > 0:
        raise DebtorOwes
    if debtor.credit > 0:
        raise DebtorHasCredit
    shut_links(actor_id=actor_id, workspace_id=workspace_id, debtors=[debtor_id])
    debtor.deleted_at = now()
    session.flush()


def restore_debtor(*, actor_id: int, workspace_id: int, debtor_id: int) -> Person:
    """Bring back a person who was put away. Raises DebtorNotFound, PhoneTaken."""
    debtor = get_debtor(workspace_id, debtor_id, deleted=True, lock=True)
    _save(debtor, deleted_at=None)
    return get_person(workspace_id, debtor_id)


def _clean_name(name: str) -> str:
    return clean(" ".join(name.split()), limit=NAME_LIMIT, field="full_name", required=True)


def _save(debtor: Debtor, **changes: Any) -> None:
    """Write the row, so changed; what the database refuses becomes the rule it stands for."""
    workspace_id, phone = debtor.workspace_id, changes.get("phone_number", debtor.phone_number)
    try:
        with session.begin_nested():  # flushes first: only what changes after it is taken back
            for name, value in changes.items():
                setattr(debtor, name, value)
            session.add(debtor)
            session.flush()
    except IntegrityError as error:
        known = find_by_phone(workspace_id, phone)
        if known is None or "uq_debtors_" not in str(error.orig):
            raise
        raise PhoneTaken(full_name=known.full_name, extensions={"debtor": known.id}) from error
