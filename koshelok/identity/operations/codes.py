"""One-time codes: asked for, sent, sent again, checked."""

import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, update

from koshelok.core.clock import now
from koshelok.core.errors import NotFound, TooManyRequests
from koshelok.core.ids import uuid7
from koshelok.identity.contacts import Contact, parse_contact
from koshelok.identity.errors import InvalidCode
from koshelok.identity.models import OneTimeCode, Purpose
from koshelok.identity.operations.failures import (
    count_failure,
    forget_failures,
    keyed_hash,
    refuse_while_waiting,
)
from koshelok.identity.queries import find_user
from koshelok.infra.db import session
from koshelok.infra.settings import current
from koshelok.messaging import operations as messaging

DIGITS = 6
RESENDABLE = timedelta(hours=1)
KEPT = timedelta(days=1)


def send_code(*, purpose: Purpose, contact: str, language: str) -> OneTimeCode:
    """Send a code to a phone or e-mail; the same for known and unknown contacts.

    A code for a new password leaves only to somebody who is here. Raises InvalidContact.
    """
    parsed = parse_contact(contact)
    row = OneTimeCode(
        id=uuid7(), purpose=purpose, channel=parsed.channel, contact=parsed.value, attempts=0
    )
    _issue(row, language)
    session.add(row)
    session.flush()
    return row


def resend_code(*, verification_id: UUID, language: str) -> OneTimeCode:
    """Send another code in place of one that did not arrive; the former one dies.

    Raises NotFound, and TooManyRequests before `resend_after`.
    """
    row = session.get(OneTimeCode, verification_id, with_for_update=True)
    if row is None or row.used_at is not None or row.created_at < now() - RESENDABLE:
        raise NotFound
    if row.resend_after > now():
        raise TooManyRequests(retry_after=int((row.resend_after - now()).total_seconds()) + 1)
    row.attempts = 0
    _issue(row, language)
    session.flush()
    return row


def use_code(*, purpose: Purpose, verification_id: UUID, code: str) -> Contact:
    """Spend a code; answers the contact it proves.

    The try is counted before it is compared, so that tries at the same moment cannot exceed
    the limit. Raises InvalidCode whatever is wrong, and TooManyRequests during a wait.
    """
    row = session.scalar(
        update(OneTimeCode)
        .where(
            OneTimeCode.id == verification_id,
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > now(),
            OneTimeCode.attempts < current().code_attempts,
        )
        .values(attempts=OneTimeCode.attempts + 1)
        .returning(OneTimeCode)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise InvalidCode
    contact = Contact(row.channel, row.contact)
    refuse_while_waiting(what="code", whose=row.contact, user=find_user(contact))
    given = "".join(code.split())
    if not hmac.compare_digest(_hash(row, given), row.code_hash):
        count_failure(what="code", whose=row.contact)
        raise InvalidCode
    row.used_at = now()
    session.flush()
    forget_failures(what="code", whose=row.contact)
    return contact


def give_back_code(*, verification_id: UUID) -> None:
    """Let a right code be given again: what was asked for with it was refused. The try counts."""
    session.execute(
        update(OneTimeCode).where(OneTimeCode.id == verification_id).values(used_at=None)
    )


def forget_old_codes() -> int:
    """Delete codes past any use; answers how many."""
    gone = session.scalars(
        delete(OneTimeCode).where(OneTimeCode.created_at < now() - KEPT).returning(OneTimeCode.id)
    )
    return len(gone.all())


def _issue(row: OneTimeCode, language: str) -> None:
    settings = current()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row.code_hash = _hash(row, code)
    row.expires_at = now() + timedelta(minutes=settings.code_minutes)
    row.resend_after = now() + timedelta(seconds=settings.code_resend_seconds)
    known = find_user(Contact(row.channel, row.contact)) is not None
    messaging.send(
        to=row.contact,
        channel=row.channel,
        kind="code",
        language=language,
        valid_until=row.expires_at,
        withheld=row.purpose == Purpose.RESET and not known,
        purpose=row.purpose,
        code=code,
        minutes=settings.code_minutes,
    )


def _hash(row: OneTimeCode, code: str) -> str:
    return keyed_hash("code", row.purpose, str(row.id), code)
