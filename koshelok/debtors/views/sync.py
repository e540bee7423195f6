"""What a device asks for to work without a connection: the people of the book, and the page."""

import gzip
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from flask import Blueprint, Response, g, json, make_response, request

from koshelok.core.clock import now, today
from koshelok.debtors import queries
from koshelok.debtors.forms.counter import EntryForm
from koshelok.debtors.views.counter import DUE_DAYS
from koshelok.web import access
from koshelok.web.auth import current_actor, current_membership, current_workspace
from koshelok.web.htmx import render

bp = Blueprint("sync", __name__, url_prefix="/debtors")
LEVEL = 5


@bp.get("/sync")
@access.viewer
def people() -> Response:
    """Everybody with what they owe; 304 when the device has them as they are."""
    tag = _tag()
    if tag in request.if_none_match:
        return make_response("", 304, {"ETag": f'"{tag}"'})
    response = _packed(_book())
    response.set_etag(tag)
    return response


@bp.get("/offline")
@access.public
def shell() -> Response:
    """The counter with nobody's data, for devices to keep: its scripts fill it."""
    g.csrf_token = ""  # what is kept is of no session
    day = today()
    nobody: dict[str, Any] = dict.fromkeys(("sheet", "people", "ahead", "chosen", "new", "due"))
    return render(
        "debtors/counter.html",
        kept=True,
        **nobody,
        form=EntryForm(formdata=None),
        due_days=[(count, day + timedelta(days=count)) for count in DUE_DAYS],
        can_write=True,
        is_owner=False,
    )


def _tag() -> str:
    """Changes with the book, and with who asks for it."""
    role, version = current_membership().role, queries.get_version(current_workspace().id)
    seen = f"{current_actor().id}:{current_workspace().id}:{role}:{version}"
    return blake2b(seen.encode(), digest_size=12).hexdigest()


def _book() -> bytes:
    workspace_id = current_workspace().id
    book = {
        "user": current_actor().id,
        "workspace": workspace_id,
        "role": current_membership().role,
        "as_of": now().isoformat(timespec="seconds"),
        "due_days": queries.find_book(workspace_id).due_days,
        "people": queries.list_cached(workspace_id),
    }
    return json.dumps(book).encode()


def _packed(body: bytes) -> Response:
    """Compressed where it can be: thousands of people come down to a tenth."""
    response = Response(content_type="application/json")
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        response.content_encoding = "gzip"
        body = gzip.compress(body, LEVEL, mtime=0)
    response.set_data(body)
    return response
