"""What comes again: expected, changed, stopped, taken from a suggestion; each with a way back."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from koshelok.core.clock import now
from koshelok.core.money import positive
from koshelok.finance.errors import (
    DatesReversed,
    EveryOutOfRange,
    TooManyRecurrences,
    UnknownUnit,
)
from koshelok.finance.models import Change, Recurrence, Unit
from koshelok.finance.operations.changes import tracked
from koshelok.finance.operations.transactions import check_category, clean_comment
from koshelok.finance.periods import check_day
from koshelok.finance.queries import (
    MAX_RECURRENCES,
    find_open_day,
    find_suggestion,
    get_recurrence,
)
from koshelok.finance.rhythm import MAX_EVERY, Rhythm
from koshelok.infra.db import session


def make_recurrence(
    *,
    actor_id: int,
    workspace_id: int,
    category_id: int,
    amount: Decimal,
    comment: str = "",
    unit: str,
    every: int = 1,
    starts_on: date,
    ends_on: date | None = None,
    next_on: date | None = None,
) -> tuple[int, int]:
    """Expect a record every so often; amount in so'm, positive. Answers its id and the change.

    With `next_on`, the days of it before are recorded already. Raises Invalid for what is not an
    amount, a note, a unit, a day; DatesReversed where no day is left; TooManyRecurrences; and as
    record_transaction does for the category.
    """
    rhythm = check_rhythm(unit=unit, every=every, starts_on=starts_on, ends_on=ends_on)
    first = rhythm.first_from(next_on or starts_on)
    if first is None:
        raise DatesReversed(field="ends_on")
    _check_room(workspace_id)
    values = _values(workspace_id, category_id, amount, comment, rhythm)
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="recurrence_made",
                 details={"comment": values["comment"]}) as step:  # fmt: skip
        made = Recurrence(
            workspace_id=workspace_id, created_by_id=actor_id, created_at=now(),
            next_on=first, **values,
        )  # fmt: skip
        session.add(made)
        session.flush()
        step.made(Recurrence, made.id)
    return made.id, _id(step.change)


def edit_recurrence(
    *,
    actor_id: int,
    workspace_id: int,
    recurrence_id: int,
    category_id: int,
    amount: Decimal,
    comment: str = "",
    unit: str,
    every: int = 1,
    next_on: date,
    ends_on: date | None = None,
) -> int | None:
    """Change what is expected from now on; what was recorded stays. Answers the change.

    Another rhythm or day counts anew from `next_on`; the same keeps counting from its first day.
    """
    recurrence = get_recurrence(workspace_id, recurrence_id, lock=True)
    same = (unit, every, next_on) == (recurrence.unit, recurrence.every, recurrence.next_on)
    starts_on = recurrence.starts_on if same else next_on
    rhythm = check_rhythm(unit=unit, every=every, starts_on=starts_on, ends_on=ends_on)
    first = find_open_day(recurrence.id, rhythm, next_on)
    if first is None:
        raise DatesReversed(field="ends_on")
    values = _values(workspace_id, category_id, amount, comment, rhythm)
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="recurrence_edited",
                 details={"comment": values["comment"]}) as step:  # fmt: skip
        step.watch(Recurrence, recurrence.id)
        for field, value in {**values, "next_on": first}.items():
            setattr(recurrence, field, value)
    return step.change.id if step.change else None


def stop_recurrence(*, actor_id: int, workspace_id: int, recurrence_id: int) -> int:
    """Expect it no more; what was recorded stays, and it is not suggested again."""
    recurrence = get_recurrence(workspace_id, recurrence_id, lock=True)
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="recurrence_stopped",
                 details={"comment": recurrence.comment}) as step:  # fmt: skip
        step.watch(Recurrence, recurrence.id)
        recurrence.stopped_at = now()
    return _id(step.change)


def accept_suggestion(
    *, actor_id: int, workspace_id: int, record_id: int, today: date
) -> tuple[int, int]:
    """Expect again what came three times; raises NotFound where it is no suggestion any more."""
    found = find_suggestion(workspace_id, today, record_id)
    return make_recurrence(
        actor_id=actor_id,
        workspace_id=workspace_id,
        category_id=found.record.category,
        amount=found.record.amount,
        comment=found.record.comment,
        unit=found.rhythm.unit,
        every=found.rhythm.every,
        starts_on=found.rhythm.starts_on,
        next_on=found.next_on,
    )


def decline_suggestion(*, actor_id: int, workspace_id: int, record_id: int, today: date) -> int:
    """Never suggest this again: it is kept as stopped from its beginning. Answers the change."""
    found = find_suggestion(workspace_id, today, record_id)
    values = _values(
        workspace_id, found.record.category, found.record.amount, found.record.comment, found.rhythm
    )
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="recurrence_declined",
                 details={"comment": found.record.comment}) as step:  # fmt: skip
        at = now()
        made = Recurrence(
            workspace_id=workspace_id,
            created_by_id=actor_id,
            created_at=at,
            stopped_at=at,
            **values,
        )
        session.add(made)
        session.flush()
        step.made(Recurrence, made.id)
    return _id(step.change)


def check_rhythm(*, unit: str, every: int, starts_on: date, ends_on: date | None) -> Rhythm:
    """A rhythm that can be kept; raises UnknownUnit, EveryOutOfRange, DayOutOfRange and
    DatesReversed."""
    if unit not in set(Unit):
        raise UnknownUnit
    if not 1 <= every <= MAX_EVERY:
        raise EveryOutOfRange(limit=MAX_EVERY)
    check_day(starts_on, "starts_on")
    if ends_on is not None and check_day(ends_on, "ends_on") < starts_on:
        raise DatesReversed(field="ends_on")
    return Rhythm(unit, every, starts_on, ends_on)


def _check_room(workspace_id: int) -> None:
    going_on = select(func.count()).where(
        Recurrence.workspace_id == workspace_id, Recurrence.stopped_at.is_(None)
    )
    if (session.scalar(going_on) or 0) >= MAX_RECURRENCES:
        raise TooManyRecurrences(limit=MAX_RECURRENCES)


def _values(
    workspace_id: int, category_id: int, amount: Decimal, comment: str, rhythm: Rhythm
) -> dict[str, Any]:
    category = check_category(workspace_id=workspace_id, category_id=category_id)
    return {
        "category_id": category.id, "type": category.type, "amount": positive(amount),
        "comment": clean_comment(comment), "unit": rhythm.unit, "every": rhythm.every,
        "starts_on": rhythm.starts_on, "ends_on": rhythm.ends_on,
    }  # fmt: skip


def _id(change: Change | None) -> int:
    """A step that made or stopped something has changed it."""
    assert change is not None  # noqa: S101
    return change.id
