"""/recurring: what is due, what is ahead and where it leads, and what looks as if it came again."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _

from koshelok.core.clock import today
from koshelok.core.errors import DomainError
from koshelok.finance import operations, queries
from koshelok.finance.periods import ONE_DAY
from koshelok.finance.recurring_forms import OccurrenceForm, RecurrenceForm, asked_day
from koshelok.finance.views.changes import undo_url_of
from koshelok.finance.views.common import category_icon, rhythm_words
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.addresses import MAX_ID
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, render
from koshelok.web.problems import message_of
from koshelok.web.templating import url_for
from koshelok.web.toasts import refused, said

bp = Blueprint("recurring", __name__, url_prefix="/recurring")
SPANS = (30, 60)
PAST = 30


@bp.get("")
@access.viewer
def index() -> Response:
    """All of it; the address says how far ahead."""
    workspace_id, now = current_workspace().id, _today()
    days = SPANS[1] if request.args.get("days") == str(SPANS[1]) else SPANS[0]
    balance = queries.add_up(queries.sum_ever(workspace_id)).balance
    outlook = queries.get_outlook(workspace_id, now, balance, days)
    past = queries.list_balances(workspace_id, balance, now, PAST) if outlook.every else []
    return render(
        "finance/recurring.html", "recurring", outlook=outlook, today=now, days=days, spans=SPANS,
        balance=balance, past=past, rhythm_words=rhythm_words, here=url_for(
            "finance.recurring.index", days=days),
        suggestions=queries.list_suggestions(workspace_id, now),
    )  # fmt: skip


@bp.get("/new")
@access.editor
def new() -> Response:
    """An empty form, or one that says what a record says."""
    record_id = _asked_record()
    values: dict[str, Any] = {"starts_on": _today()}
    if record_id is not None:
        record = queries.get_record(current_workspace().id, record_id)
        values = {name: getattr(record, name) for name in ("amount", "category", "comment")}
        values["starts_on"] = record.date
    return _form(RecurrenceForm(formdata=None, data=values), record=record_id)


@bp.post("/new")
@access.editor
def create() -> Response:
    """Expect it from now on; what it was made from is recorded already."""
    form, record_id = RecurrenceForm(), _asked_record()
    if not form.validate():
        return _form(form, 422, record=record_id)
    values = {**form.values(), "starts_on": form.first_day}
    if record_id is not None:
        recorded = queries.get_record(current_workspace().id, record_id).date
        values["next_on"] = max(recorded, values["starts_on"]) + ONE_DAY
    try:
        with unit_of_work():
            _made, change = operations.make_recurrence(**_who(), **values)
    except DomainError as error:
        return _refused(form, error, record=record_id)
    return _said(_("It is expected from now on"), change)


@bp.get("/<int:id>/edit")
@access.editor
def edit(id: int) -> Response:
    """A form with what is expected."""
    found = queries.get_recurrence(current_workspace().id, id)
    values = {name: getattr(found, name) for name in ("amount", "comment", "unit", "ends_on")}
    values |= {"category": found.category_id, "every": str(found.every)}
    values["starts_on"] = found.next_on or _today()
    return _form(RecurrenceForm(formdata=None, data=values), id=id)


@bp.post("/<int:id>/edit")
@access.editor
def update(id: int) -> Response:
    """Change what is expected; what was recorded stays."""
    form = RecurrenceForm()
    queries.get_recurrence(current_workspace().id, id)
    if not form.validate():
        return _form(form, 422, id=id)
    try:
        with unit_of_work():
            change = operations.edit_recurrence(
                **_who(), recurrence_id=id, **form.values(), next_on=form.first_day
            )
    except DomainError as error:
        return _refused(form, error, id=id)
    return _said(_("Saved"), change)


@bp.post("/<int:id>/stop")
@access.editor
def stop(id: int) -> Response:
    """Expect it no more."""
    with unit_of_work():
        change = operations.stop_recurrence(**_who(), recurrence_id=id)
    return _said(_("It is expected no more"), change)


@bp.post("/<int:id>/confirm")
@access.editor
def confirm(id: int) -> Response:
    """Record a day as it was expected."""
    day = _asked()
    return _answer(
        lambda: operations.confirm_occurrence(
            **_who(), recurrence_id=id, occurs_on=day, day=min(day, _today())
        )[1],
        _("Saved"),
        Event.TRANSACTION_RECORDED,
    )


@bp.post("/<int:id>/skip")
@access.editor
def skip(id: int) -> Response:
    """Leave a day out."""
    day = _asked()
    return _answer(
        lambda: operations.skip_occurrence(**_who(), recurrence_id=id, occurs_on=day),
        _("Skipped"),
        Event.RECURRING_CHANGED,
    )


@bp.get("/<int:id>/record")
@access.editor
def ask(id: int) -> Response:
    """A form of the next day's record, to be changed before it is saved."""
    found = queries.get_recurrence(current_workspace().id, id)
    if found.next_on is None:
        abort(404)
    values = {"amount": found.amount, "category": found.category_id, "comment": found.comment,
              "date": min(found.next_on, _today()), "occurs_on": found.next_on}  # fmt: skip
    return _form(OccurrenceForm(formdata=None, data=values), id=id)


@bp.post("/<int:id>/record")
@access.editor
def record(id: int) -> Response:
    """Record a day otherwise than it was expected."""
    form, day = OccurrenceForm(), _asked()
    queries.get_recurrence(current_workspace().id, id)
    if not form.validate():
        return _form(form, 422, id=id)
    try:
        with unit_of_work():
            _made, change = operations.confirm_occurrence(
                **_who(), recurrence_id=id, occurs_on=day, **form.values()
            )
    except DomainError as error:
        return _refused(form, error, id=id)
    return _said(_("Saved"), change, Event.TRANSACTION_RECORDED)


@bp.post("/suggestions/<int:id>/accept")
@access.editor
def accept(id: int) -> Response:
    """Expect again what came three times."""
    return _answer(
        lambda: operations.accept_suggestion(**_who(), record_id=id, today=_today())[1],
        _("It is expected from now on"),
        Event.RECURRING_CHANGED,
    )


@bp.post("/suggestions/<int:id>/decline")
@access.editor
def decline(id: int) -> Response:
    """Never suggest it again."""
    return _answer(
        lambda: operations.decline_suggestion(**_who(), record_id=id, today=_today()),
        _("It is not suggested any more"),
        Event.RECURRING_CHANGED,
    )


def _answer(operation: Callable[[], int], message: str, event: Event) -> Response:
    """Do it, or say why not where the button was."""
    try:
        with unit_of_work():
            change = operation()
    except DomainError as error:
        if error.status == 404:
            raise
        back = url_for("finance.recurring.index")
        return refused(message_of(error), back=back, status=error.status)
    return _said(message, change, event)


def _said(message: str, change: int | None, event: Event = Event.RECURRING_CHANGED) -> Response:
    back = url_for("home.dashboard" if request.form.get("back") == "home" else ".index")
    return said(message, event=event, back=back, undo_url=undo_url_of(change))


def _today() -> date:
    return today(current_workspace().time_zone)


def _asked() -> date:
    """The day that the button or the form was about."""
    day = asked_day(request.form.get("occurs_on"))
    return day or abort(404)


def _asked_record() -> int | None:
    """The record of the address; one that cannot be is not found."""
    asked: int | None = request.args.get("record", type=int)
    return asked if asked is None or 0 < asked <= MAX_ID else abort(404)


def _who() -> dict[str, Any]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _refused(form: RecurrenceForm | OccurrenceForm, error: DomainError, **context: Any) -> Response:
    if error.status == 404:
        raise error
    form.refuse(error)
    return _form(form, error.status, **context)


def _form(form: RecurrenceForm | OccurrenceForm, status: int = 200, **context: Any) -> Response:
    categories = queries.list_categories(current_workspace().id, recent_first=True)
    page = "occurrence" if isinstance(form, OccurrenceForm) else "recurrence"
    if "id" in context and page == "recurrence":
        form.starts_on.label.text = _("Next day")
    return render(
        f"finance/{page}.html", status=status, form=form.offer(categories),
        icons={c.id: category_icon(c.code, c.type) for c in categories}, **context,
    )  # fmt: skip
