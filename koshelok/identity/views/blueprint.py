"""The blueprint that the modules of this package share, and what all of them do."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, session, url_for

from koshelok.core.errors import DomainError, NotFound, TooManyRequests
from koshelok.identity import queries
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


def awaited_code(purpose: Purpose) -> OneTimeCode | None:
    """The code this browser waits for, if it is for this purpose."""
    try:
        sent = queries.get_code(UUID(session.get(VERIFICATION_KEY, "")))
    except (ValueError, NotFound):
        return None
    return sent if sent.purpose == purpose else None


def remember_next(target: str | None) -> None:
    """Where to go once signed in; kept while the code travels."""
    session[NEXT_KEY] = safe_path(target, "")


def next_page() -> str:
    """Where to go now that one is signed in; asked before the session starts anew."""
    return safe_path(session.get(NEXT_KEY), url_for("home.dashboard"))
