"""/cards: one's cards, drawn as cards; opening, activating, freezing and closing them."""

from decimal import Decimal
from uuid import UUID

import segno
from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.core.money import format_amount
from koshelok.identity import queries as identity_queries
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet import operations, queries
from koshelok.wallet.queries import TransferFilters
from koshelok.web import access
from koshelok.web.addresses import public_address
from koshelok.web.auth import current_actor
from koshelok.web.htmx import render, see_other
from koshelok.web.problems import message_of

bp = Blueprint("cards", __name__, url_prefix="/cards")
LATEST = 10


@bp.get("")
@access.signed_in
def index() -> Response:
    """All of one's cards."""
    return _list()


@bp.post("")
@access.signed_in
def create() -> Response:
    """Open a card; it waits to be activated on its own page."""
    try:
        with unit_of_work():
            card = operations.open_card(actor_id=current_actor().id)
    except DomainError as error:
        return _list(error)
    flash(_("The card is open. Activate it to use it."), "success")
    return see_other(url_for(".show", id=card.id))


@bp.get("/<uuid:id>")
@access.signed_in
def show(id: UUID) -> Response:
    """One card: what is on it, what can be done with it, its latest transfers."""
    return _card(id)


@bp.post("/<uuid:id>/activate")
@access.signed_in
def activate(id: UUID) -> Response:
    """Let it send and receive."""
    return _change(id, "ACTIVE", _("The card is active."))


@bp.post("/<uuid:id>/freeze")
@access.signed_in
def freeze(id: UUID) -> Response:
    """Stop it until it is activated again."""
    return _change(id, "FROZEN", _("The card is frozen."))


@bp.post("/<uuid:id>/close")
@access.signed_in
def close(id: UUID) -> Response:
    """End it for good; only an empty one."""
    return _change(id, "CLOSED", _("The card is closed."))


def _change(id: UUID, status: str, message: str) -> Response:
    try:
        with unit_of_work():
            operations.change_status(actor_id=current_actor().id, card_id=id, status=status)
    except DomainError as error:
        if error.status == 404:
            raise
        return _card(id, error)
    flash(message, "success")
    return see_other(url_for(".show", id=id))


def _list(error: DomainError | None = None) -> Response:
    user = identity_queries.get_user(current_actor().id)
    cards = queries.list_cards(user.id)
    in_use = [card for card in cards if card.status != "CLOSED"]
    page = queries.list_transfers(user.id, TransferFilters(), limit=LATEST)
    return render(
        "wallet/cards.html",
        status=error.status if error else 200,
        problem=message_of(error) if error else "",
        cards=in_use,
        closed=[card for card in cards if card.status == "CLOSED"],
        total=sum((card.balance for card in in_use), Decimal(0)),
        holder=user.display_name,
        may_open=len(in_use) < current().cards_maximum[user.role],
        can_send=any(card.status == "ACTIVE" for card in in_use),
        page=page,
        names=queries.list_names(user.id, page.items),
    )


def _card(id: UUID, error: DomainError | None = None) -> Response:
    user = identity_queries.get_user(current_actor().id)
    card = queries.get_card(user.id, id)
    page = queries.list_transfers(user.id, TransferFilters(card=id), limit=LATEST)
    address = public_address("wallet.send.new", to=card.number)
    return render(
        "wallet/card.html",
        status=error.status if error else 200,
        problem=message_of(error) if error else "",
        card=card,
        holder=user.display_name,
        qr=segno.make_qr(address, error="m").svg_data_uri(omitsize=True, border=3, light="#fff"),
        page=page,
        names=queries.list_names(user.id, page.items),
        percent=format_amount(current().commission_rate[user.role] * 100),
    )
