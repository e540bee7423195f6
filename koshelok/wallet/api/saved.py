"""Saved cards over JSON."""

from flask import Response

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet import operations, queries
from koshelok.wallet.api.blueprint import api
from koshelok.wallet.schemas import (
    IdPath,
    SavedIn,
    SavedOut,
    SavedPage,
    SavedPatch,
    SavedQuery,
    saved_out,
)
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, create_once, no_content, ok
from koshelok.web.auth import current_actor


@api.get("/saved-cards", summary="List my saved cards",
         responses=answers({200: SavedPage}, errors=(401, 422)))  # fmt: skip
@access.signed_in
def list_saved(query: SavedQuery) -> Response:
    """By alias; `query` finds a part of an alias or of a number."""
    page = queries.list_saved(
        current_actor().id, query.query, limit=query.limit, cursor=query.cursor
    )
    items = [saved_out(saved) for saved in page.items]
    return ok(SavedPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/saved-cards", summary="Save a card",
          responses=answers({201: SavedOut}, errors=WRITE))  # fmt: skip
@access.signed_in
def create_saved(body: SavedIn) -> Response:
    """Somebody else's, once: one's own are offered anyway."""

    def produce() -> Response:
        made = operations.save_card(actor_id=current_actor().id, **body.model_dump())
        return ok(saved_out(made), 201, location=f"/api/v1/saved-cards/{made.id}")

    return create_once(produce)


@api.get("/saved-cards/<uuid:id>", summary="Show a saved card",
         responses=answers({200: SavedOut}, errors=READ))  # fmt: skip
@access.signed_in
def show_saved(path: IdPath) -> Response:
    """One of one's own."""
    return ok(saved_out(queries.get_saved(current_actor().id, path.id)))


@api.patch("/saved-cards/<uuid:id>", summary="Change a saved card",
           responses=answers({200: SavedOut}, errors=WRITE))  # fmt: skip
@access.signed_in
def update_saved(path: IdPath, body: SavedPatch) -> Response:
    """Its alias, or the number where the card was replaced."""
    with unit_of_work():
        changed = operations.edit_saved(
            actor_id=current_actor().id, saved_id=path.id, **body.model_dump()
        )
        return ok(saved_out(changed))


@api.delete("/saved-cards/<uuid:id>", summary="Forget a saved card",
            responses=answers({204: None}, errors=READ))  # fmt: skip
@access.signed_in
def delete_saved(path: IdPath) -> Response:
    """The card itself stays what it is."""
    with unit_of_work():
        operations.delete_saved(actor_id=current_actor().id, saved_id=path.id)
        return no_content()
