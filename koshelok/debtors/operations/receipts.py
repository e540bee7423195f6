"""An SMS after each entry, where the shop wants it: what was written down, and the sum."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from koshelok.core.clock import TASHKENT, now, today
from koshelok.debtors import texts
from koshelok.debtors.models import Occasion
from koshelok.debtors.operations.outreach import Telling, sms_left, tell
from koshelok.debtors.queries import find_book, get_person
from koshelok.workspaces import queries as workspaces

VALID = timedelta(hours=6)


def send_receipt(
    *,
    actor_id: int | None,
    workspace_id: int,
    debtor_id: int,
    entry: str,
    amount: Decimal,
    at: datetime,
) -> None:
    """Tell a debtor of a `debt` or `payment` just written down, once it is committed; nothing
    where the shop, or this person, wants no SMS, or the month's are spent."""
    book = find_book(workspace_id)
    if not book.receipts:
        return
    person, day = get_person(workspace_id, debtor_id), today()
    if not person.reminders or not sms_left(workspace_id=workspace_id, today=day):
        return
    said = texts.receipt(
        entry=entry,
        entered=amount,
        on=at.astimezone(ZoneInfo(TASHKENT)).date(),
        balance=person.balance,
        shop=workspaces.get_public_name(workspace_id),
        language=book.language,
    )
    tell(
        telling=Telling(
            workspace_id, debtor_id, person.phone_number, day, Occasion.RECEIPT, actor_id,
            now() + VALID,
        ),
        said=said,
    )  # fmt: skip
