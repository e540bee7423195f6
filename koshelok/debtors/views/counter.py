"""/debtors: the counter, where debts and payments are written down."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, flash, jsonify, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from koshelok.core.clock import today
from koshelok.core.errors import DomainError
from koshelok.core.money import format_amount
from koshelok.debtors import operations, queries
from koshelok.debtors.forms.counter import LOOK, EntryForm
from koshelok.debtors.operations import Entry, EntryKind, Written
from koshelok.debtors.outlook import look_ahead
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_membership, current_workspace
from koshelok.web.htmx import Event, is_partial, render, see_other
from koshelok.web.problems import domain_problem, problem
from koshelok.web.request import prefers_json
from koshelok.web.toasts import said

bp = Blueprint("counter", __name__, url_prefix="/debtors")
_NUMBER = re.compile(r"\+?[\d\s().-]*\d")
_PREFILLED = {"person": "debtor", "amount": "amount", "first": "first"}
_SAID = {EntryKind.DEBT: Event.DEBT_RECORDED, EntryKind.PAYMENT: Event.PAYMENT_RECORDED}
DUE_DAYS = (0, 7, 30)


@bp.get("")
@access.viewer
def index() -> Response:
    """Who is meant, and their sheet; while one types, only the people."""
    asked = request.args
    if is_partial() and "query" in asked and "new" not in asked:
        people = queries.find_people(current_workspace().id, asked["query"])
        return render("debtors/counter.html", "people", people=people, chosen=None)
    given = MultiDict(
        (field, value)
        for name, field in _PREFILLED.items()
        for value in asked.getlist(name)
        if value
    )
    if "new" in asked:
        given.update(_read_query(asked.get("query", "")))
    return _page(EntryForm(given) if given else EntryForm(formdata=None), new="new" in asked)


@bp.post("/entries")
@access.editor
def write() -> Response:
    """Write down what the sheet says; or, asked to look, only show what it would come to."""
    form = EntryForm()
    if not form.validate():
        return _refused(form, 422)
    if form.kind.data == LOOK:
        return _page(form)
    if form.override.data:
        access.require_role(current_membership().role, access.Access.OWNER)
    entry = form.entry()
    known = _known(entry)
    try:
        with unit_of_work():
            written = operations.write_entry(
                **_who(), entry=entry, override_limit=form.override.data
            )
    except DomainError as error:
        return _answer_refusal(form, error)
    return _written(entry, written, replayed=known)


@bp.post("/entries/debts/<int:id>/undo", defaults={"kind": EntryKind.DEBT})
@bp.post("/entries/payments/<int:id>/undo", defaults={"kind": EntryKind.PAYMENT})
@bp.post("/entries/people/<int:id>/undo", defaults={"kind": EntryKind.PERSON})
@access.editor
def undo(kind: EntryKind, id: int) -> Response:
    """Take back what was just written."""
    with unit_of_work():
        debtor = operations.undo_entry(**_who(), kind=kind, entry_id=id)
    gone = kind is EntryKind.PERSON
    if prefers_json():
        person = None if gone else queries.get_cached(current_workspace().id, debtor)
        return jsonify({"kind": kind, "id": id, "message": _("Taken back"), "person": person})
    return said(
        _("Taken back"),
        event=Event.DEBTOR_CHANGED if gone else Event.ENTRY_VOIDED,
        back=url_for(".index", person=None if gone else debtor),
    )


def _page(form: EntryForm, status: int = 200, *, new: bool = False, **context: Any) -> Response:
    """The counter as the form has it; an entry sent again keeps its identifier."""
    workspace_id = current_workspace().id
    sheet = queries.find_sheet(workspace_id, form.person) if form.person else None
    amount = None if form.amount.errors else form.amount.data
    return render(
        "debtors/counter.html",
        "sheet",
        status=status,
        form=form,
        key=form.client_id.data or uuid4(),
        new=sheet is None and (new or bool(form.full_name.data or form.phone_number.data)),
        sheet=sheet,
        ahead=look_ahead(sheet, amount, form.first.data) if sheet and amount else None,
        chosen=form.person,
        people=None if is_partial() else queries.find_people(workspace_id, _words()),
        **_due(form, workspace_id),
        **context,
    )


def _due(form: EntryForm, workspace_id: int) -> dict[str, Any]:
    """The quick days, and the one that is taken unless the form says another."""
    day, usual = today(current_workspace().time_zone), queries.find_book(workspace_id).due_days
    days = sorted({*DUE_DAYS, *([] if usual is None else [usual])})
    default = None if usual is None else day + timedelta(days=usual)
    return {
        "today": day,
        "due_days": [(count, day + timedelta(days=count)) for count in days],
        "due_usual": usual,
        "due": form.due_date.data if form.due_date.raw_data else default,
    }


def _words() -> str:
    return "" if "new" in request.args else request.args.get("query", "")


def _read_query(text: str) -> dict[str, str]:
    """What was looked for as the beginning of somebody new: digits are the number, the rest
    the name."""
    found = _NUMBER.search(text)
    number = found.group().strip() if found else ""
    words = text.replace(number, " ", 1).split()
    name = " ".join(word[:1].upper() + word[1:] for word in words)
    return {"full_name": name, "phone_number": number}


def _who() -> dict[str, int]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _known(entry: Entry) -> bool:
    """Whether this very entry is written already."""
    find = {
        EntryKind.DEBT: queries.find_debt_by_client,
        EntryKind.PAYMENT: queries.find_payment_by_client,
        EntryKind.PERSON: queries.find_by_client,
    }[entry.kind]
    return find(current_workspace().id, entry.client_id) is not None


def _written(entry: Entry, written: Written, *, replayed: bool) -> Response:
    folder = {EntryKind.DEBT: "debts", EntryKind.PAYMENT: "payments"}.get(written.kind, "people")
    undo_url = url_for(".index") + f"/entries/{folder}/{written.id}/undo"
    message = _message(entry)
    if prefers_json():
        body = {
            "kind": written.kind, "id": written.id, "client_id": str(entry.client_id),
            "message": message, "undo_url": undo_url,
            "person": queries.get_cached(current_workspace().id, written.debtor),
        }  # fmt: skip
        response = jsonify(body)
        response.status_code = 200 if replayed else 201
        return response
    flash(message, f"undo:{undo_url}")
    return see_other(url_for(".index", person=written.debtor))


def _message(entry: Entry) -> str:
    amount = format_amount(entry.amount)
    if entry.kind is EntryKind.DEBT:
        return str(_("Debt written down: %(amount)s so'm", amount=amount))
    if entry.kind is EntryKind.PAYMENT:
        return str(_("Payment taken: %(amount)s so'm", amount=amount))
    return str(_("The person is in the book"))


def _answer_refusal(form: EntryForm, error: DomainError) -> Response:
    if prefers_json():
        return domain_problem(error)
    if error.status in {403, 404}:
        raise error
    form.refuse(error)
    return _refused(form, error.status, taken_by=error.extensions.get("debtor"))


def _refused(form: EntryForm, status: int, **context: Any) -> Response:
    if prefers_json():
        return problem(status, "invalid", errors=form.errors)
    return _page(form, status, new=form.person is None, **context)
