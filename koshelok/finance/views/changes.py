"""/changes/<id>/undo and /redo: every change has a way back, also after a reload."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from koshelok.finance import operations
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event
from koshelok.web.toasts import said

bp = Blueprint("changes", __name__, url_prefix="/changes")


def undo_url_of(change_id: int | None) -> str | None:
    """Where a change is taken back; None for none."""
    return url_for("finance.changes.undo", id=change_id) if change_id else None


@bp.post("/<int:id>/undo")
@access.editor
def undo(id: int) -> Response:
    """Take a change back; Undo of that takes it again."""
    with unit_of_work():
        operations.undo_change(
            actor_id=current_actor().id, workspace_id=current_workspace().id, change_id=id
        )
    return said(_("Put back"), event=Event.TRANSACTION_RESTORED,
                back=url_for("finance.transactions.index"),
                undo_url=url_for(".redo", id=id))  # fmt: skip


@bp.post("/<int:id>/redo")
@access.editor
def redo(id: int) -> Response:
    """Take a change again that was taken back."""
    with unit_of_work():
        operations.redo_change(
            actor_id=current_actor().id, workspace_id=current_workspace().id, change_id=id
        )
    return said(_("Done again"), event=Event.TRANSACTION_RESTORED,
                back=url_for("finance.transactions.index"),
                undo_url=url_for(".undo", id=id))  # fmt: skip
