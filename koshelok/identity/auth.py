"""Signing in at the edge: the cookie session, the tokens, and whose request this is."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import g, request, session
from flask_jwt_extended import create_access_token, create_refresh_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError

from koshelok.core.clock import now
from koshelok.identity import operations, queries
from koshelok.identity.contacts import login_key
from koshelok.identity.models import User
from koshelok.identity.operations import Device, SignIn
from koshelok.identity.queries import Caller
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import limits
from koshelok.web.auth import WORKSPACE_KEY, TokenInvalid, current_session_id

SEEN_EVERY = timedelta(minutes=5)


def find_principal(session_id: UUID) -> User | None:
    """The user of a live session; notes now and then that the device was seen."""
    found = queries.find_principal(session_id)
    if found is None:
        return None
    user, last_seen_at = found
    _note_seen(session_id, last_seen_at)
    return user


def find_caller(session_id: UUID) -> Caller | None:
    """The same for a token, with as little of the user as such a request needs."""
    caller = queries.find_caller(session_id)
    if caller is not None:
        _note_seen(session_id, caller.last_seen_at)
    return caller


def _note_seen(session_id: UUID, last_seen_at: datetime) -> None:
    if last_seen_at < now() - SEEN_EVERY:
        with unit_of_work():
            operations.touch_session(session_id=session_id)


def this_device(kind: str) -> Device:
    """The device that asks."""
    return Device(kind, request.headers.get("User-Agent", ""))


def begin_cookie_session(sign_in: SignIn) -> None:
    """Start the browser's session anew: nothing of the former one stays."""
    session.clear()
    g.pop("csrf_token", None)  # of the former session: a page of this answer needs the new one's
    session["_user_id"] = str(sign_in.session_id)
    session.permanent = True


def renew_cookie_session() -> None:
    """Replace this browser's session, in the transaction of a change of privilege."""
    workspace_id = session.get(WORKSPACE_KEY)
    replaced = operations.replace_session(
        session_id=current_session_id(), device=this_device("web")
    )
    begin_cookie_session(replaced)
    if workspace_id is not None:
        session[WORKSPACE_KEY] = workspace_id


def remember_language(user_id: int, language: str) -> None:
    """Keep the language that was chosen in the top bar."""
    with unit_of_work():
        operations.edit_profile(actor_id=user_id, language=language)


def make_tokens(sign_in: SignIn) -> dict[str, str | int]:
    """An access and a refresh token of a session."""
    user, claims = sign_in.user, {"sid": str(sign_in.session_id)}
    return {
        "access": create_access_token(
            identity=str(user.id), additional_claims={**claims, "username": user.username}
        ),
        "refresh": create_refresh_token(
            identity=str(user.id), additional_claims={**claims, "jti": sign_in.refresh_id}
        ),
        "token_type": "Bearer",
        "expires_in": current().access_token_minutes * 60,
    }


def read_refresh_token(token: str) -> tuple[UUID, str]:
    """The session id and the jti of a refresh token; raises TokenInvalid."""
    try:
        claims = decode_token(token)
        if claims.get("type") != "refresh" or not claims.get("jti"):
            raise TokenInvalid
        return UUID(claims["sid"]), str(claims["jti"])
    except (
        PyJWTError,
        JWTExtendedException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise TokenInvalid from error


def limit_sign_in(login: str) -> None:
    """Count a try to sign in, for the address and for the account.

    Where the account signed in from this address lately, the count is the address's own:
    a stranger elsewhere cannot use it up.
    """
    settings, address = current(), limits.address()
    limits.hit(settings.limit_login_address, "sign-in", address)
    user = queries.find_user_by_login(login)
    own = address if user is not None and queries.is_known_address(user.id, address) else ""
    limits.hit(settings.limit_login_account, "sign-in", login_key(login), own)


def limit_codes(contact: str) -> None:
    """Count a code asked for, for the address and for the contact."""
    settings = current()
    limits.hit(settings.limit_code_address, "codes", limits.address())
    limits.hit(settings.limit_code_contact, "codes-to", login_key(contact))


def limit_registration() -> None:
    """Count a registration, for the address."""
    limits.hit(current().limit_register, "registration", limits.address())


def limit_tries() -> None:
    """Count a try at a code, for the address."""
    limits.hit(current().limit_login_address, "tries", limits.address())


def limit_second_factor(user_id: int) -> None:
    """Count a try at the second factor, for its owner."""
    limits.hit(current().limit_login_account, "second-factor", str(user_id))


def limit_photos(user_id: int) -> None:
    """Count a photo, for its owner."""
    limits.hit(current().limit_photo, "photo", str(user_id))
