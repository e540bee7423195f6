"""/saved-cards: others' cards under names of one's own; find, send, change, forget, take back."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.core.page import DEFAULT_LIMIT, Page
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet import operations, queries
from koshelok.wallet.forms import SavedForm, SavedSearch
from koshelok.wallet.numbers import dashed
from koshelok.wallet.queries import SavedView
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import Event, is_partial, push_url, render, see_other
from koshelok.web.toasts import said

bp = Blueprint("saved", __name__, url_prefix="/saved-cards")


@bp.get("")
@access.signed_in
def index() -> Response:
    """Those that the address asks for, by name; a card in it is ready to be saved."""
    form = SavedForm(formdata=None, card_number=request.args.get("number", ""))
    region = "rows" if "cursor" in request.args else "results"
    response = _page(form, region)
    return response if "cursor" in request.args else push_url(response, _here())


@bp.post("")
@access.signed_in
def create() -> Response:
    """Save a card."""
    form = SavedForm()
    if not form.validate():
        return _page(form, status=422)
    try:
        with unit_of_work():
            saved = operations.save_card(actor_id=current_actor().id, **form.values())
    except DomainError as error:
        form.refuse(error)
        return _page(form, status=422 if error.status == 404 else error.status)
    undo_url = url_for(".delete", id=saved.id)
    if is_partial():
        return _page(SavedForm(formdata=None), message=_("Saved"), undo_url=undo_url)
    flash(_("Saved"), f"undo:{undo_url}")
    return see_other(url_for(".index"))


@bp.get("/<uuid:id>")
@access.signed_in
def show(id: UUID) -> Response:
    """One as a row; as a page it is among the others."""
    saved = queries.get_saved(current_actor().id, id)
    return _row(saved) if is_partial() else see_other(url_for(".index"))


@bp.get("/<uuid:id>/edit")
@access.signed_in
def edit(id: UUID) -> Response:
    """A form with its values, in place of the row or on a page of its own."""
    saved = queries.get_saved(current_actor().id, id)
    values = {"card_number": dashed(saved.number), "alias": saved.alias}
    return _edit(SavedForm(formdata=None, data=values, prefix=str(id)), saved)


@bp.post("/<uuid:id>/edit")
@access.signed_in
def update(id: UUID) -> Response:
    """Change the name, or the number where the card was replaced."""
    saved, form = queries.get_saved(current_actor().id, id), SavedForm(prefix=str(id))
    if not form.validate():
        return _edit(form, saved, 422)
    try:
        with unit_of_work():
            changed = operations.edit_saved(**_whose(id), **form.values())
    except DomainError as error:
        form.refuse(error)
        return _edit(form, saved, 422 if error.status == 404 else error.status)
    if is_partial():
        return _row(changed, message=_("Saved"))
    flash(_("Saved"), "success")
    return see_other(url_for(".index"))


@bp.post("/<uuid:id>/delete")
@access.signed_in
def delete(id: UUID) -> Response:
    """Forget it; Undo keeps it again, from its address."""
    with unit_of_work():
        gone = operations.delete_saved(**_whose(id))
    return said(_("Deleted"), event=Event.SAVED_CARD_CHANGED, back=url_for(".index"),
                undo_url=url_for(".restore", card_id=gone.card_id, alias=gone.alias))  # fmt: skip


@bp.post("/restore/<uuid:card_id>")
@access.signed_in
def restore(card_id: UUID) -> Response:
    """Keep a card again that was forgotten just now."""
    with unit_of_work():
        saved = operations.restore_saved(
            actor_id=current_actor().id, card_id=card_id, alias=request.args.get("alias", "")
        )
    return said(_("Put back"), event=Event.SAVED_CARD_CHANGED, back=url_for(".index"),
                undo_url=url_for(".delete", id=saved.id))  # fmt: skip


def _whose(id: UUID) -> dict[str, Any]:
    return {"actor_id": current_actor().id, "saved_id": id}


def _here(**more: Any) -> str:
    query = request.args.get("query")
    return url_for(".index", **({"query": query} if query else {}) | more)


def _page(form: SavedForm, region: str = "content", status: int = 200, **context: Any) -> Response:
    search = SavedSearch(request.args)
    page: Page[SavedView] = Page([], None)
    if search.validate():
        page = queries.list_saved(
            current_actor().id, search.query.data or "", limit=DEFAULT_LIMIT,
            cursor=request.args.get("cursor"),
        )  # fmt: skip
    return render(
        "wallet/saved.html", region, status=status, form=form, search=search, page=page,
        here=_here(), more_url=page.next_cursor and _here(cursor=page.next_cursor), **context,
    )  # fmt: skip


def _row(saved: SavedView, message: str = "") -> Response:
    event = Event.SAVED_CARD_CHANGED if message else None
    return render("wallet/saved_row.html", event=event, saved=saved, message=message)


def _edit(form: SavedForm, saved: SavedView, status: int = 200) -> Response:
    return render(
        "wallet/saved_edit.html", "form", status=status, form=form, saved=saved,
        inline=is_partial(),
    )  # fmt: skip
