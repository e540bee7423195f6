"""Closing an account: asked for, waited with, taken back, and in the end erased.

Identity knows no cards and no orders: who holds something of a person that must not be lost
refuses at AccountCloses, and takes what is theirs away at AccountErased.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.core.events import publish
from koshelok.identity.errors import AdminStays, ProofMissing
from koshelok.identity.events import AccountCloses, AccountErased
from koshelok.identity.models import (
    AuthSession,
    OneTimeCode,
    RecoveryCode,
    Role,
    TotpDevice,
    User,
)
from koshelok.identity.operations.profile import remove_photo_of
from koshelok.identity.operations.proofs import prove
from koshelok.identity.operations.sessions import end_all_sessions
from koshelok.identity.queries import get_user
from koshelok.infra.db import session
from koshelok.jobs import operations as jobs
from koshelok.messaging import operations as messaging

GRACE = timedelta(days=7)


def close_account(
    *, actor_id: int, session_id: UUID, password: str | None = None, code: str | None = None
) -> datetime:
    """Close the actor's account in GRACE, and sign every other device out; answers when. Asked for
    again, the first time stays.

    Raises ProofMissing, what `prove` raises, AdminStays, and whatever refuses AccountCloses.
    """
    if not prove(actor_id=actor_id, password=password, code=code):
        raise ProofMissing
    user = get_user(actor_id, lock=True)
    _check(user)
    end_all_sessions(user_id=user.id, spared=session_id)
    if user.closes_at is None:
        user.closes_at = now() + GRACE
        session.flush()
        _note(user, "account.closing")
        _tell(user, "closing")
    return user.closes_at


def keep_account(*, actor_id: int) -> None:
    """Take the closing back while there is time; nothing for an account that stays."""
    user = get_user(actor_id, lock=True)
    if user.closes_at is None or user.closed_at is not None:
        return
    user.closes_at = None
    session.flush()
    _note(user, "account.kept")
    _tell(user, "kept")


def erase_account(*, user_id: int) -> bool:
    """Erase an account whose time has come: all that says who it was, and its own workspace. What
    the ledger and others hold keeps the number alone. False where there is nothing to do.

    Raises AdminStays, and whatever refuses AccountCloses: money may have come meanwhile.
    """
    user = get_user(user_id, lock=True)
    if user.closed_at is not None or user.closes_at is None or user.closes_at > now():
        return False
    _check(user)
    publish(AccountErased(user_id=user.id))
    _forget_messages(user)
    jobs.forget_jobs(owner_id=user.id)
    remove_photo_of(actor_id=user.id)
    for model in (AuthSession, TotpDevice, RecoveryCode):
        session.execute(delete(model).where(model.user_id == user.id))
    user.username = user.phone_number = user.email = user.password_hash = None
    user.first_name = user.last_name = ""
    user.totp, user.role, user.closed_at = False, Role.USER, now()
    session.flush()
    _note(user, "account.erased")
    return True


def list_due_to_close() -> list[int]:
    """Ids of those whose time has come."""
    query = select(User.id).where(User.closes_at <= now(), User.closed_at.is_(None))
    return list(session.scalars(query.order_by(User.id)))


def _check(user: User) -> None:
    if user.role == Role.ADMIN:
        raise AdminStays
    publish(AccountCloses(user_id=user.id))


def _forget_messages(user: User) -> None:
    for contact in filter(None, (user.phone_number, user.email)):
        session.execute(delete(OneTimeCode).where(OneTimeCode.contact == contact))
        messaging.forget_recipient(to=contact)


def _note(user: User, action: str) -> None:
    audit.record(action=action, actor_id=user.id, subject_type="user", subject_id=user.id)


def _tell(user: User, state: str) -> None:
    """Whoever did it, the person hears of it wherever they can be reached."""
    days = GRACE.days
    for channel, to in (("sms", user.phone_number), ("email", user.email)):
        if to is not None:
            messaging.send(
                to=to, channel=channel, kind="closing", language=user.language, state=state,
                days=days,
            )  # fmt: skip
