"""/admin/audit: who did what to what, when and from where."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from flask import Response, request, url_for

from koshelok.admin import queries
from koshelok.admin.forms import HistorySearch
from koshelok.admin.views.blueprint import PAGE, bp, listing
from koshelok.admin.words import CARD_STATUSES, ROLES
from koshelok.core.errors import Invalid
from koshelok.core.page import Page
from koshelok.web import access
from koshelok.web.components import money

if TYPE_CHECKING:
    from koshelok.audit.models import AuditEvent
    from koshelok.identity.models import User

_NAMES = ROLES | CARD_STATUSES
_PAGES = {"user": "admin.user", "card": "admin.card", "transfer": "admin.transfer"}


@bp.get("/audit", endpoint="history")
@access.admin
def index() -> Response:
    """What was done, the latest first."""
    form = HistorySearch(request.args)
    page: Page[AuditEvent] = Page([], None)
    try:
        if form.validate():
            page = queries.list_history(
                form.filters(), limit=PAGE, cursor=request.args.get("cursor")
            )
    except Invalid as error:
        form.refuse(error)
    people = queries.list_people(_people(page))
    return listing(
        "admin/history.html", form, page, people=people, subject_url=_subject_url, about=_about
    )


def _people(page: "Page[AuditEvent]") -> list[int | None]:
    subjects = [int(e.subject_id) for e in page.items if e.subject_type == "user" and e.subject_id]
    return [event.actor_id for event in page.items] + subjects


def _subject_url(event: "AuditEvent") -> str | None:
    """Where what it was done to is shown."""
    endpoint = _PAGES.get(event.subject_type or "")
    return url_for(endpoint, id=event.subject_id) if endpoint and event.subject_id else None


def _about(event: "AuditEvent", people: Mapping[int, "User"]) -> str:
    """To whom, from what to what, how much, why, and from where: as far as it is known."""
    told, subject = event.details, None
    if event.subject_type == "user" and event.subject_id != str(event.actor_id):
        subject = people.get(int(event.subject_id or 0))
    change = [str(_NAMES.get(told[end], told[end])) for end in ("from", "to") if end in told]
    parts = (
        subject.display_name if subject else "",
        " → ".join(change),
        money(Decimal(told["amount"])) if "amount" in told else "",
        told.get("reason", ""),
        event.ip or "",
    )
    return " · ".join(part for part in parts if part)
