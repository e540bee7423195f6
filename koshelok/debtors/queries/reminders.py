"""Who is to be reminded, of what, and what was told to whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.debtors.models import Book, Debt, Debtor, Occasion, Reminder
from koshelok.infra.db import session

BEFORE = timedelta(days=2)
EVERY_DAYS = 7
_NO_REMINDERS = (Occasion.RECEIPT, Occasion.LINK)
_IS_REMINDER = Reminder.occasion.not_in(_NO_REMINDERS)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a debtor is told: all that is open, and what of it has a due date that is near or
    past, with the earliest of these dates; so'm."""

    debtor: int
    full_name: str
    phone_number: str
    reminders: bool
    total: Decimal
    part: Decimal | None
    due: date | None


@dataclass(frozen=True, slots=True)
class Told:
    """A message to a debtor as its history shows it."""

    id: int
    day: date
    occasion: str
    text: str
    message: int | None
    created_by: int | None
    created_at: datetime

    @property
    def is_reminder(self) -> bool:
        """Whether it asked for money."""
        return self.occasion not in _NO_REMINDERS


def list_reminding() -> Sequence[int]:
    """The workspaces that remind by themselves."""
    return session.scalars(
        select(Book.workspace_id).where(Book.reminders).order_by(Book.workspace_id)
    ).all()


def list_to_remind(workspace_id: int, today: date, *, after: int, limit: int) -> Sequence[int]:
    """Whom to remind today, by id: two days before a debt is due, on the day, and each seven
    days later, unless they were already, do not want it or promised a later day."""
    told = select(Reminder.id).where(
        Reminder.debtor_id == Debtor.id, Reminder.day == today, _IS_REMINDER
    )
    due = select(Debt.id).where(Debt.debtor_id == Debtor.id, Debt.remaining > 0, _is_day_of(today))
    return session.scalars(
        select(Debtor.id)
        .where(
            Debtor.workspace_id == workspace_id,
            Debtor.deleted_at.is_(None),
            Debtor.id > after,
            Debtor.debt_total > 0,
            Debtor.reminders,
            or_(Debtor.promised_on.is_(None), Debtor.promised_on <= today),
            due.exists(),
            ~told.exists(),
        )
        .order_by(Debtor.id)
        .limit(limit)
    ).all()


def _is_day_of(today: date) -> ColumnElement[bool]:
    late = (Debt.due_date <= today) & ((today - Debt.due_date) % EVERY_DAYS == 0)
    return (Debt.due_date == today + BEFORE) | late


def list_owed(debtors: Collection[int], today: date) -> list[Owed]:
    """What each of these people, got through their workspace, is to be told; by id."""
    if not debtors:
        return []
    rows = session.execute(
        select(
            Debtor.id, Debtor.full_name, Debtor.phone_number, Debtor.reminders,
            Debtor.debt_total, func.sum(Debt.remaining), func.min(Debt.due_date),
        )
        .outerjoin(
            Debt,
            (Debt.debtor_id == Debtor.id)
            & (Debt.remaining > 0)
            & (Debt.due_date <= today + BEFORE),
        )
        .where(Debtor.id.in_(debtors))
        .group_by(Debtor.id)
        .order_by(Debtor.id)
    )  # fmt: skip
    return [Owed(*row) for row in rows]


def list_told(
    workspace_id: int, debtor_id: int, *, limit: int, cursor: str | None = None
) -> Page[Told]:
    """What a debtor was told, the newest first."""
    query = (
        select(
            Reminder.id, Reminder.day, Reminder.occasion, Reminder.text, Reminder.message_id,
            Reminder.created_by_id, Reminder.created_at,
        )
        .where(Reminder.debtor_id == debtor_id, Reminder.workspace_id == workspace_id)
        .order_by(Reminder.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if cursor:
        query = query.where(Reminder.id < decode_cursor(cursor, int)[0])
    rows = [Told(*row) for row in session.execute(query)]
    more, rows = len(rows) > limit, rows[:limit]
    return Page(rows, encode_cursor(rows[-1].id) if more else None)


def find_last_reminders(debtors: Collection[int]) -> dict[int, date]:
    """When each of these people was last reminded."""
    if not debtors:
        return {}
    rows = session.execute(
        select(Reminder.debtor_id, func.max(Reminder.day))
        .where(Reminder.debtor_id.in_(debtors), _IS_REMINDER)
        .group_by(Reminder.debtor_id)
    )
    return dict(row.tuple() for row in rows)


def count_sms(workspace_id: int, today: date) -> int:
    """How many messages a workspace's debtors were sent this month."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Reminder)
            .where(Reminder.workspace_id == workspace_id, Reminder.day >= today.replace(day=1))
        )
        or 0
    )
