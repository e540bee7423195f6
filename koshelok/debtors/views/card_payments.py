"""/s/<token>/pay: write, look again, confirm, as on /send; the key made with the look makes one
payment of it."""

from typing import Any
from uuid import uuid4

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError, TooManyRequests
from koshelok.core.money import format_amount
from koshelok.debtors import operations, queries
from koshelok.debtors.forms.links import ConfirmPayForm, PayForm
from koshelok.debtors.operations import CardPayment
from koshelok.debtors.queries import LinkView, PaymentView
from koshelok.debtors.views.public import bp, opened, whose
from koshelok.infra.settings import current
from koshelok.ledger.errors import Refused
from koshelok.wallet.queries import CardView, list_cards
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import render, see_other
from koshelok.web.once import once

__all__ = ["bp"]


@bp.get("/<token>/pay")
@access.signed_in
def pay(token: str) -> Response:
    """From which card, and how much: all of it, unless less is asked for."""
    return _form(token, opened(token), PayForm(formdata=None))


@bp.post("/<token>/pay")
@access.signed_in
def review_payment(token: str) -> Response:
    """Show whom it pays and what it comes to; nothing is paid yet."""
    link, form = opened(token), ConfirmPayForm()
    if "change" in request.form:
        return _form(token, link, form)
    form.key.data = str(uuid4())
    return _review(token, link, form) if form.validate() else _form(token, link, form, 422)


@bp.post("/<token>/pay/confirm")
@access.signed_in
def confirm_payment(token: str) -> Response:
    """Pay. The same key again is the same payment."""
    link, form = opened(token), ConfirmPayForm()
    if not form.validate():
        return _form(token, link, form, 422)
    try:
        made = _pay_once(link, form)
    except Refused as refusal:
        return _refused(token, link, form, refusal)
    except DomainError as error:
        return _review(token, link, form, error)
    flash(_("Paid: %(amount)s so'm", amount=format_amount(made.amount)), "success")
    return see_other(url_for(".show", token=token))


def _payment(link: LinkView, form: ConfirmPayForm) -> CardPayment:
    return CardPayment(workspace_id=link.workspace_id, debtor_id=link.debtor, **form.asked())


def _pay_once(link: LinkView, form: ConfirmPayForm) -> PaymentView:
    actor_id, role, payment = current_actor().id, current_actor().role, _payment(link, form)
    return once(
        current().limit_transfers, "transfers", str(actor_id),
        find=lambda: operations.find_card_payment(actor_id=actor_id, payment=payment),
        act=lambda: operations.pay_by_card(
            actor_id=actor_id, role=role, payment=payment, **form.proof()
        ),
    )  # fmt: skip


def _review(
    token: str, link: LinkView, form: ConfirmPayForm, error: DomainError | None = None
) -> Response:
    """With `error`, what was confirmed is looked at again under the key it has: it may be done."""
    actor = current_actor()
    try:
        quote = operations.quote_payment(
            actor_id=actor.id, role=actor.role, payment=_payment(link, form)
        )
    except DomainError as refusal:
        return _refused(token, link, form, refusal)
    if error:
        form.refuse(error)
    response = _page(token, link, form, error.status if error else 200, quote=quote)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _refused(token: str, link: LinkView, form: PayForm, error: DomainError) -> Response:
    if error.status == 404:
        raise error
    form.refuse(error)
    return _form(token, link, form, error.status)


def _form(token: str, link: LinkView, form: PayForm, status: int = 200) -> Response:
    cards = _own_cards(link)
    if form.from_card.data is None and cards:
        form.from_card.data = cards[0].id
    return _page(token, link, form, status, quote=None, cards=cards)


def _page(token: str, link: LinkView, form: PayForm, status: int, **context: Any) -> Response:
    shown = whose(link)
    if form.amount.data is None and not form.amount.raw_data:
        form.amount.data = shown["person"].debt_total or None
    return render("debtors/pay.html", "form", status=status, token=token, form=form,
                  **shown, **context)  # fmt: skip


def _own_cards(link: LinkView) -> list[CardView]:
    """What the payer may pay from: not the card that is paid."""
    number = queries.find_payout_number(link.workspace_id)
    return [
        card for card in list_cards(current_actor().id)
        if card.status == "ACTIVE" and number not in {None, card.number}
    ]  # fmt: skip
