"""/transactions/bulk: one change of the records that are chosen, or of all that the list shows."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select

from koshelok.core.errors import DomainError
from koshelok.finance import operations
from koshelok.finance.errors import NothingChosen, TooManyChosen
from koshelok.finance.forms import BulkForm, FilterForm
from koshelok.finance.queries.search import count_matching, select_matching
from koshelok.finance.views.changes import undo_url_of
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event
from koshelok.web.problems import message_of
from koshelok.web.toasts import refused, said

bp = Blueprint("bulk", __name__, url_prefix="/transactions/bulk")
MOST = 20_000

Chosen = Select[Any] | Sequence[int]


@bp.post("/category")
@access.editor
def recategorise() -> Response:
    """Move records into a category; those of the other type stay."""
    form = BulkForm()
    if not form.validate():
        return refused(next(iter(form.errors.values()))[0], back=_back(picking=True), status=422)
    return _change(operations.recategorise, _moved, category_id=form.to.data)


@bp.post("/delete")
@access.editor
def delete() -> Response:
    """Take records out of lists and totals, into the trash."""
    return _change(operations.delete_transactions, _deleted)


def _change(operation: Any, words: Any, **arguments: Any) -> Response:
    try:
        with unit_of_work():
            count, change_id = operation(
                actor_id=current_actor().id,
                workspace_id=current_workspace().id,
                chosen=_chosen(),
                **arguments,
            )
    except DomainError as error:
        if error.status == 404:
            raise
        return refused(message_of(error), back=_back(picking=True), status=error.status)
    if not count:
        return refused(_("These are there already, or of the other type."),
                       back=_back(picking=True))  # fmt: skip
    return said(words(count), event=Event.TRANSACTION_CHANGED, back=_back(),
                undo_url=undo_url_of(change_id))  # fmt: skip


def _moved(count: int) -> str:
    return str(ngettext("Moved a record", "Moved %(num)d records", count))


def _deleted(count: int) -> str:
    return str(ngettext("Deleted a record", "Deleted %(num)d records", count))


def _chosen() -> Chosen:
    """The ticked ones, or a select of all that match; raises NothingChosen, TooManyChosen."""
    if not request.form.get("all"):
        ids = BulkForm().ids()
        if not ids:
            raise NothingChosen
        return ids
    form = FilterForm(request.form)
    if not form.validate():
        raise NothingChosen
    workspace_id, filters = current_workspace().id, form.filters()
    if count_matching(workspace_id, filters, MOST) > MOST:
        raise TooManyChosen(limit=MOST)
    return select_matching(workspace_id, filters)


def _back(*, picking: bool = False) -> str:
    """The list as it was narrowed."""
    asked: dict[str, Any] = {
        name: request.form[name] for name in FilterForm.NAMES if request.form.get(name)
    }
    if picking:
        asked["select"] = 1
    return url_for("finance.transactions.index", **asked)
