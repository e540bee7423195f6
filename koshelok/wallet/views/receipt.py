"""/transfers/<id>: what happened to a transfer, to read, to print, to keep as a PDF."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, url_for

from koshelok.finance import queries as finance
from koshelok.ledger import queries as ledger
from koshelok.wallet import queries
from koshelok.wallet.queries import TransferView
from koshelok.wallet.receipts import make_receipt, moment, to_pdf
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import render

bp = Blueprint("transfers", __name__, url_prefix="/transfers")


@bp.get("/<uuid:id>")
@access.signed_in
def show(id: UUID) -> Response:
    """The receipt of one's own transfer, with what to do next."""
    actor = current_actor()
    transfer = queries.get_transfer(actor.id, id)
    undone = ledger.find_reversal(id)
    return render(
        "wallet/receipt.html",
        transfer=transfer,
        receipt=make_receipt(actor.id, actor.role, transfer),
        undone=undone and moment(undone.created_at),
        record=finance.find_record_of_transfer(current_workspace().id, id),
        again_url=_again_url(transfer),
    )


@bp.get("/<uuid:id>/receipt.pdf")
@access.signed_in
def pdf(id: UUID) -> Response:
    """The same as a document."""
    actor = current_actor()
    transfer = queries.get_transfer(actor.id, id)
    response = make_response(to_pdf(make_receipt(actor.id, actor.role, transfer)))
    response.mimetype = "application/pdf"
    name = f"koshelok-{transfer.created_at:%Y-%m-%d}-{str(id)[-6:]}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _again_url(transfer: TransferView) -> str | None:
    """The form of /send with the same in it; only what oneself has sent is sent again."""
    if transfer.type != "transfer" or transfer.direction == "in":
        return None
    source = next(
        (c for c in queries.list_cards(current_actor().id) if c.number == transfer.from_number),
        None,
    )
    values: dict[str, Any] = {
        "from": source and source.id,
        "to": transfer.to_number,
        "amount": transfer.amount,
        "for": transfer.description or None,
    }
    return url_for("wallet.send.new", **values)
