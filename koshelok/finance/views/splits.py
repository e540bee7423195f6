"""/transactions/<id>/split: one record over several categories."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.finance import operations, queries
from koshelok.finance.entry_forms import MORE, SplitForm, first_part
from koshelok.finance.errors import LinkedToTransfer
from koshelok.finance.queries import Record
from koshelok.finance.views.add import alone
from koshelok.finance.views.changes import undo_url_of
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, render
from koshelok.web.toasts import said

bp = Blueprint("splits", __name__, url_prefix="/transactions")


@bp.get("/<int:id>/split")
@access.editor
def edit(id: int) -> Response:
    """The record as its first part."""
    record = _divisible(id)
    return _page(SplitForm(formdata=None, data={"parts": first_part(record.category)}), record)


@bp.post("/<int:id>/split")
@access.editor
def update(id: int) -> Response:
    """Divide the record; Undo makes it one again."""
    record, form = _divisible(id), SplitForm()
    if form.do.data == MORE:
        return _page(form, record)
    if not form.validate():
        return _page(form, record, 422)
    try:
        with unit_of_work():
            _parts, change_id = operations.split_transaction(
                actor_id=current_actor().id, workspace_id=current_workspace().id,
                transaction_id=id, parts=form.parts.parts(record.amount),
            )  # fmt: skip
    except DomainError as error:
        form.refuse(error)
        return _page(form, record, error.status)
    return said(_("Divided"), event=Event.TRANSACTION_CHANGED, undo_url=undo_url_of(change_id),
                back=url_for("finance.transactions.index"))  # fmt: skip


def _divisible(id: int) -> Record:
    """A transfer is a fact of its own: what it made stays whole."""
    record = queries.get_record(current_workspace().id, id)
    if record.transfer_id is not None:
        raise LinkedToTransfer
    return record


def _page(form: SplitForm, record: Record, status: int = 200) -> Response:
    categories = [
        category for category in queries.list_categories(current_workspace().id, recent_first=True)
        if category.type == record.type
    ]  # fmt: skip
    return render(
        "finance/split.html", status=status, form=form, record=record, rows=form.rows,
        categories=categories, **alone(),
    )  # fmt: skip
