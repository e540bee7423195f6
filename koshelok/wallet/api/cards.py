"""Cards over JSON."""

from flask import Response

from koshelok.identity import queries as identity_queries
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet import operations, queries
from koshelok.wallet.api.blueprint import api
from koshelok.wallet.queries import CardView
from koshelok.wallet.schemas import CardOut, CardPage, IdPath, card_out
from koshelok.web import access
from koshelok.web.api import READ, answers, create_once, ok
from koshelok.web.auth import current_actor

CHANGE = (401, 404, 409, 422)


def _out(card: CardView) -> CardOut:
    return card_out(card, identity_queries.get_user(card.owner_id).display_name)


@api.get("/cards", summary="List my cards",
         responses=answers({200: CardPage}, errors=(401,)))  # fmt: skip
@access.signed_in
def list_cards() -> Response:
    """All on one page: there are few."""
    items = [_out(card) for card in queries.list_cards(current_actor().id)]
    return ok(CardPage.model_construct(items=items, next_cursor=None))


@api.post("/cards", summary="Open a card",
          responses=answers({201: CardOut}, errors=(401, 409, 422)))  # fmt: skip
@access.signed_in
def create_card() -> Response:
    """It is FROZEN until it is unfrozen for the first time."""

    def produce() -> Response:
        card = operations.open_card(actor_id=current_actor().id)
        return ok(_out(card), 201, location=f"/api/v1/cards/{card.id}")

    return create_once(produce)


@api.get("/cards/<uuid:id>", summary="Show a card",
         responses=answers({200: CardOut}, errors=READ))  # fmt: skip
@access.signed_in
def show_card(path: IdPath) -> Response:
    """One card of one's own."""
    return ok(_out(queries.get_card(current_actor().id, path.id)))


@api.patch("/cards/<uuid:id>/freeze", summary="Freeze a card",
           responses=answers({200: CardOut}, errors=CHANGE))  # fmt: skip
@access.signed_in
def freeze_card(path: IdPath) -> Response:
    """It neither sends nor receives until it is unfrozen."""
    return _change(path, "FROZEN")


@api.patch("/cards/<uuid:id>/unfreeze", summary="Activate a card",
           responses=answers({200: CardOut}, errors=CHANGE))  # fmt: skip
@access.signed_in
def unfreeze_card(path: IdPath) -> Response:
    """Not one that the administration froze: 409 `frozen_by_admin`."""
    return _change(path, "ACTIVE")


@api.post("/cards/<uuid:id>/close", summary="Close a card",
          responses=answers({200: CardOut}, errors=CHANGE))  # fmt: skip
@access.signed_in
def close_card(path: IdPath) -> Response:
    """For good, and only an empty one: 409 `balance_not_zero`."""
    return _change(path, "CLOSED")


def _change(path: IdPath, status: str) -> Response:
    with unit_of_work():
        changed = operations.change_status(
            actor_id=current_actor().id, card_id=path.id, status=status
        )
        return ok(_out(changed))
