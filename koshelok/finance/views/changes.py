"""/history: what was changed, by whom; every change has a way back, also after a reload."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.finance import operations, queries
from koshelok.finance.queries import ChangeRow
from koshelok.finance.words import icon_of, words_of
from koshelok.identity.queries import list_users
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, render
from koshelok.web.problems import message_of
from koshelok.web.redirects import came_from
from koshelok.web.toasts import refused, said

bp = Blueprint("changes", __name__)
PAGE = 50


def undo_url_of(change_id: int | None) -> str | None:
    """Where a change is taken back; None for none."""
    return url_for("finance.changes.undo", id=change_id) if change_id else None


@bp.get("/history")
@access.viewer
def index() -> Response:
    """What was changed here in the last 30 days, the newest first."""
    cursor = request.args.get("cursor")
    page = queries.list_changes(current_workspace().id, limit=PAGE, cursor=cursor)
    return render(
        "finance/history.html", "rows" if cursor else "history", page=page,
        more_url=page.next_cursor and url_for(".index", cursor=page.next_cursor),
        names=_names(page.items), words_of=words_of, icon_of=icon_of,
    )  # fmt: skip


def _names(changes: Sequence[ChangeRow]) -> dict[int, str]:
    ids = {change.actor_id for change in changes if change.actor_id is not None}
    return {user.id: user.full_name for user in list_users(sorted(ids))}


@bp.post("/changes/<int:id>/undo")
@access.editor
def undo(id: int) -> Response:
    """Take a change back; Undo of that takes it again."""
    return _turn(operations.undo_change, id, _("Put back"), url_for(".redo", id=id))


@bp.post("/changes/<int:id>/redo")
@access.editor
def redo(id: int) -> Response:
    """Take a change again that was taken back."""
    return _turn(operations.redo_change, id, _("Done again"), url_for(".undo", id=id))


def _turn(operation: Callable[..., int], id: int, message: str, undo_url: str) -> Response:
    """One way or the other; told where it was asked."""
    back = came_from(url_for("finance.transactions.index"))
    try:
        with unit_of_work():
            operation(
                actor_id=current_actor().id, workspace_id=current_workspace().id, change_id=id
            )
    except DomainError as error:
        if error.status == 404:
            raise
        return refused(message_of(error), back=back, status=error.status)
    return said(message, event=Event.TRANSACTION_RESTORED, back=back, undo_url=undo_url)
