"""Who is asking, and in which workspace: resolved at most once a request.

This layer knows no feature: `registry` gives it the two look-ups it needs.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from flask import current_app, g, request, session
from flask_jwt_extended import decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from flask_login import current_user
from jwt import PyJWTError

from koshelok.core.errors import DomainError, NotFound, Unauthenticated
from koshelok.web.request import is_api

WORKSPACE_KEY = "workspace_id"
WORKSPACE_HEADER = "X-Workspace"
TOKENS_KEPT = 4096


class TokenInvalid(Unauthenticated):
    """The token is broken, expired, of another type, or its session has ended."""

    code = "token_invalid"
    message = "This token does not work. Sign in again."


class Principal(Protocol):
    """A signed-in user as the edge sees one."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def is_authenticated(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workspace as the edge sees one: plain values, which outlive a rollback."""

    id: int
    name: str
    kind: str
    time_zone: str
    month_start: int = 1


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's place in a workspace: owner, editor or viewer."""

    workspace: Tenant
    role: str


@dataclass(slots=True)
class Directory:
    """The look-ups that identity and workspaces provide."""

    find_principal: Callable[[UUID], Principal | None] = lambda _: None
    find_caller: Callable[[UUID], Principal | None] = lambda _: None
    list_memberships: Callable[[int], Sequence[Membership]] = lambda _: ()
    remember_language: Callable[[int, str], None] = lambda _id, _language: None


directory = Directory()


def find_actor() -> Principal | None:
    """The signed-in user of this request, or None; a bad token raises (401)."""
    if "actor" not in g:
        g.actor = _token_actor() if is_api() else _cookie_actor()
    actor: Principal | None = g.actor
    return actor


def peek_actor() -> Principal | None:
    """The signed-in user, or None also for a bad token: for what must work before it is refused."""
    try:
        return find_actor()
    except DomainError:
        return None


def current_actor() -> Principal:
    """The signed-in user; raises Unauthenticated."""
    actor = find_actor()
    if actor is None:
        raise Unauthenticated
    return actor


def current_session_id() -> UUID:
    """The id of the session (device) this request belongs to."""
    current_actor()
    return g.session_id if is_api() else UUID(session["_user_id"])


def memberships() -> Sequence[Membership]:
    """The caller's workspaces, the personal one first; one query a request."""
    if "memberships" not in g:
        actor = find_actor()
        g.memberships = directory.list_memberships(actor.id) if actor else ()
    found: Sequence[Membership] = g.memberships
    return found


def current_membership() -> Membership:
    """The membership this request acts under; another's workspace id is NotFound."""
    if "membership" not in g:
        current_actor()
        g.membership = _chosen_membership()
    chosen: Membership = g.membership
    return chosen


def current_workspace() -> Tenant:
    """The workspace this request reads and writes."""
    return current_membership().workspace


def _chosen_membership() -> Membership:
    mine = memberships()
    first = mine[0] if mine else None
    asked = request.headers.get(WORKSPACE_HEADER)
    if asked is not None:  # a page names one too, for what it wrote before another was chosen
        found = _by_id(mine, asked)
    else:
        found = first if is_api() else _by_id(mine, str(session.get(WORKSPACE_KEY, ""))) or first
    if found is None:
        raise NotFound
    return found


def _by_id(mine: Sequence[Membership], asked: str) -> Membership | None:
    return next((m for m in mine if str(m.workspace.id) == asked.strip()), None)


def _cookie_actor() -> Principal | None:
    return current_user._get_current_object() if current_user.is_authenticated else None  # noqa: SLF001  # werkzeug's way to unwrap


def _token_actor() -> Principal | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        return None
    g.session_id = _session_of(token)
    caller = directory.find_caller(g.session_id)
    if caller is None:
        raise TokenInvalid
    return caller


def _session_of(token: str) -> UUID:
    try:
        session_id, expires_at = _read_token(token, current_app.config["JWT_SECRET_KEY"])
    except (
        PyJWTError,
        JWTExtendedException,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise TokenInvalid from error
    if expires_at <= time.time():
        raise TokenInvalid
    return session_id


@lru_cache(TOKENS_KEPT)
def _read_token(token: str, _secret: str) -> tuple[UUID, int]:
    """The session and the end of an access token that is ours, which never changes: read once.

    Whether the session still lives is asked at each request.
    """
    claims = decode_token(token)
    if claims["type"] != "access" or not isinstance(claims["jti"], str):
        raise TokenInvalid
    return UUID(claims["sid"]), claims["exp"]
