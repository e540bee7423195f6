"""The blueprint of the administrators' pages, and what every list of them shares."""

from contextlib import suppress
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import lazy_gettext as _l

from koshelok.admin import words
from koshelok.core.errors import Invalid
from koshelok.core.page import Page, decode_cursor
from koshelok.web.forms import Form
from koshelok.web.htmx import push_url, render

bp = Blueprint("admin", __name__, url_prefix="/admin")
PAGE = 50
SECTIONS = (
    ("admin.overview", _l("Overview"), "chart-pie"),
    ("admin.users", _l("People"), "users"),
    ("admin.cards", _l("Cards"), "credit-card"),
    ("admin.transfers", _l("Transfers"), "arrow-left-right"),
    ("admin.verification", _l("Verification"), "shield-check"),
    ("admin.history", _l("History"), "history"),
)


@bp.context_processor
def _words() -> dict[str, object]:
    """What the pages call things, and the places between which they lead."""
    return {"words": words, "sections": SECTIONS}


def listing(template: str, form: Form, page: Page[Any], **context: Any) -> Response:
    """A list that the address narrows: whole, its results, or the rows that follow."""
    wrong, cursor, endpoint = bool(form.errors), request.args.get("cursor"), request.endpoint or ""
    asked: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name in form.data
    }
    more = page.next_cursor and url_for(endpoint, **asked, cursor=page.next_cursor)
    response = render(
        template, "rows" if cursor and not wrong else "results", status=422 if wrong else 200,
        form=form, page=page, asked=asked, more_url=more, previous=_previous(cursor), **context,
    )  # fmt: skip
    return response if cursor else push_url(response, url_for(endpoint, **asked))


def _previous(cursor: str | None) -> datetime | None:
    """When the row before these was, of a list in the order of time: its day has its heading."""
    for key in (UUID, int):
        with suppress(Invalid):
            return cast(datetime, decode_cursor(cursor or "", datetime, key)[0])
    return None
