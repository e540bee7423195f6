"""Writing to debtors: a row that keeps what they were told, and the message itself."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert

from koshelok.core.clock import now
from koshelok.debtors.models import IS_REMINDER, Reminder
from koshelok.debtors.queries.reminders import count_sms
from koshelok.debtors.texts import Text
from koshelok.infra.db import session
from koshelok.infra.settings import current
from koshelok.messaging import operations as messaging


@dataclass(frozen=True, slots=True)
class Telling:
    """To whom, when and why something is told; `actor_id` is None for what goes by itself."""

    workspace_id: int
    debtor_id: int
    phone_number: str
    day: date
    occasion: str
    actor_id: int | None
    valid_until: datetime


def tell(*, telling: Telling, said: Text) -> bool:
    """Send an SMS and keep its words; False where this debtor was reminded today already,
    also by another worker at the same moment."""
    row = (
        insert(Reminder)
        .values(
            workspace_id=telling.workspace_id,
            debtor_id=telling.debtor_id,
            day=telling.day,
            occasion=telling.occasion,
            text=said.text,
            created_by_id=telling.actor_id,
            created_at=now(),
        )
        .on_conflict_do_nothing(
            index_elements=["debtor_id", "day"],
            index_where=text(IS_REMINDER),
        )
        .returning(Reminder.id)
    )
    kept = session.scalar(row)
    if kept is None:
        return False
    message_id = messaging.send(
        to=telling.phone_number,
        channel="sms",
        kind=said.kind,
        language=said.language,
        valid_until=telling.valid_until,
        **said.params,
    )
    session.execute(update(Reminder).where(Reminder.id == kept).values(message_id=message_id))
    return True


def sms_left(*, workspace_id: int, today: date) -> int:
    """How many SMS a workspace may still send this month."""
    return max(0, current().debtor_sms_a_month - count_sms(workspace_id, today))
