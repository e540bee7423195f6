"""/dev/inbox: what the console gateway would have sent. Development and tests only."""

from flask import Blueprint, Response, jsonify

from koshelok.messaging import queries
from koshelok.messaging.models import Message
from koshelok.web import access
from koshelok.web.htmx import render

bp = Blueprint("dev_inbox", __name__, url_prefix="/dev")


@bp.get("/inbox")
@access.public
def show() -> Response:
    """The messages, newest first."""
    entries = [
        {"icon": "mail", "title": m.text, "note": m.recipient, "time": m.created_at}
        for m in queries.list_inbox()
    ]
    return render("messages/inbox.html", entries=entries)


@bp.get("/inbox.json")
@access.public
def listing() -> Response:
    """The same for programs."""
    return jsonify([_entry(message) for message in queries.list_inbox()])


def _entry(message: Message) -> dict[str, str]:
    return {
        "to": message.recipient,
        "text": message.text,
        "created_at": message.created_at.isoformat(),
    }
