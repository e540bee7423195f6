"""/rules: which words always mean which category; asked after two equal corrections."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from koshelok.core.errors import DomainError
from koshelok.finance import operations, queries
from koshelok.finance.views.changes import undo_url_of
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, render, see_other
from koshelok.web.problems import message_of
from koshelok.web.templating import url_for
from koshelok.web.toasts import refused, said

bp = Blueprint("rules", __name__, url_prefix="/rules")


@bp.get("")
@access.viewer
def index() -> Response:
    """The rules of this workspace."""
    return render("finance/rules.html", "rules", rules=queries.list_rules(current_workspace().id))


@bp.get("/ask/<int:id>")
@access.editor
def ask(id: int) -> Response:
    """What is asked of a record that was just put right; nothing to ask leads to the list."""
    queries.get_record(current_workspace().id, id)
    question = question_of(id)
    if not question:
        return see_other(url_for("finance.transactions.index"))
    return render("finance/ask.html", record_id=id, **question)


@bp.post("/ask/<int:id>/yes")
@access.editor
def accept(id: int) -> Response:
    """Always; with the records of the past unless only the future is meant."""
    back = url_for("finance.transactions.index")
    try:
        with unit_of_work():
            count, change = operations.accept_rule(
                **_who(), transaction_id=id, past=request.form.get("past") == "yes"
            )
    except DomainError as error:
        if error.status == 404:
            raise
        return refused(message_of(error), back=back, status=error.status)
    message = ngettext(
        "Remembered, %(num)d record moved", "Remembered, %(num)d records moved", count
    )
    return said(message if count else _("Remembered"), event=Event.TRANSACTION_RESTORED,
                back=back, undo_url=undo_url_of(change))  # fmt: skip


@bp.post("/ask/<int:id>/no")
@access.editor
def decline(id: int) -> Response:
    """Never ask this again."""
    with unit_of_work():
        operations.decline_rule(**_who(), transaction_id=id)
    return said(_("You will not be asked again"), event=Event.RULE_CHANGED,
                back=url_for("finance.transactions.index"))  # fmt: skip


@bp.post("/<int:id>/delete")
@access.editor
def delete(id: int) -> Response:
    """Follow it no more; what it moved stays."""
    with unit_of_work():
        change = operations.delete_rule(**_who(), rule_id=id)
    return said(_("Deleted"), event=Event.RULE_CHANGED, back=url_for("finance.rules.index"),
                undo_url=undo_url_of(change))  # fmt: skip


def question_of(record_id: int) -> dict[str, Any]:
    """What there is to ask of a corrected record, and what a yes would move; or nothing."""
    workspace_id = current_workspace().id
    question = queries.find_question(workspace_id, record_id)
    if question is None:
        return {}
    return {"question": question, "preview": queries.preview_rule(workspace_id, question)}


def _who() -> dict[str, int]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}
