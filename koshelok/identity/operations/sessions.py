"""Devices signed in: started, refreshed, ended."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select, update

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.core.errors import NotFound
from koshelok.core.ids import uuid7
from koshelok.core.text import clean
from koshelok.identity.errors import RefreshReused, SessionEnded
from koshelok.identity.models import AGENT_LIMIT, AuthSession, User
from koshelok.identity.queries import find_session_locked, get_user
from koshelok.infra import origin
from koshelok.infra.db import session
from koshelok.infra.settings import current

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Device:
    """What signs in: `kind` is web (cookie) or api (tokens)."""

    kind: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session just started or refreshed; `refresh_id` is the jti of its one refresh token."""

    user: User
    session_id: UUID
    refresh_id: str


def start_session(*, user: User, device: Device) -> SignIn:
    """Sign a user in on a device."""
    refresh_id = str(uuid4())
    row = AuthSession(
        id=uuid7(),
        user_id=user.id,
        kind=device.kind,
        user_agent=clean(device.user_agent[:AGENT_LIMIT], limit=AGENT_LIMIT, field="user_agent"),
        ip=origin.address.get(),
        last_seen_at=now(),
        expires_at=now() + timedelta(days=current().session_absolute_days),
        refresh_hash=_hash(refresh_id) if device.kind == "api" else None,
    )
    session.add(row)
    session.flush()
    audit.record(
        action="session.started", actor_id=user.id, subject_type="session", subject_id=row.id
    )
    return SignIn(user, row.id, refresh_id)


def refresh_session(*, session_id: UUID, refresh_id: str) -> SignIn:
    """Spend a refresh token for the next one.

    A token that was spent before ends the session: RefreshReused. Raises SessionEnded.
    """
    row = find_session_locked(session_id)
    if row is None:
        raise SessionEnded
    if row.refresh_hash != _hash(refresh_id):
        _end(row, "session.refresh_reused", row.user_id)
        raise RefreshReused
    fresh = str(uuid4())
    row.refresh_hash, row.last_seen_at = _hash(fresh), now()
    row.ip = origin.address.get()
    session.flush()
    return SignIn(get_user(row.user_id), row.id, fresh)


def replace_session(*, session_id: UUID, device: Device) -> SignIn:
    """End a session and start another for the same user: after a change of what they may do."""
    row = find_session_locked(session_id)
    if row is None:
        raise SessionEnded
    _end(row, "session.replaced", row.user_id)
    return start_session(user=get_user(row.user_id), device=device)


def touch_session(*, session_id: UUID) -> None:
    """The device was seen now."""
    session.execute(
        update(AuthSession).where(AuthSession.id == session_id).values(last_seen_at=now())
    )


def end_session(*, session_id: UUID) -> None:
    """Sign a device out; its cookie and tokens are dead at once. Raises SessionEnded."""
    row = find_session_locked(session_id)
    if row is None:
        raise SessionEnded
    _end(row, "session.ended", row.user_id)


def end_own_session(*, actor_id: int, session_id: UUID) -> None:
    """End one of the actor's devices; raises NotFound for anybody else's."""
    row = find_session_locked(session_id)
    if row is None or row.user_id != actor_id:
        raise NotFound
    _end(row, "session.ended", actor_id)


def end_all_sessions(*, user_id: int, spared: UUID | None = None) -> None:
    """End every session of a user but the spared one."""
    rows = session.scalars(
        select(AuthSession)
        .where(AuthSession.user_id == user_id, AuthSession.ended_at.is_(None))
        .order_by(AuthSession.id)
        .with_for_update()
    )
    for row in rows:
        if row.id != spared:
            _end(row, "session.ended", user_id)


def forget_old_sessions() -> int:
    """Delete sessions that are long over; answers how many."""
    past = now() - KEPT
    gone = session.scalars(
        delete(AuthSession)
        .where(or_(AuthSession.ended_at < past, AuthSession.expires_at < past))
        .returning(AuthSession.id)
    )
    return len(gone.all())


def _end(row: AuthSession, action: str, actor_id: int) -> None:
    row.ended_at, row.refresh_hash = now(), None
    session.flush()
    audit.record(action=action, actor_id=actor_id, subject_type="session", subject_id=row.id)


def _hash(refresh_id: str) -> str:
    """A jti has 122 bits of chance: a plain hash hides it."""
    return hashlib.sha256(refresh_id.encode()).hexdigest()
