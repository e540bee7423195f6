"""Deposits, reversals and everybody's transfers over JSON."""

from collections.abc import Callable
from uuid import uuid4

from flask import Response

from koshelok.admin import operations, queries
from koshelok.admin.api.blueprint import api
from koshelok.admin.operations import Deposit
from koshelok.admin.queries import TransferFilters
from koshelok.admin.schemas import (
    AdminTransferOut,
    AdminTransferPage,
    DepositIn,
    IdPath,
    ReverseIn,
    TransferDetailOut,
    TransferQuery,
    detail_out,
    transfer_out,
)
from koshelok.infra.unit_of_work import retried
from koshelok.ledger.errors import Refused
from koshelok.ledger.operations import Made
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, find_key, ok, replayed, require_key
from koshelok.web.auth import current_actor
from koshelok.web.problems import domain_problem


@api.post("/admin/deposits", summary="Deposit money",
          responses=answers({201: AdminTransferOut}, errors=WRITE))  # fmt: skip
@access.admin
def create_deposit(body: DepositIn) -> Response:
    """Onto a card of one's own, once for each Idempotency-Key, which is required and kept for
    ever. Without an ACTIVE card: 409 `no_active_card`."""
    order = Deposit(body.amount, body.card, body.description, require_key())
    actor_id = current_actor().id
    return _once(lambda: operations.deposit(actor_id=actor_id, order=order))


@api.post("/admin/transfers/<uuid:id>/reverse", summary="Reverse a transfer",
          responses=answers({201: AdminTransferOut}, errors=WRITE))  # fmt: skip
@access.admin
def reverse_transfer(path: IdPath, body: ReverseIn) -> Response:
    """Amount and commission go back; at most once (409 `already_reversed`). Without an
    Idempotency-Key each call is a try of its own."""
    actor_id, key = current_actor().id, find_key() or str(uuid4())
    return _once(
        lambda: operations.reverse_transfer(
            actor_id=actor_id, transfer_id=path.id, reason=body.reason, key=key
        )
    )


def _once(act: Callable[[], Made]) -> Response:
    try:
        made = retried(act)
    except Refused as refusal:
        return replayed(domain_problem(refusal), refusal.replayed)
    moved = made.transfer
    out = transfer_out(moved, queries.list_ends([moved])[moved.id])
    return replayed(ok(out, 201, f"/api/v1/admin/transfers/{moved.id}"), made.replayed)


@api.get("/admin/transfers", summary="Find transfers",
         responses=answers({200: AdminTransferPage}, errors=READ))  # fmt: skip
@access.admin
def list_transfers(query: TransferQuery) -> Response:
    """The newest first, refused ones included. Follow `next_cursor` also from a short page: a
    rare search goes on there."""
    filters = TransferFilters(**query.model_dump(exclude={"limit", "cursor"}))
    page = queries.list_transfers(filters, limit=query.limit, cursor=query.cursor)
    ends = queries.list_ends(page.items)
    items = [transfer_out(item, ends[item.id]) for item in page.items]
    return ok(AdminTransferPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.get("/admin/transfers/<uuid:id>", summary="Show a transfer",
         responses=answers({200: TransferDetailOut}, errors=READ))  # fmt: skip
@access.admin
def show_transfer(path: IdPath) -> Response:
    """Anybody's transfer with its postings."""
    found = queries.get_transfer(path.id)
    return ok(detail_out(found.transfer, found.ends, found))
