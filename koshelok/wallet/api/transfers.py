"""Transfers over JSON."""

from flask import Response

from koshelok.ledger.errors import Refused
from koshelok.wallet import queries
from koshelok.wallet.api.blueprint import api
from koshelok.wallet.operations import Order
from koshelok.wallet.schemas import (
    IdPath,
    TransferIn,
    TransferOut,
    TransferPage,
    TransferQuery,
    transfer_out,
)
from koshelok.wallet.sending import send_once
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, ok, replayed, require_key
from koshelok.web.auth import current_actor
from koshelok.web.limits import uncounted
from koshelok.web.problems import domain_problem


@api.get("/transfers", summary="List my transfers",
         responses=answers({200: TransferPage}, errors=READ))  # fmt: skip
@access.signed_in
def list_transfers(query: TransferQuery) -> Response:
    """Of all cards, the newest first; filters narrow it together."""
    page = queries.list_transfers(
        current_actor().id, query.filters(), limit=query.limit, cursor=query.cursor
    )
    items = [transfer_out(item, item.from_number, item.to_number) for item in page.items]
    return ok(TransferPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/transfers", summary="Send money",
          responses=answers({201: TransferOut}, errors=WRITE))  # fmt: skip
@uncounted
@access.signed_in
def create_transfer(body: TransferIn) -> Response:
    """Once for each Idempotency-Key, which is required and kept for ever. 409 `step_up_required`
    names the `methods`, `password` or `code`, one of which is to be sent along with the same key.
    """
    order = Order(body.from_card, body.to_card, body.amount, body.description, require_key())
    try:
        sent = send_once(current_actor(), order, password=body.password, code=body.code)
    except Refused as refusal:
        return replayed(domain_problem(refusal), refusal.replayed)
    made = sent.transfer
    response = ok(
        transfer_out(made, sent.from_number, sent.to_number), 201, f"/api/v1/transfers/{made.id}"
    )
    return replayed(response, sent.replayed)


@api.get("/transfers/<uuid:id>", summary="Show a transfer",
         responses=answers({200: TransferOut}, errors=READ))  # fmt: skip
@access.signed_in
def show_transfer(path: IdPath) -> Response:
    """One transfer from or to a card of one's own."""
    found = queries.get_transfer(current_actor().id, path.id)
    return ok(transfer_out(found, found.from_number, found.to_number))
