"""/budgets/move: money that one category of a month gives another."""

from contextlib import suppress

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from koshelok.budgets import operations, queries
from koshelok.budgets.forms import MoveForm
from koshelok.budgets.views.common import asked_month, month_name, month_url, undo_url, whose
from koshelok.core.errors import DomainError
from koshelok.finance import queries as finance
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_workspace
from koshelok.web.htmx import Event, is_partial, render
from koshelok.web.problems import message_of
from koshelok.web.toasts import refused, said

bp = Blueprint("moves", __name__, url_prefix="/budgets/move")


@bp.get("")
@access.editor
def new() -> Response:
    """The form, filled in with what the address knows."""
    asked = {name: request.args.get(name, type=int) for name in ("from_category", "to_category")}
    form = MoveForm(formdata=None, **asked)
    if typed := request.args.get("amount"):
        with suppress(ValueError):  # what is no amount is left out
            form.amount.process_formdata([typed])
    return _form(form)


@bp.get("/<int:id>")
@access.viewer
def show(id: int) -> Response:
    """What was moved to and from a category in a month."""
    workspace_id, month = current_workspace().id, asked_month()
    category = finance.get_category(workspace_id, id)
    return render("budgets/moves.html", category=category, month=month, back=month_url(month),
                  moves=queries.list_moves(workspace_id, id, month),
                  subtitle=month_name(month))  # fmt: skip


@bp.post("")
@access.editor
def create() -> Response:
    """Move it; `quick` is a button without a form, which is refused by a toast."""
    form, month = MoveForm(), asked_month()
    if not form.validate():
        return _form(form, 422)
    try:
        with unit_of_work():
            change = operations.move_money(
                **whose(), month=month, first_day=current_workspace().month_start, **form.values()
            )
    except DomainError as error:
        return _refused(form, error)
    return said(_("Moved"), event=Event.BUDGET_CHANGED, back=month_url(month),
                undo_url=undo_url(change))  # fmt: skip


def _refused(form: MoveForm, error: DomainError) -> Response:
    if error.status == 404:
        raise error
    if "quick" in request.form:
        return refused(message_of(error), back=month_url(asked_month()), status=error.status)
    form.refuse(error)
    return _form(form, error.status)


def _form(form: MoveForm, status: int = 200) -> Response:
    workspace, month = current_workspace(), asked_month()
    now = queries.get_month(workspace.id, month, workspace.month_start)
    giving = [row for row in (*now.expenses, *now.savings) if row.figures.left > 0]
    giving.sort(key=lambda row: -row.figures.left)
    taking = finance.list_categories(workspace.id, types=("expense", "saving"))
    form.from_category.offer((row.category, row.category_name) for row in giving)
    form.to_category.offer((item.id, item.name) for item in taking)
    return render(
        "budgets/move.html", "form", status=status, form=form, inline=is_partial(), month=month,
        left={row.category: row.figures.left for row in giving}, back=month_url(month),
        subtitle=month_name(month),
    )  # fmt: skip
