"""Letting a debtor see the statement without an account, and shutting that door again."""

from collections.abc import Callable, Collection
from datetime import timedelta

from sqlalchemy import or_, update

from koshelok.audit import operations as audit
from koshelok.core.clock import midnight, now, today
from koshelok.debtors import texts, tokens
from koshelok.debtors.errors import LinkSentToday, RemindersOff, SmsQuotaSpent
from koshelok.debtors.models import Link, Occasion
from koshelok.debtors.operations.outreach import Telling, sms_left, tell
from koshelok.debtors.queries import (
    LinkView,
    find_book,
    find_last_sent,
    find_link,
    get_debtor,
    get_link,
)
from koshelok.infra.db import session
from koshelok.workspaces.queries import get_public_name

OPEN_DAYS = 30
_SEEN_AGAIN = timedelta(minutes=1)
_SMS_IS_VALID = timedelta(days=1)


def open_link(
    *, actor_id: int | None, workspace_id: int, debtor_id: int, days: int = OPEN_DAYS
) -> LinkView:
    """The link of a person, open for so many days from now; one that is open stays the same.

    Raises DebtorNotFound.
    """
    get_debtor(workspace_id, debtor_id, lock=True)
    expires_at = now() + timedelta(days=days)
    found = find_link(workspace_id, debtor_id)
    if found is not None:
        session.execute(
            update(Link)
            .where(Link.id == found.id, Link.expires_at < expires_at)
            .values(expires_at=expires_at)
        )
        return get_link(found.id)
    link = Link(
        workspace_id=workspace_id,
        debtor_id=debtor_id,
        created_by_id=actor_id,
        expires_at=expires_at,
    )
    session.add(link)
    session.flush()
    _log("link.opened", actor_id, workspace_id, debtor_id)
    return get_link(link.id)


def revoke_link(*, actor_id: int, workspace_id: int, debtor_id: int) -> None:
    """Shut every link of a person for good. Raises DebtorNotFound."""
    get_debtor(workspace_id, debtor_id, lock=True)
    shut_links(actor_id=actor_id, workspace_id=workspace_id, debtors=[debtor_id])


def shut_links(*, actor_id: int, workspace_id: int, debtors: Collection[int]) -> None:
    """Shut every link of these people, whom the caller has locked, for good."""
    shut = session.scalars(
        update(Link)
        .where(
            Link.workspace_id == workspace_id,
            Link.debtor_id.in_(debtors),
            Link.revoked_at.is_(None),
        )
        .values(revoked_at=now())
        .returning(Link.debtor_id)
    )
    for debtor_id in sorted(set(shut)):
        _log("link.revoked", actor_id, workspace_id, debtor_id)


def send_link(
    *, actor_id: int, workspace_id: int, debtor_id: int, address: Callable[[str], str]
) -> LinkView:
    """Open the person's link and send it to them by SMS, at most once a day; `address` makes
    one of a token. Raises DebtorNotFound, RemindersOff, LinkSentToday, SmsQuotaSpent."""
    day, debtor = today(), get_debtor(workspace_id, debtor_id, lock=True)
    if not debtor.reminders:
        raise RemindersOff
    last = find_last_sent(debtor_id)
    if last is not None and last >= midnight(day):
        raise LinkSentToday
    if not sms_left(workspace_id=workspace_id, today=day):
        raise SmsQuotaSpent
    link = open_link(actor_id=actor_id, workspace_id=workspace_id, debtor_id=debtor_id)
    said = texts.link(
        shop=get_public_name(workspace_id),
        url=address(tokens.sign(link.id)),
        language=find_book(workspace_id).language,
    )
    tell(
        telling=Telling(
            workspace_id, debtor_id, debtor.phone_number, day, Occasion.LINK, actor_id,
            now() + _SMS_IS_VALID,
        ),
        said=said,
    )  # fmt: skip
    session.execute(update(Link).where(Link.id == link.id).values(sent_at=now()))
    _log("link.sent", actor_id, workspace_id, debtor_id)
    return get_link(link.id)


def note_opened(*, link_id: int) -> None:
    """Remember when a debtor last looked, to the minute."""
    session.execute(
        update(Link)
        .where(
            Link.id == link_id,
            or_(Link.opened_at.is_(None), Link.opened_at < now() - _SEEN_AGAIN),
        )
        .values(opened_at=now())
    )


def _log(action: str, actor_id: int | None, workspace_id: int, debtor_id: int) -> None:
    audit.record(
        action=action,
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="debtor",
        subject_id=debtor_id,
    )
