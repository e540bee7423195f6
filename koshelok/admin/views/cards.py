"""/admin/cards: everybody's cards, what they may do, and whether their balances are right."""

from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.admin import operations, queries
from koshelok.admin.forms import CardSearch, StatusForm
from koshelok.admin.views.blueprint import PAGE, bp, listing
from koshelok.core.errors import DomainError, Invalid
from koshelok.core.page import Page
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger.queries import Proof
from koshelok.wallet.queries import CardView
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import render, see_other

WAYS = {
    "FROZEN": ("ACTIVE", "CLOSED"),
    "ACTIVE": ("FROZEN", "CLOSED"),
    "EXPIRED": ("ACTIVE", "CLOSED"),
    "CLOSED": (),
}


@bp.get("/cards", endpoint="cards")
@access.admin
def index() -> Response:
    """Cards, the newest first, or those that the address asks for."""
    form = CardSearch(request.args)
    page: Page[CardView] = Page([], None)
    try:
        if form.validate():
            page = queries.list_cards(form.filters(), limit=PAGE, cursor=request.args.get("cursor"))
    except Invalid as error:
        form.refuse(error)
    people = queries.list_people(card.owner_id for card in page.items)
    return listing("admin/cards.html", form, page, people=people)


@bp.get("/cards/<uuid:id>", endpoint="card")
@access.admin
def show(id: UUID) -> Response:
    """One card: whose it is, what is on it, what it may do."""
    return _page(id)


@bp.get("/cards/<uuid:id>/verify", endpoint="verify_card")
@access.admin
def verify(id: UUID) -> Response:
    """The same, with the balance added up from its postings."""
    return _page(id, proof=queries.prove_card(queries.get_card(id)))


@bp.post("/cards/<uuid:id>/status", endpoint="change_card_status")
@access.admin
def change_status(id: UUID) -> Response:
    """Freeze, activate or close it, with a reason."""
    form = StatusForm()
    try:
        if not form.validate():
            return _page(id, form, 422)
        with unit_of_work():
            operations.change_card_status(
                actor_id=current_actor().id,
                card_id=id,
                status=form.status.data,
                reason=form.reason.data or "",
            )
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _page(id, form, error.status)
    flash(_("The card is changed."), "success")
    return see_other(url_for("admin.card", id=id))


def _page(
    id: UUID, form: StatusForm | None = None, status: int = 200, proof: Proof | None = None
) -> Response:
    card = queries.get_card(id)
    return render(
        "admin/card.html", "proof", status=status, card=card, proof=proof, form=form,
        owner=queries.list_people([card.owner_id])[card.owner_id],
        ways=[_towards(way, form) for way in WAYS[card.status]],
    )  # fmt: skip


def _towards(status: str, refused: StatusForm | None) -> StatusForm:
    """A form of its own for each status; the refused one keeps its words and says why."""
    if refused is None or refused.status.data != status:
        return StatusForm.towards(status)
    return refused.named()
