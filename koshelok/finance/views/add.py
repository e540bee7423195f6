"""/add: a light page of its own, and the same form in place elsewhere."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from koshelok.core.clock import today
from koshelok.core.errors import DomainError
from koshelok.finance import operations, queries
from koshelok.finance.forms import TransactionForm
from koshelok.finance.views.common import category_icon
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, is_partial, render, see_other

bp = Blueprint("finance", __name__)


@bp.get("/add", endpoint="add")
@access.editor
def new() -> Response:
    """An empty form, ready to type an amount."""
    return _page(_empty())


@bp.post("/add", endpoint="record")
@access.editor
def create() -> Response:
    """Record, say so with Undo, and be ready for the next."""
    form = TransactionForm()
    if not form.validate():
        return _page(form, 422)
    try:
        with unit_of_work():
            made = operations.record_transaction(
                actor_id=current_actor().id, workspace_id=current_workspace().id, **form.values()
            )
    except DomainError as error:
        return _refused(form, error)
    undo_url = url_for("finance.transactions.delete", id=made.id)
    if is_partial():
        return _page(_empty(), event=Event.TRANSACTION_RECORDED, undo_url=undo_url)
    flash(_("Saved"), f"undo:{undo_url}")
    return see_other(url_for("finance.add"))


def _empty() -> TransactionForm:
    return TransactionForm(formdata=None, date=today(current_workspace().time_zone))


def _refused(form: TransactionForm, error: DomainError) -> Response:
    if error.status == 404:
        raise error
    form.refuse(error)
    return _page(form, error.status)


def _page(
    form: TransactionForm, status: int = 200, event: Event | None = None, undo_url: str = ""
) -> Response:
    categories = queries.list_categories(current_workspace().id, recent_first=True)
    return render(
        "finance/add.html", "form", status=status, event=event,
        form=form.offer(categories), undo_url=undo_url,
        icons={c.id: category_icon(c.code, c.type) for c in categories},
    )  # fmt: skip
