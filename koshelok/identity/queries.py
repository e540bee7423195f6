"""Reads of people, their sessions and codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, bindparam, cast, exists, func, select

from koshelok.core.clock import TASHKENT, now
from koshelok.core.errors import NotFound
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.identity.authenticator import unseal
from koshelok.identity.contacts import Contact, find_contact, is_username
from koshelok.identity.models import AuthSession, OneTimeCode, RecoveryCode, TotpDevice, User
from koshelok.infra.db import Prepared, session
from koshelok.infra.settings import current

KNOWN_ADDRESS_DAYS = 30
TOTP_PENDING = timedelta(hours=1)


def get_user(user_id: int, *, lock: bool = False) -> User:
    """A user by id, on request locked until the end of the unit of work; raises NotFound."""
    found = session.get(User, user_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound
    return found


CONTACTS = select(
    User.id,
    func.btrim(User.first_name + " " + User.last_name).label("full_name"),
    User.phone_number,
).subquery("contacts")
"""Every person's name and number, for what others join to them."""


def find_user(contact: Contact) -> User | None:
    """Who has this phone or e-mail."""
    column = User.phone_number if contact.channel == "sms" else User.email
    return session.scalar(select(User).where(column == contact.value))


def find_user_by_contact(text: str) -> User | None:
    """Who has this phone or e-mail, as people write it."""
    contact = find_contact(text)
    return find_user(contact) if contact else None


def find_user_by_login(text: str) -> User | None:
    """Who signs in with this phone, e-mail or user name."""
    if is_username(text):
        return session.scalar(select(User).where(func.lower(User.username) == text.strip().lower()))
    return find_user_by_contact(text)


def list_users(ids: Sequence[int]) -> Sequence[User]:
    """Users by their ids, in no order."""
    return session.scalars(select(User).where(User.id.in_(ids))).all()


def users_matching(query: str) -> Select[int]:
    """Ids of those with these parts in a name, user name, e-mail or phone number."""
    matches = User.search.op("@@", is_comparison=True)(func.user_query(query.replace("\0", "")))
    return select(User.id).where(matches)


def search_users(query: str | None, *, limit: int, cursor: str | None = None) -> Page[User]:
    """People, the newest first; raises BadCursor."""
    found = select(User).order_by(User.id.desc()).limit(limit + 1)
    if query:
        found = found.where(User.id.in_(users_matching(query)))
    if cursor:
        found = found.where(User.id < decode_cursor(cursor, int)[0])
    rows = session.scalars(found).all()
    return Page(rows[:limit], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


def count_new_users(since: datetime) -> Mapping[date, int]:
    """How many came, by day of Tashkent; days without anybody are absent."""
    day = cast(func.timezone(TASHKENT, User.created_at), Date).label("day")
    rows = session.execute(select(day, func.count()).where(User.created_at >= since).group_by(day))
    return {day: count for day, count in rows}  # noqa: C416  # rows are typed loosely


def count_users() -> int:
    """How many people there are."""
    return session.scalar(select(func.count()).select_from(User)) or 0


def _alive() -> tuple[ColumnElement[bool], ...]:
    """Neither ended, nor idle too long, nor past its absolute end."""
    idle = timedelta(days=current().session_idle_days)
    return (
        AuthSession.ended_at.is_(None),
        AuthSession.expires_at > now(),
        AuthSession.last_seen_at > now() - idle,
    )


@dataclass(frozen=True, slots=True)
class Caller:
    """As much of a person as a request by token needs."""

    id: int
    role: str
    language: str
    last_seen_at: datetime

    is_authenticated: ClassVar[bool] = True


def _of_session(*columns: Any) -> Select[Any]:
    """These columns of a live session and its user; `_alive` in parameters, so built once."""
    return (
        select(*columns, AuthSession.last_seen_at)
        .join(AuthSession, AuthSession.user_id == User.id)
        .where(
            AuthSession.id == bindparam("session_id"),
            AuthSession.ended_at.is_(None),
            AuthSession.expires_at > bindparam("now"),
            AuthSession.last_seen_at > bindparam("seen_after"),
        )
    )


_PRINCIPAL = _of_session(User)
_CALLER = Prepared(_of_session(User.id, User.role, User.language))


def find_principal(session_id: UUID) -> tuple[User, datetime] | None:
    """Whose live session this is, and when it was last seen; one query."""
    row = session.execute(_PRINCIPAL, _live(session_id)).one_or_none()
    return None if row is None else (row[0], row[1])


def find_caller(session_id: UUID) -> Caller | None:
    """Whose live session this is; one query."""
    rows = _CALLER(**_live(session_id))
    return Caller(*rows[0]) if rows else None


def _live(session_id: UUID) -> dict[str, object]:
    instant = now()
    idle = timedelta(days=current().session_idle_days)
    return {"session_id": session_id, "now": instant, "seen_after": instant - idle}


def find_session_locked(session_id: UUID) -> AuthSession | None:
    """A live session, locked so that two refreshes come one after the other."""
    return session.scalar(
        select(AuthSession).where(AuthSession.id == session_id, *_alive()).with_for_update()
    )


def list_sessions(user_id: int) -> Sequence[AuthSession]:
    """The devices a user is signed in on, the last seen first."""
    return session.scalars(
        select(AuthSession)
        .where(AuthSession.user_id == user_id, *_alive())
        .order_by(AuthSession.last_seen_at.desc(), AuthSession.id.desc())
    ).all()


def is_known_address(user_id: int, ip: str | None) -> bool:
    """Whether this user signed in from here lately: a stranger's failures do not slow them."""
    recent = now() - timedelta(days=KNOWN_ADDRESS_DAYS)
    return bool(
        session.scalar(
            select(
                exists().where(
                    AuthSession.user_id == user_id,
                    AuthSession.ip == ip,
                    AuthSession.last_seen_at > recent,
                )
            )
        )
    )


def get_code(verification_id: UUID) -> OneTimeCode:
    """A code that was asked for; raises NotFound."""
    row = session.get(OneTimeCode, verification_id)
    if row is None:
        raise NotFound
    return row


def find_pending_secret(user_id: int) -> str | None:
    """The secret that waits for its first code."""
    device = session.get(TotpDevice, user_id)
    if device is None or device.confirmed_at or device.created_at < now() - TOTP_PENDING:
        return None
    return unseal(device.secret)


def count_recovery_codes(user_id: int) -> int:
    """How many recovery codes still work."""
    left = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(left) or 0


def proofs(user_id: int) -> tuple[str, ...]:
    """Which of "password" and "code" the person can give to `operations.prove`."""
    user = get_user(user_id)
    can = {"password": user.has_password, "code": user.totp}
    return tuple(method for method, able in can.items() if able)
