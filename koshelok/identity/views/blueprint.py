"""The blueprint that the modules of this package share, and what all of them do."""

from dataclasses import dataclass
from math import ceil
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, session, url_for

from koshelok.core.clock import now
from koshelok.core.errors import DomainError, NotFound, TooManyRequests
from koshelok.identity import queries
from koshelok.identity.contacts import readable
from koshelok.identity.models import OneTimeCode, Purpose
from koshelok.web.forms import Form
from koshelok.web.htmx import render
from koshelok.web.redirects import safe_path

bp = Blueprint("identity", __name__)
VERIFICATION_KEY = "verification"
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


def remember_next(target: str | None) -> None:
    """Where to go once signed in; kept while the code travels."""
    session[NEXT_KEY] = safe_path(target, "")


def next_page() -> str:
    """Where to go now that one is signed in; asked before the session starts anew."""
    return safe_path(session.get(NEXT_KEY), url_for("home.dashboard"))
