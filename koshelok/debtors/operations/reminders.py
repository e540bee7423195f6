"""Reminding debtors by SMS: on a schedule where the shop wants it, or when somebody asks."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from koshelok.core.clock import TASHKENT
from koshelok.debtors import texts
from koshelok.debtors.errors import NothingOwed, RemindedToday, RemindersOff, SmsQuotaSpent
from koshelok.debtors.models import Occasion
from koshelok.debtors.operations.outreach import Telling, sms_left, tell
from koshelok.debtors.queries import find_book, get_debtor
from koshelok.debtors.queries.reminders import Owed, list_owed, list_to_remind
from koshelok.workspaces import queries as workspaces

FIRST_HOUR, LAST_HOUR = time(9), time(20)
BATCH = 100
_ASKED_IS_VALID = timedelta(hours=2)


def may_remind(*, moment: datetime) -> bool:
    """Whether people may be written to unasked: from 9 to 20 in Tashkent."""
    return FIRST_HOUR <= _local(moment).time() < LAST_HOUR


def remind_some(*, workspace_id: int, after: int, moment: datetime) -> tuple[int, int | None]:
    """Remind the next debtors who are due; answers how many, and after whom to go on (None at
    the end). Each is written to once a day, however many workers do this at once."""
    local = _local(moment)
    today, until = local.date(), datetime.combine(local.date(), LAST_HOUR, local.tzinfo)
    most = min(BATCH, sms_left(workspace_id=workspace_id, today=today))
    ids = list_to_remind(workspace_id, today, after=after, limit=most) if most else []
    if not ids:
        return 0, None
    shop, language = workspaces.get_public_name(workspace_id), find_book(workspace_id).language
    sent = sum(
        tell(
            telling=Telling(
                workspace_id, owed.debtor, owed.phone_number, today, _occasion(owed, today),
                None, until,
            ),
            said=texts.reminder(owed, shop=shop, language=language),
        )
        for owed in list_owed(ids, today)
    )  # fmt: skip
    return sent, ids[-1] if len(ids) == most else None


def remind_debtor(*, actor_id: int, workspace_id: int, debtor_id: int, moment: datetime) -> None:
    """Remind one person because a member asks; once a day too.

    Raises DebtorNotFound, NothingOwed, RemindersOff, SmsQuotaSpent, RemindedToday.
    """
    today = _local(moment).date()
    get_debtor(workspace_id, debtor_id)
    (owed,) = list_owed([debtor_id], today)
    if owed.total == 0:
        raise NothingOwed
    if not owed.reminders:
        raise RemindersOff
    if not sms_left(workspace_id=workspace_id, today=today):
        raise SmsQuotaSpent
    sent = tell(
        telling=Telling(
            workspace_id, debtor_id, owed.phone_number, today, Occasion.ASKED, actor_id,
            moment + _ASKED_IS_VALID,
        ),
        said=preview(workspace_id=workspace_id, owed=[owed])[debtor_id],
    )  # fmt: skip
    if not sent:
        raise RemindedToday


def preview(*, workspace_id: int, owed: list[Owed]) -> dict[int, texts.Text]:
    """What each of these people would be told now, word for word."""
    shop, language = workspaces.get_public_name(workspace_id), find_book(workspace_id).language
    return {one.debtor: texts.reminder(one, shop=shop, language=language) for one in owed}


def _occasion(owed: Owed, today: date) -> str:
    if owed.due is None or owed.due == today:
        return Occasion.DUE
    return Occasion.LATE if owed.due < today else Occasion.BEFORE


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(TASHKENT))
