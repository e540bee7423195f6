"""Telling a buyer how their order goes, by SMS or e-mail, once it is committed."""

from datetime import timedelta

from koshelok.core.clock import now
from koshelok.core.money import format_amount
from koshelok.identity import queries as identity
from koshelok.messaging import operations as messaging
from koshelok.shop.models import Order
from koshelok.workspaces.queries import get_public_name

VALID = timedelta(days=1)


def tell_buyer(*, order: Order, status: str) -> None:
    """Say what became of an order; nobody is told who has given neither number nor address."""
    buyer = identity.get_user(order.buyer_id)
    to = buyer.phone_number or buyer.email
    if not to:
        return
    messaging.send(
        to=to,
        channel="sms" if buyer.phone_number else "email",
        kind="order",
        language=buyer.language,
        valid_until=now() + VALID,
        shop=get_public_name(order.workspace_id),
        number=order.number,
        status=str(status),
        payment=order.payment,
        total=format_amount(order.total),
    )
