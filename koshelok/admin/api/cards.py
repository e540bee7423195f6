"""Everybody's cards over JSON."""

from collections.abc import Sequence

from flask import Response

from koshelok.admin import operations, queries
from koshelok.admin.api.blueprint import api
from koshelok.admin.queries import CardFilters
from koshelok.admin.schemas import (
    AdminCardOut,
    AdminCardPage,
    CardQuery,
    CardStatusIn,
    IdPath,
    ProofOut,
    card_out,
    proof_out,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet.queries import CardView
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, ok
from koshelok.web.auth import current_actor


def _out(cards: Sequence[CardView]) -> list[AdminCardOut]:
    people = queries.list_people(card.owner_id for card in cards)
    return [card_out(card, people[card.owner_id].display_name) for card in cards]


@api.get("/admin/cards", summary="Find cards",
         responses=answers({200: AdminCardPage}, errors=READ))  # fmt: skip
@access.admin
def list_cards(query: CardQuery) -> Response:
    """The newest first."""
    page = queries.list_cards(
        CardFilters(query.owner, query.status), limit=query.limit, cursor=query.cursor
    )
    items = _out(page.items)
    return ok(AdminCardPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.get("/admin/cards/<uuid:id>", summary="Show a card",
         responses=answers({200: AdminCardOut}, errors=READ))  # fmt: skip
@access.admin
def show_card(path: IdPath) -> Response:
    """Anybody's card."""
    return ok(_out([queries.get_card(path.id)])[0])


@api.patch("/admin/cards/<uuid:id>/status", summary="Change what a card may do",
           responses=answers({200: AdminCardOut}, errors=WRITE))  # fmt: skip
@access.admin
def change_status(path: IdPath, body: CardStatusIn) -> Response:
    """Freeze, activate or close it. What an administrator froze, its owner cannot unfreeze."""
    with unit_of_work():
        operations.change_card_status(
            actor_id=current_actor().id, card_id=path.id, status=body.status, reason=body.reason
        )
        return ok(_out([queries.get_card(path.id)])[0])


@api.get("/admin/cards/<uuid:id>/verify-balance", summary="Verify a card's balance",
         responses=answers({200: ProofOut}, errors=READ))  # fmt: skip
@access.admin
def verify_balance(path: IdPath) -> Response:
    """What is kept against the sum of its postings."""
    card = queries.get_card(path.id)
    return ok(proof_out(card, queries.prove_card(card)))
