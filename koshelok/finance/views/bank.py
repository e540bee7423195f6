"""/add/bank: banks' messages pasted or shared, looked at, then recorded at once."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from koshelok.core.clock import today
from koshelok.core.errors import DomainError, Invalid
from koshelok.core.page import DEFAULT_LIMIT
from koshelok.finance import queries
from koshelok.finance.bank import first_amount, hide
from koshelok.finance.bank_forms import (
    PasteForm,
    SharedForm,
    chosen_categories,
    chosen_days,
    entries_of,
    left_out,
)
from koshelok.finance.bank_previews import TEXT_LIMIT, preview, read_text
from koshelok.finance.forms import TransactionForm
from koshelok.finance.models import BankMessage
from koshelok.finance.operations import bank as operations
from koshelok.finance.queries import bank as messages
from koshelok.finance.views.changes import undo_url_of
from koshelok.finance.views.common import category_icon
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_membership, current_workspace, find_actor
from koshelok.web.extensions import csrf
from koshelok.web.htmx import render, see_other
from koshelok.web.problems import message_of

bp = Blueprint("bank", __name__, url_prefix="/add/bank")
STYLES: dict[str, Any] = {"styles": ("bank.css",)}


@bp.get("")
@access.editor
def index() -> Response:
    """A place to paste, and the lines that could not be read before."""
    return _index(PasteForm(formdata=None))


@bp.post("")
@access.editor
def look() -> Response:
    """What the messages are and would become; nothing is kept yet."""
    form = PasteForm()
    return _preview(form) if form.validate() else _index(form, 422)


@bp.post("/share")
@csrf.exempt  # type: ignore[untyped-decorator]  # the system sends it when somebody shares into the installed app: it has no token.
@access.public
def share() -> Response:
    """The same for what another app shared. Safe without a token: it changes nothing, it only
    shows the sender's own text to whoever is signed in, and what saves it asks for a token. It
    is a POST so that no message stands in an address, a history or a log."""
    if find_actor() is None:
        flash(_("Sign in, then share the message again or paste it here."), "info")
        return see_other(url_for("identity.login", next=url_for(".index")))
    access.require_role(current_membership().role, access.Access.EDITOR)
    shared = request.form.get("text") or request.form.get("title") or ""
    form = SharedForm(formdata=None, data={"text": shared})
    return _preview(form) if 0 < len(shared) <= TEXT_LIMIT else see_other(url_for(".index"))


@bp.get("/share")
@access.editor
def shared() -> Response:
    """Where signing in or reloading leads to: what was shared is not kept."""
    return see_other(url_for(".index"))


@bp.post("/save")
@access.editor
def save() -> Response:
    """Record what was chosen, as one step with one way back; keep what could not be read."""
    form = PasteForm()
    if not form.validate():
        return _index(form, 422)
    try:
        found, unread = read_text(form.text.data)
        entries = entries_of(found, current_workspace().time_zone)
        with unit_of_work():
            saved = operations.save_messages(**_whose(), entries=entries, unread=unread)
    except DomainError as error:
        if error.status == 404:
            raise
        return _preview(form, error)
    return _saved(saved)


def _saved(saved: operations.Saved) -> Response:
    if undo_url := undo_url_of(saved.change_id):
        words = ngettext("Saved: %(num)d record", "Saved: %(num)d records", saved.count)
        flash(words, f"undo:{undo_url}")
    if saved.kept:
        words = ngettext("%(num)d line could not be read: it waits here",
                         "%(num)d lines could not be read: they wait here", saved.kept)  # fmt: skip
        flash(words, "info")
    if not saved.count and not saved.kept:
        flash(_("There was nothing new in them."), "info")
    back = "finance.transactions.index" if saved.count and not saved.kept else ".index"
    return see_other(url_for(back))


@bp.get("/<int:id>")
@access.editor
def edit(id: int) -> Response:
    """Lines that could not be read, and a form to make a record of them."""
    message = messages.get_unread(current_workspace().id, id)
    day = today(current_workspace().time_zone)
    amount = first_amount(message.text)
    return _edit(message, TransactionForm(formdata=None, amount=amount, date=day))


@bp.post("/<int:id>")
@access.editor
def record(id: int) -> Response:
    """Make the record; Undo lets the lines wait again."""
    message, form = messages.get_unread(current_workspace().id, id), TransactionForm()
    if not form.validate():
        return _edit(message, form, 422)
    try:
        with unit_of_work():
            change_id = operations.record_unread(**_whose(), message_id=id, **form.values())
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _edit(message, form, error.status)
    flash(_("Saved"), f"undo:{undo_url_of(change_id)}")
    return see_other(url_for(".index"))


@bp.post("/<int:id>/dismiss")
@access.editor
def dismiss(id: int) -> Response:
    """Put lines away that nobody needs."""
    with unit_of_work():
        change_id = operations.dismiss_unread(**_whose(), message_id=id)
    flash(_("Dismissed"), f"undo:{undo_url_of(change_id)}")
    return see_other(url_for(".index"))


def _whose() -> dict[str, Any]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _index(form: PasteForm, status: int = 200) -> Response:
    form.text.data = hide(form.text.data or "")
    cursor = request.args.get("cursor")
    page = messages.page_unread(current_workspace().id, limit=DEFAULT_LIMIT, cursor=cursor)
    return render(
        "finance/bank.html", "rows" if cursor else "main", status=status, form=form, page=page,
        more_url=page.next_cursor and url_for(".index", cursor=page.next_cursor), **STYLES,
    )  # fmt: skip


def _preview(form: PasteForm, refusal: DomainError | None = None) -> Response:
    workspace = current_workspace()
    try:
        found, unread = read_text(form.text.data)
    except Invalid as error:
        form.refuse(error)
        return _index(form, error.status)
    form.text.data = hide(form.text.data)
    return render(
        "finance/bank_preview.html", status=refusal.status if refusal else 200, form=form,
        preview=preview(workspace.id, workspace.time_zone, found, unread), why=_why,
        refusal=message_of(refusal) if refusal else "", today=today(workspace.time_zone),
        chosen=chosen_categories(), days=chosen_days(), left_out=left_out(), **STYLES,
    )  # fmt: skip


def _why(guess: queries.Guess | None) -> str:
    """Why a category stands there."""
    if guess is None:
        return str(_("Not met before"))
    note = guess.key[:1].upper() + guess.key[1:]
    if guess.rule_id:
        return str(_("%(note)s: by your rule", note=note))
    words = ngettext("%(note)s: %(num)d time", "%(note)s: %(num)d times", guess.times, note=note)
    return str(words)


def _edit(message: BankMessage, form: TransactionForm, status: int = 200) -> Response:
    categories: Any = queries.list_categories(current_workspace().id, recent_first=True)
    return render(
        "finance/bank_message.html", status=status, form=form.offer(categories), message=message,
        icons={each.id: category_icon(each.code, each.type) for each in categories}, **STYLES,
    )  # fmt: skip
