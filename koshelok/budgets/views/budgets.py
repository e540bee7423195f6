"""/budgets/new and /budgets/<id>: set a category's budget of a month, change it, take it away."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from koshelok.budgets import operations, queries
from koshelok.budgets.forms import AmountForm, BudgetForm
from koshelok.budgets.models import Budget
from koshelok.budgets.views.common import asked_month, month_name, month_url, undo_url, whose
from koshelok.core.errors import DomainError
from koshelok.finance import queries as finance
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_workspace
from koshelok.web.htmx import Event, is_partial, render
from koshelok.web.templating import url_for
from koshelok.web.toasts import said

bp = Blueprint("set", __name__, url_prefix="/budgets")
BUDGETED = ("expense", "saving")


@bp.get("/new")
@access.editor
def new() -> Response:
    """An empty form, with the category of the address chosen."""
    chosen = request.args.get("category", type=int)
    return _new(BudgetForm(formdata=None, category=chosen))


@bp.post("/new")
@access.editor
def create() -> Response:
    """Set it; Undo takes it away again."""
    form, month = BudgetForm(), asked_month()
    if not form.validate():
        return _new(form, 422)
    try:
        with unit_of_work():
            _budget, change = operations.create_budget(**whose(), month=month, **form.values())
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _new(form, error.status)
    return said(_("Saved"), event=Event.BUDGET_CHANGED, back=month_url(month),
                undo_url=undo_url(change))  # fmt: skip


@bp.get("/<int:id>/edit")
@access.editor
def edit(id: int) -> Response:
    """The form, filled in."""
    budget = queries.get_budget(current_workspace().id, id)
    form = AmountForm(formdata=None, amount=budget.amount, description=budget.description)
    return _edit(form, budget)


@bp.post("/<int:id>/edit")
@access.editor
def update(id: int) -> Response:
    """Change it; every later carry follows."""
    budget, form = queries.get_budget(current_workspace().id, id), AmountForm()
    if not form.validate():
        return _edit(form, budget, 422)
    back = month_url(budget.month)
    try:
        with unit_of_work():
            _budget, change = operations.edit_budget(**whose(), budget_id=id, **form.values())
    except DomainError as error:
        form.refuse(error)
        return _edit(form, queries.get_budget(current_workspace().id, id), error.status)
    return said(_("Saved"), event=Event.BUDGET_CHANGED, back=back, undo_url=undo_url(change))


@bp.post("/<int:id>/delete")
@access.editor
def delete(id: int) -> Response:
    """Take it away; Undo puts it back."""
    back = month_url(queries.get_budget(current_workspace().id, id).month)
    with unit_of_work():
        change = operations.delete_budget(**whose(), budget_id=id)
    return said(_("Deleted"), event=Event.BUDGET_CHANGED, back=back, undo_url=undo_url(change))


def _new(form: BudgetForm, status: int = 200) -> Response:
    month = asked_month()
    categories = finance.list_categories(current_workspace().id, types=BUDGETED)
    form.category.offer((item.id, item.name) for item in categories)
    return render(
        "budgets/edit.html", "form", status=status, form=form, categories=categories,
        inline=is_partial(), url=url_for("budgets.set.create"), month=month,
        back=month_url(month), title=_("New budget"), subtitle=month_name(month),
    )  # fmt: skip


def _edit(form: AmountForm, budget: Budget, status: int = 200) -> Response:
    named = finance.list_named(budget.workspace_id, [budget.category_id])
    return render(
        "budgets/edit.html", "form", status=status, form=form, categories=(),
        inline=is_partial(), url=url_for("budgets.set.update", id=budget.id), month=budget.month,
        back=month_url(budget.month), title=named[budget.category_id][0],
        subtitle=month_name(budget.month),
    )  # fmt: skip
