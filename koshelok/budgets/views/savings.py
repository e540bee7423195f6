"""/savings: what is put aside, what for, and how far it is."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _

from koshelok.budgets import operations, queries
from koshelok.budgets.forms import EarmarkForm, GoalForm, NewGoalForm
from koshelok.budgets.views.common import this_day, undo_url, whose
from koshelok.core.errors import DomainError
from koshelok.core.page import DEFAULT_LIMIT
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_workspace
from koshelok.web.htmx import Event, is_partial, render
from koshelok.web.problems import message_of
from koshelok.web.templating import url_for
from koshelok.web.toasts import refused, said

bp = Blueprint("savings", __name__, url_prefix="/savings")
WAYS = {"put": operations.put_aside, "take": operations.take_back}


@bp.get("")
@access.viewer
def index() -> Response:
    """Every goal, and all that is put aside."""
    goals = _goals()
    return render("budgets/savings.html", "goals", goals=goals,
                  total=sum(goal.saved for goal in goals))  # fmt: skip


@bp.get("/<int:id>")
@access.viewer
def show(id: int) -> Response:
    """What was put aside for one goal and taken back, in the days of the address if it has some."""
    goal, cursor = _goal(id), request.args.get("cursor")
    days = {name: _day(request.args.get(name)) for name in ("start_date", "end_date")}
    page = queries.list_earmarks(
        current_workspace().id, id, limit=DEFAULT_LIMIT, cursor=cursor,
        start=days["start_date"], end=days["end_date"],
    )  # fmt: skip
    asked = {name: value for name, value in days.items() if value}
    return render(
        "budgets/goal.html", "rows" if cursor else "goal", goal=goal, page=page, asked=asked,
        here=url_for("budgets.savings.show", id=id, **asked),
        more_url=page.next_cursor
        and url_for("budgets.savings.show", id=id, **asked, cursor=page.next_cursor),
    )  # fmt: skip


@bp.get("/new")
@access.editor
def new() -> Response:
    """What for, how much, by when."""
    return _new(NewGoalForm(formdata=None))


@bp.post("/new")
@access.editor
def create() -> Response:
    """Open it, and say what for."""
    form = NewGoalForm()
    if not form.validate():
        return _new(form, 422)
    try:
        with unit_of_work():
            made = operations.open_goal(**whose(), name=form.name.data)
            operations.set_goal(**whose(), category_id=made.id, **_wish(form))
    except DomainError as error:
        form.refuse(error)
        return _new(form, error.status)
    return said(_("Saved"), event=Event.BUDGET_CHANGED, back=_back())


@bp.get("/<int:id>/goal")
@access.editor
def edit(id: int) -> Response:
    """The goal, filled in."""
    goal = _goal(id)
    return _edit(GoalForm(formdata=None, goal=goal.goal, goal_on=goal.goal_on), goal)


@bp.post("/<int:id>/goal")
@access.editor
def update(id: int) -> Response:
    """Change the goal; Undo puts the former one back."""
    goal, form = _goal(id), GoalForm()
    if not form.validate():
        return _edit(form, goal, 422)
    try:
        with unit_of_work():
            change = operations.set_goal(**whose(), category_id=id, **_wish(form))
    except DomainError as error:
        form.refuse(error)
        return _edit(form, goal, error.status)
    return said(_("Saved"), event=Event.BUDGET_CHANGED, back=_back(),
                undo_url=undo_url(change))  # fmt: skip


@bp.get("/<int:id>/<way>")
@access.editor
def ask(id: int, way: str) -> Response:
    """How much to put aside or take back."""
    return _earmark(EarmarkForm(formdata=None, date=this_day()), _goal(id), way)


@bp.post("/<int:id>/<way>")
@access.editor
def earmark(id: int, way: str) -> Response:
    """Put it aside or take it back; Undo turns it."""
    goal, form = _goal(id), EarmarkForm()
    if way not in WAYS:
        abort(404)
    if not form.validate():
        return _earmark(form, goal, way, 422)
    try:
        with unit_of_work():
            _made, change = WAYS[way](**whose(), category_id=id, **form.values())
    except DomainError as error:
        form.refuse(error)
        return _earmark(form, goal, way, error.status)
    return said(_("Put aside") if way == "put" else _("Taken back"), event=Event.BUDGET_CHANGED,
                back=_back(), undo_url=undo_url(change))  # fmt: skip


@bp.post("/earmarks/<int:id>/delete")
@access.editor
def remove(id: int) -> Response:
    """Delete one that should not be; Undo puts it back."""
    goal = queries.get_earmark(current_workspace().id, id).category_id
    back = url_for("budgets.savings.show", id=goal)
    try:
        with unit_of_work():
            change = operations.remove_earmark(**whose(), earmark_id=id)
    except DomainError as error:
        return refused(message_of(error), back=back, status=error.status)
    return said(_("Deleted"), event=Event.BUDGET_CHANGED, back=back, undo_url=undo_url(change))


def _back() -> str:
    return url_for("budgets.savings.index")


def _goals() -> Sequence[queries.Goal]:
    workspace = current_workspace()
    return queries.list_goals(workspace.id, this_day(), workspace.month_start)


def _goal(id: int) -> queries.Goal:
    found = next((goal for goal in _goals() if goal.category == id), None)
    if found is None:
        abort(404)
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        abort(404)


def _wish(form: GoalForm) -> dict[str, Any]:
    return {"goal": form.goal.data, "goal_on": form.goal_on.data, "today": this_day()}


def _new(form: NewGoalForm, status: int = 200) -> Response:
    return render("budgets/goal_form.html", "form", status=status, form=form, goal=None,
                  inline=is_partial(), back=_back(),
                  url=url_for("budgets.savings.create"))  # fmt: skip


def _edit(form: GoalForm, goal: queries.Goal, status: int = 200) -> Response:
    return render("budgets/goal_form.html", "form", status=status, form=form, goal=goal,
                  inline=is_partial(), back=_back(),
                  url=url_for("budgets.savings.update", id=goal.category))  # fmt: skip


def _earmark(form: EarmarkForm, goal: queries.Goal, way: str, status: int = 200) -> Response:
    if way not in WAYS:
        abort(404)
    return render("budgets/earmark.html", "form", status=status, form=form, goal=goal, way=way,
                  inline=is_partial(), back=_back())  # fmt: skip
