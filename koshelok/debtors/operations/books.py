"""How a workspace runs its book."""

from sqlalchemy.dialects.postgresql import insert

from koshelok.audit import operations as audit
from koshelok.debtors.errors import DueDaysOutOfRange, UnknownLanguage
from koshelok.debtors.models import Book
from koshelok.debtors.queries import find_book
from koshelok.infra.db import session

MOST_DUE_DAYS = 3650
LANGUAGES = ("uz", "ru", "en")


def edit_book(
    *,
    actor_id: int,
    workspace_id: int,
    reminders: bool,
    receipts: bool,
    due_days: int | None,
    language: str,
) -> Book:
    """Say whether debtors are sent reminders and receipts, in which language, and in how many
    days a debt is due where nobody says otherwise (None: never); by an owner.

    Raises DueDaysOutOfRange, UnknownLanguage.
    """
    if due_days is not None and not 0 <= due_days <= MOST_DUE_DAYS:
        raise DueDaysOutOfRange
    if language not in LANGUAGES:
        raise UnknownLanguage
    values = {
        "reminders": reminders,
        "receipts": receipts,
        "due_days": due_days,
        "language": language,
    }
    session.execute(
        insert(Book)
        .values(workspace_id=workspace_id, **values)
        .on_conflict_do_update(index_elements=["workspace_id"], set_=values)
    )
    session.expire_all()
    audit.record(
        action="debt_book.changed",
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="workspace",
        subject_id=workspace_id,
        details=values,
    )
    return find_book(workspace_id)
