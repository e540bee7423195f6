"""One day of what comes again: confirmed or skipped, each with a way back.

`next_on` of a recurrence is the first day without an answer. An answer locks the recurrence, so of
two who confirm one day the second finds it answered; uq_transactions_occurrence stands behind.
"""

from datetime import date
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.finance.errors import OccurrenceDecided
from koshelok.finance.models import Change, Recurrence
from koshelok.finance.operations.changes import WAYS_BACK, note_change, turn_records
from koshelok.finance.operations.transactions import bind_made, record_transaction
from koshelok.finance.periods import ONE_DAY
from koshelok.finance.queries import Record, find_open_day, get_recurrence
from koshelok.finance.rhythm import Rhythm
from koshelok.infra.db import session


def confirm_occurrence(
    *,
    actor_id: int,
    workspace_id: int,
    recurrence_id: int,
    occurs_on: date,
    day: date,
    amount: Decimal | None = None,
    category_id: int | None = None,
    comment: str | None = None,
) -> tuple[Record, int]:
    """Record what was expected of a day, with another amount, category, note or day if given.
    Answers the record and the change.

    Raises NotFound, OccurrenceDecided, and as record_transaction does.
    """
    recurrence = _answering(workspace_id, recurrence_id, occurs_on)
    change = _note(actor_id, recurrence, "recurrence_confirmed")
    try:
        with session.begin_nested():
            record = record_transaction(
                actor_id=actor_id,
                workspace_id=workspace_id,
                category_id=recurrence.category_id if category_id is None else category_id,
                amount=recurrence.amount if amount is None else amount,
                comment=recurrence.comment if comment is None else comment,
                day=day,
                recurrence_id=recurrence.id,
                occurs_on=occurs_on,
            )
    except IntegrityError as error:  # its record came back from the trash
        raise OccurrenceDecided from error
    bind_made(change=change, ids=[record.id])
    _advance(recurrence, occurs_on)
    return record, change.id


def skip_occurrence(
    *, actor_id: int, workspace_id: int, recurrence_id: int, occurs_on: date
) -> int:
    """Leave one day out; answers the change. Raises NotFound, OccurrenceDecided."""
    recurrence = _answering(workspace_id, recurrence_id, occurs_on)
    change = _note(actor_id, recurrence, "recurrence_skipped")
    _advance(recurrence, occurs_on)
    return change.id


def _answering(workspace_id: int, recurrence_id: int, occurs_on: date) -> Recurrence:
    recurrence = get_recurrence(workspace_id, recurrence_id, lock=True)
    if recurrence.next_on != occurs_on:
        raise OccurrenceDecided
    return recurrence


def _note(actor_id: int, recurrence: Recurrence, kind: str) -> Change:
    return note_change(
        actor_id=actor_id,
        workspace_id=recurrence.workspace_id,
        kind=kind,
        details={
            "recurrence": recurrence.id,
            "occurs_on": str(recurrence.next_on),
            "comment": recurrence.comment,
        },
        at=now(),
    )


def _find_open(recurrence: Recurrence, day: date) -> date | None:
    rhythm = Rhythm(recurrence.unit, recurrence.every, recurrence.starts_on, recurrence.ends_on)
    return find_open_day(recurrence.id, rhythm, day)


def _advance(recurrence: Recurrence, answered: date) -> None:
    recurrence.next_on = _find_open(recurrence, answered + ONE_DAY)
    session.flush()


def _hold(change: Change) -> Recurrence | None:
    found = session.get(
        Recurrence, change.details["recurrence"], with_for_update=True, populate_existing=True
    )
    return found if found and found.workspace_id == change.workspace_id else None


def _turn_confirmed(change: Change, redo: bool) -> int:
    """The recurrence is held before its record, as by an answer."""
    _hold(change)
    count = turn_records(change=change, redo=redo)
    if count:
        _turn_answer(change, redo)
    return count


def _turn_answer(change: Change, redo: bool) -> int:
    """The day waits for an answer again, unless it has another by now; or has it again."""
    day, recurrence = date.fromisoformat(change.details["occurs_on"]), _hold(change)
    if recurrence is None:
        return 0
    if redo:
        if recurrence.next_on != day:
            return 0
        _advance(recurrence, day)
        return 1
    passed = recurrence.next_on is None or day < recurrence.next_on
    if not passed or _find_open(recurrence, day) != day:
        return 0
    recurrence.next_on = day
    session.flush()
    return 1


WAYS_BACK["recurrence_confirmed"] = _turn_confirmed
WAYS_BACK["recurrence_skipped"] = _turn_answer
