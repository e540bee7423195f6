"""Debts and payments taken back, written off, corrected: each tells its effect first.

With JavaScript it is a dialog on the page where one is, without it a page of its own.
"""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.debtors import operations, queries
from koshelok.debtors.forms.people import (
    VOID_REASONS,
    WRITE_OFF_REASONS,
    DebtForm,
    ReasonForm,
    debt_form,
)
from koshelok.debtors.queries import DebtView, PaymentView
from koshelok.debtors.queries.effects import (
    Effect,
    effect_of_voiding_debt,
    effect_of_voiding_payment,
    effect_of_writing_off,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_membership, current_workspace
from koshelok.web.htmx import Event, is_partial, render
from koshelok.web.toasts import said

bp = Blueprint("entries", __name__, url_prefix="/debtors")


@bp.get("/debts/<int:id>/void")
@access.editor
def ask_void_debt(id: int) -> Response:
    """What would be paid with what is set free, and why."""
    return _void_debt(ReasonForm(formdata=None), id)


@bp.post("/debts/<int:id>/void")
@access.editor
def void_debt(id: int) -> Response:
    """Take a debt back; the reason may stand in the address, for an Undo."""
    form = ReasonForm(request.values)
    try:
        if form.validate():
            with unit_of_work():
                debt = operations.void_debt(**_place(), debt_id=id, reason=form.why())
            return _done(_("The debt is voided"), debt)
    except DomainError as error:
        return _void_debt(_refuse(form, error), id, error.status)
    return _void_debt(form, id, 422)


@bp.get("/payments/<int:id>/void")
@access.editor
def ask_void_payment(id: int) -> Response:
    """What would be open again, and why."""
    return _void_payment(ReasonForm(formdata=None), id)


@bp.post("/payments/<int:id>/void")
@access.editor
def void_payment(id: int) -> Response:
    """Take a payment back; the reason may stand in the address, for an Undo."""
    form = ReasonForm(request.values)
    try:
        if form.validate():
            with unit_of_work():
                payment = operations.void_payment(
                    **_place(),
                    payment_id=id,
                    reason=form.why(),
                    may_give_back=current_membership().role == "owner",
                )
            return _done(_("The payment is voided"), payment)
    except DomainError as error:
        return _void_payment(_refuse(form, error), id, error.status)
    return _void_payment(form, id, 422)


@bp.get("/debts/<int:id>/write-off")
@access.owner
def ask_write_off(id: int) -> Response:
    """How much would be forgiven, and why."""
    return _write_off(ReasonForm(formdata=None), id)


@bp.post("/debts/<int:id>/write-off")
@access.owner
def write_off(id: int) -> Response:
    """Forgive what is left; Undo lets it stand again."""
    form = ReasonForm(request.values)
    try:
        if form.validate():
            with unit_of_work():
                debt = operations.write_off(**_place(), debt_id=id, reason=form.why())
            return _done(_("Written off"), debt, url_for(".undo_write_off", id=id))
    except DomainError as error:
        return _write_off(_refuse(form, error), id, error.status)
    return _write_off(form, id, 422)


@bp.post("/debts/<int:id>/write-off/undo")
@access.owner
def undo_write_off(id: int) -> Response:
    """Let a forgiven debt stand again."""
    with unit_of_work():
        debt = operations.undo_write_off(**_place(), debt_id=id)
    return _done(_("The debt stands again"), debt)


@bp.get("/debts/<int:id>/edit")
@access.editor
def edit_debt(id: int) -> Response:
    """What is said of a debt, to correct."""
    debt = queries.get_debt(current_workspace().id, id)
    return _edit(debt_form(debt), debt)


@bp.post("/debts/<int:id>/edit")
@access.editor
def update_debt(id: int) -> Response:
    """Correct it; Undo puts back what was said, from its address."""
    former, form = queries.get_debt(current_workspace().id, id), DebtForm(request.values)
    if not form.validate():
        return _edit(form, former, 422)
    try:
        with unit_of_work():
            debt = operations.edit_debt(**_place(), debt_id=id, **form.changes())
    except DomainError as error:
        return _edit(_refuse(form, error), former, error.status)
    undo_url = url_for(
        ".update_debt", id=id, description=former.description, due_date=former.due_date or ""
    )
    return _done(_("Saved"), debt, undo_url)


def _place() -> dict[str, Any]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _done(message: str, entry: DebtView | PaymentView, undo_url: str | None = None) -> Response:
    back = url_for("debtors.people.show", id=entry.debtor)
    return said(message, event=Event.ENTRY_VOIDED, back=back, undo_url=undo_url)


def _refuse(form: Any, error: DomainError) -> Any:
    """Put a refusal on the form; what is absent is a page of its own."""
    if error.status == 404:
        raise error
    form.refuse(error)
    return form


def _void_debt(form: ReasonForm, id: int, status: int = 200) -> Response:
    debt = queries.get_debt(current_workspace().id, id)
    person = queries.get_person(current_workspace().id, debt.debtor)
    return _ask(form.offer(VOID_REASONS), debt, status, url=url_for(".void_debt", id=id),
                title=_("Void this debt?"), button=_("Void"),
                effect=effect_of_voiding_debt(person, debt))  # fmt: skip


def _void_payment(form: ReasonForm, id: int, status: int = 200) -> Response:
    payment = queries.get_payment(current_workspace().id, id)
    person = queries.get_person(current_workspace().id, payment.debtor)
    return _ask(form.offer(VOID_REASONS), payment, status, url=url_for(".void_payment", id=id),
                title=_("Void this payment?"), button=_("Void"),
                effect=effect_of_voiding_payment(person, payment))  # fmt: skip


def _write_off(form: ReasonForm, id: int, status: int = 200) -> Response:
    debt = queries.get_debt(current_workspace().id, id)
    person = queries.get_person(current_workspace().id, debt.debtor)
    return _ask(form.offer(WRITE_OFF_REASONS), debt, status, url=url_for(".write_off", id=id),
                title=_("Write this debt off?"), button=_("Write off"),
                effect=effect_of_writing_off(person, debt))  # fmt: skip


def _edit(form: DebtForm, debt: DebtView, status: int = 200) -> Response:
    return _ask(form, debt, status, url=url_for(".update_debt", id=debt.id),
                title=_("Correct the debt"), button=_("Save"), effect=None)  # fmt: skip


def _ask(
    form: Any, entry: DebtView | PaymentView, status: int, *, url: str, title: str, button: str,
    effect: Effect | None,
) -> Response:  # fmt: skip
    return render(
        "debtors/entry.html", "dialog", status=status, form=form, entry=entry, url=url,
        title=title, button=button, effect=effect, inline=is_partial(),
    )  # fmt: skip
