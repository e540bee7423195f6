"""The blueprint that the modules of this package share, and what all of them do."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, session, url_for

from koshelok.core.clock import now
from koshelok.core.errors import DomainError, NotFound, TooManyRequests
from koshelok.identity import auth, queries
from koshelok.identity.contacts import readable
from koshelok.identity.errors import TotpRequired
from koshelok.identity.models import OneTimeCode, Purpose
from koshelok.identity.operations import SignIn
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web.forms import Form
from koshelok.web.htmx import full_redirect, render
from koshelok.web.redirects import safe_path

bp = Blueprint("identity", __name__)
VERIFICATION_KEY = "verification"
SECOND_FACTOR_KEY = "second_factor"
NEXT_KEY = "after_sign_in"


def refused(template: str, form: Form, error: DomainError, **context: Any) -> Response:
    """The same page with the refusal at its field. A wrong password is no 401: there is a form."""
    form.refuse(error)
    response = render(template, form=form, status=_status(error), **context)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _status(error: DomainError) -> int:
    return 422 if error.status == 401 else error.status


def remember_code(sent: OneTimeCode) -> None:
    """Which code this browser waits for."""
    session[VERIFICATION_KEY] = str(sent.id)


@dataclass(frozen=True, slots=True)
class Awaited:
    """A code on its way: to whom, as people read it, and when another may be asked for."""

    id: UUID
    contact: str
    to: str
    channel: str
    seconds_left: int


def awaited_code(purpose: Purpose) -> Awaited | None:
    """The code this browser waits for, if it is for this purpose."""
    try:
        sent = queries.get_code(UUID(session.get(VERIFICATION_KEY, "")))
    except (ValueError, NotFound):
        return None
    if sent.purpose != purpose:
        return None
    left = max(0, ceil((sent.resend_after - now()).total_seconds()))
    return Awaited(sent.id, sent.contact, readable(sent.contact), sent.channel, left)


@dataclass(frozen=True, slots=True)
class HalfSignedIn:
    """Who proved the first factor in this browser, for a few minutes, and what shows it."""

    user_id: int
    stamp: str


def first_factor(sign_in: Callable[[], SignIn]) -> SignIn | None:
    """Sign in; None where the second factor is to be asked for, which this browser remembers.

    What proved the first factor is spent all the same: hence caught before the commit.
    """
    with unit_of_work():
        try:
            return sign_in()
        except TotpRequired as required:
            at = int(now().timestamp())
            session[SECOND_FACTOR_KEY] = [required.user_id, required.stamp, at]
            return None


def awaited_second_factor() -> HalfSignedIn | None:
    """Who is to give the second factor here."""
    user_id, stamp, at = session.get(SECOND_FACTOR_KEY, (0, "", 0))
    if at < now().timestamp() - current().code_minutes * 60:
        return None
    return HalfSignedIn(user_id, stamp)


def go_on(signed_in: SignIn | None, target: str) -> Response:
    """After the first factor or the second: to the second, to a first password, or on."""
    if signed_in is None:
        remember_next(target)
        return full_redirect(url_for("identity.second_factor"))
    auth.begin_cookie_session(signed_in)
    if signed_in.user.has_password:
        return full_redirect(target)
    remember_next(target)
    return full_redirect(url_for("identity.welcome"))


def remember_next(target: str | None) -> None:
    """Where to go once signed in; kept while the code travels."""
    session[NEXT_KEY] = safe_path(target, "")


def next_page() -> str:
    """Where to go now that one is signed in; asked before the session starts anew."""
    return safe_path(session.get(NEXT_KEY), url_for("home.dashboard"))
