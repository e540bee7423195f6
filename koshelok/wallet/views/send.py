"""/send: write, look again, confirm. A key made with the look makes one transfer of it, however
often the confirmation is sent; only a refusal that is kept asks for another look and a new key.
"""

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, request, url_for
from werkzeug.datastructures import MultiDict

from koshelok.core.errors import DomainError, TooManyRequests
from koshelok.core.money import format_amount
from koshelok.infra.settings import current
from koshelok.ledger.errors import Refused
from koshelok.wallet import operations, queries
from koshelok.wallet.forms import ConfirmForm, SendForm
from koshelok.wallet.policy import maximum_for
from koshelok.wallet.sending import send_once
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import render, see_other

bp = Blueprint("send", __name__, url_prefix="/send")
OFFERED = 12
_PREFILLED = {"from": "from_card", "to": "to_card", "amount": "amount", "for": "description"}


@bp.get("")
@access.signed_in
def new() -> Response:
    """An empty form, or one filled from the address: a QR code, a saved card, "send again"."""
    asked = request.args
    given = {field: asked[name] for name, field in _PREFILLED.items() if name in asked}
    return _form(SendForm(MultiDict(given)) if given else SendForm(formdata=None))


@bp.post("")
@access.signed_in
def review() -> Response:
    """Show what it comes to and who gets it; nothing is sent yet."""
    form = ConfirmForm()
    if "change" in request.form:
        return _form(form)
    form.key.data = str(uuid4())
    return _form(form, 422) if not form.validate() else _review(form)


@bp.post("/confirm")
@access.signed_in
def confirm() -> Response:
    """Send; the receipt says so. The same key again shows the same receipt."""
    form = ConfirmForm()
    if not form.validate():
        return _form(form, 422)
    try:
        sent = send_once(current_actor(), form.order(form.key.data), **form.proof())
    except Refused as refusal:
        return _refused(form, refusal)
    except DomainError as error:
        return _review(form, error)
    return see_other(url_for("wallet.transfers.show", id=sent.transfer.id))


def _review(form: ConfirmForm, error: DomainError | None = None) -> Response:
    """With `error`, what was confirmed is looked at again under the key it has: it may be done."""
    actor = current_actor()
    try:
        quote = operations.quote(
            actor_id=actor.id, role=actor.role, order=form.order(form.key.data)
        )
    except DomainError as refusal:
        return _refused(form, refusal)
    if error:
        form.refuse(error)
    status = error.status if error else 200
    response = render("wallet/send.html", "form", status=status, form=form, quote=quote)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _refused(form: SendForm, error: DomainError) -> Response:
    if error.status == 404 and error.field != "to_card":
        raise error
    form.refuse(error)
    return _form(form, 422 if error.status == 404 else error.status)


def _form(form: SendForm, status: int = 200) -> Response:
    actor = current_actor()
    cards = [card for card in queries.list_cards(actor.id) if card.status == "ACTIVE"]
    return render(
        "wallet/send.html", "form", status=status, form=form.offer(cards), quote=None, cards=cards,
        saved=queries.list_saved(actor.id, limit=OFFERED).items, **_terms(actor.role),
    )  # fmt: skip


def _terms(role: str) -> dict[str, Any]:
    percent = current().commission_rate[role] * 100
    return {
        "least": format_amount(current().transfer_minimum),
        "most": format_amount(maximum_for(role)),
        "percent": format_amount(percent) if percent else "",
    }
