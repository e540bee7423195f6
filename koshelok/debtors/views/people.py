"""/debtors/<id>: one person, what they owe and all that happened; enter, change, put away."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.clock import today
from koshelok.core.errors import DomainError
from koshelok.core.phones import readable_phone
from koshelok.debtors import operations, queries
from koshelok.debtors.ageing import days_late
from koshelok.debtors.forms.people import PersonForm, person_form
from koshelok.debtors.queries import Line, Person
from koshelok.identity import queries as identity
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, render, see_other
from koshelok.web.toasts import said

bp = Blueprint("people", __name__, url_prefix="/debtors")
PAGE = 30
bp.add_app_template_filter(readable_phone, "phone")


@bp.get("/<int:id>")
@access.viewer
def show(id: int) -> Response:
    """The balance, what is open, what happened; `cursor` and `open` go on with the two lists."""
    return _page(id)


@bp.get("/new")
@access.editor
def new() -> Response:
    """A form for somebody who is not in the book yet."""
    return _form(PersonForm(formdata=None))


@bp.post("/new")
@access.editor
def create() -> Response:
    """Enter them, and go on at their page."""
    form = PersonForm()
    if not form.validate():
        return _form(form, status=422)
    try:
        with unit_of_work():
            made = operations.create_debtor(**_place(), **form.new())
            if not form.reminders.data:
                operations.edit_debtor(**_place(), debtor_id=made.id, reminders=False)
    except DomainError as error:
        return _refused(form, error)
    flash(_("%(name)s is in the book", name=made.full_name), "success")
    return see_other(url_for(".show", id=made.id))


@bp.get("/<int:id>/edit")
@access.editor
def edit(id: int) -> Response:
    """The same form, filled in."""
    person = queries.get_person(current_workspace().id, id)
    return _form(person_form(person), person)


@bp.post("/<int:id>/edit")
@access.editor
def update(id: int) -> Response:
    """Change what is known of them."""
    person, form = queries.get_person(current_workspace().id, id), PersonForm()
    if not form.validate():
        return _form(form, person, 422)
    try:
        with unit_of_work():
            operations.edit_debtor(**_place(), debtor_id=id, **form.changes())
    except DomainError as error:
        return _refused(form, error, person)
    flash(_("Saved"), "success")
    return see_other(url_for(".show", id=id))


@bp.post("/<int:id>/remove")
@access.editor
def remove(id: int) -> Response:
    """Put a settled person away; Undo brings them back."""
    person = queries.get_person(current_workspace().id, id)
    try:
        with unit_of_work():
            operations.remove_debtor(**_place(), debtor_id=id)
    except DomainError as error:
        if error.status == 404:
            raise
        return _page(id, error.status, refusal=error)
    message = _("%(name)s was put away", name=person.full_name)
    back, undo_url = url_for("debtors.counter.index"), url_for(".restore", id=id)
    return said(message, event=Event.DEBTOR_CHANGED, back=back, undo_url=undo_url)


@bp.post("/<int:id>/restore")
@access.editor
def restore(id: int) -> Response:
    """Bring back a person who was put away."""
    with unit_of_work():
        person = operations.restore_debtor(**_place(), debtor_id=id)
    return said(_("%(name)s is back", name=person.full_name), event=Event.DEBTOR_CHANGED,
                back=url_for(".show", id=id))  # fmt: skip


def _place() -> dict[str, Any]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _page(id: int, status: int = 200, refusal: DomainError | None = None) -> Response:
    person = queries.get_person(current_workspace().id, id)
    more, more_open = request.args.get("cursor"), request.args.get("open")
    lines = queries.list_lines(id, limit=PAGE, cursor=more)
    region = "history_rows" if more else "open_rows" if more_open else "person"
    return render(
        "debtors/person.html", region, status=status, person=person, today=today(),
        refusal=refusal, sums=queries.sum_open(id, today()),
        open=queries.list_open(id, limit=PAGE, cursor=more_open), lines=lines,
        mentions=queries.explain(lines.items), names=_names(lines.items),
        days_late=days_late, previous=queries.previous_line(more),
        disputes=queries.list_disputes_of(id),
    )  # fmt: skip


def _names(lines: Iterable[Line]) -> dict[int, str]:
    """What those who wrote or voided these lines are called."""
    ids = {id_ for line in lines for id_ in (line.created_by, line.voided_by) if id_ is not None}
    return {user.id: user.display_name for user in identity.list_users(list(ids))} if ids else {}


def _refused(form: PersonForm, error: DomainError, person: Person | None = None) -> Response:
    """Say why not; a number that is taken links to who has it."""
    form.refuse(error)
    return _form(form, person, error.status, error.extensions.get("debtor"))


def _form(
    form: PersonForm, person: Person | None = None, status: int = 200, taken: int | None = None
) -> Response:
    return render("debtors/person_form.html", status=status, form=form, person=person, taken=taken)
