"""/admin/transfers: everybody's transfers, and giving one back."""

from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.admin import operations, queries
from koshelok.admin.forms import ReverseForm, TransferSearch, new_key
from koshelok.admin.views.blueprint import PAGE, bp, listing
from koshelok.core.errors import DomainError, Invalid
from koshelok.core.page import Page
from koshelok.infra.unit_of_work import retried
from koshelok.ledger.queries import Moved
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import render, see_other


@bp.get("/transfers", endpoint="transfers")
@access.admin
def index() -> Response:
    """Transfers, the newest first, or those that the address asks for."""
    form = TransferSearch(request.args)
    page: Page[Moved] = Page([], None)
    try:
        if form.validate():
            page = queries.list_transfers(
                form.filters(), limit=PAGE, cursor=request.args.get("cursor")
            )
    except Invalid as error:
        form.refuse(error)
    ends = queries.list_ends(page.items)
    cards = [card for end in ends.values() for card in (end.source, end.target) if card]
    people = queries.list_people(card.owner_id for card in cards)
    return listing("admin/transfers.html", form, page, ends=ends, people=people)


@bp.get("/transfers/<uuid:id>", endpoint="transfer")
@access.admin
def show(id: UUID) -> Response:
    """One transfer: its ends, its postings, what gave it back."""
    return _page(id, ReverseForm(formdata=None, key=new_key()))


@bp.post("/transfers/<uuid:id>/reverse", endpoint="reverse")
@access.admin
def reverse(id: UUID) -> Response:
    """Give it back; sent twice, the form makes one reversal."""
    form, actor_id = ReverseForm(), current_actor().id
    if not form.validate():
        return _page(id, form, 422)
    reason, key = form.reason.data, form.key.data
    try:
        made = retried(
            lambda: operations.reverse_transfer(
                actor_id=actor_id, transfer_id=id, reason=reason, key=key
            )
        )
    except DomainError as error:
        return _refused(id, form, error)
    flash(_("The money went back."), "success")
    return see_other(url_for("admin.transfer", id=made.transfer.id))


def _refused(id: UUID, form: ReverseForm, error: DomainError) -> Response:
    """A form shown again after a refusal carries a new key."""
    if error.status == 404:
        raise error
    form.refuse(error)
    form.key.data = new_key()
    return _page(id, form, error.status)


def _page(id: UUID, form: ReverseForm, status: int = 200) -> Response:
    detail = queries.get_transfer(id)
    cards = [card for card in (detail.ends.source, detail.ends.target) if card]
    people = queries.list_people([*(card.owner_id for card in cards), detail.transfer.actor_id])
    return render("admin/transfer.html", status=status, detail=detail, people=people, form=form)
