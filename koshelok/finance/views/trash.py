"""/trash: what was deleted in the last 30 days, and the way back from it."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from koshelok.core.clock import now
from koshelok.core.errors import DomainError
from koshelok.finance.forms import BulkForm
from koshelok.finance.operations.bulk import restore_transactions
from koshelok.finance.operations.trash import KEPT
from koshelok.finance.queries.receipts import count_receipts
from koshelok.finance.queries.trash import list_trash
from koshelok.finance.views.changes import undo_url_of
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, render
from koshelok.web.problems import message_of
from koshelok.web.toasts import refused, said

bp = Blueprint("trash", __name__, url_prefix="/trash")
PAGE = 50


@bp.context_processor
def _styles() -> dict[str, Any]:
    return {"styles": ("finance.css",)}


@bp.get("")
@access.viewer
def index() -> Response:
    """The latest first; each says how long it is kept."""
    workspace_id, cursor = current_workspace().id, request.args.get("cursor")
    page = list_trash(workspace_id, kept=KEPT, limit=PAGE, cursor=cursor)
    return render(
        "finance/trash.html", "rows" if cursor else "trash", page=page, days_left=_days_left,
        more_url=page.next_cursor and url_for(".index", cursor=page.next_cursor),
        receipts=count_receipts(workspace_id, [gone.record.id for gone in page.items]),
    )  # fmt: skip


@bp.post("/restore")
@access.editor
def restore() -> Response:
    """Bring back the one whose button was pressed, or those that are ticked."""
    ids = BulkForm().ids()
    if not ids:
        return refused(_("Nothing is chosen"), back=url_for(".index"))
    try:
        with unit_of_work():
            count, change_id = restore_transactions(
                actor_id=current_actor().id, workspace_id=current_workspace().id, chosen=ids
            )
    except DomainError as error:
        return refused(message_of(error), back=url_for(".index"), status=error.status)
    if not count:
        return refused(_("Nothing of this could be put back."), back=url_for(".index"))
    return said(ngettext("Put a record back", "Put %(num)d records back", count),
                event=Event.TRANSACTION_RESTORED, back=url_for(".index"),
                undo_url=undo_url_of(change_id))  # fmt: skip


def _days_left(deleted_at: datetime) -> int:
    """Days that it is kept yet, this one among them."""
    return max((deleted_at + KEPT - now()).days + 1, 1)
