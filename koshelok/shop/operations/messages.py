"""What people are told of an order, by SMS or e-mail, once it is committed: its buyer how it goes,
its shop that it came, and that it is not wanted any more.
"""

from datetime import timedelta
from typing import Any

from koshelok.core.clock import now
from koshelok.core.money import format_amount
from koshelok.core.sms import latin, parts, plain
from koshelok.identity import queries as identity
from koshelok.infra.settings import current
from koshelok.messaging import operations as messaging
from koshelok.messaging.queries import preview_sms
from koshelok.shop.models import Order
from koshelok.shop.queries import ShopView
from koshelok.workspaces.queries import find_owner, get_public_name

VALID = timedelta(days=1)
_MOST_PARTS = {"ru": 2}  # Cyrillic takes two bytes a letter


def tell_buyer(*, order: Order, status: str) -> None:
    """Say what became of an order; nobody is told who has given neither number nor address."""
    buyer = identity.get_user(order.buyer_id)
    _send(
        buyer.phone_number or buyer.email,
        "order",
        buyer.language,
        url=_address(f"/orders/{order.id}"),
        shop=get_public_name(order.workspace_id),
        number=order.number,
        status=str(status),
        payment=order.payment,
        total=format_amount(order.total),
    )


def tell_shop(*, order: Order, shop: ShopView, event: str = "placed") -> None:
    """Say to a shop's owner that an order was `placed` or `cancelled` by its buyer; not to an
    owner who did it. The number a shop shows is nobody's proved own: nothing is sent there."""
    owner_id = find_owner(shop.id)
    if owner_id is None or owner_id == order.buyer_id:
        return
    owner = identity.get_user(owner_id)
    _send(
        owner.phone_number or owner.email,
        "new_order",
        owner.language,
        url=_address(f"/shop/manage/orders/{order.id}"),
        shop=shop.name,
        event=event,
        number=order.number,
        pieces=order.pieces,
        payment=order.payment,
        total=format_amount(order.total),
    )


def _send(to: str | None, kind: str, language: str, **params: Any) -> None:
    if not to:
        return
    channel = "email" if "@" in to else "sms"
    if channel == "sms":
        params["shop"] = _fitting(kind, language, params)
    messaging.send(
        to=to, channel=channel, kind=kind, language=language, valid_until=now() + VALID, **params
    )


def _fitting(kind: str, language: str, params: dict[str, Any]) -> str:
    """As much of the shop's name as leaves the message one SMS (two in Cyrillic)."""
    cyrillic = language in _MOST_PARTS
    name = (plain if cyrillic else latin)(params["shop"]) or "Koshelok"
    while len(name) > 3:
        text = preview_sms(kind, language, **{**params, "shop": name})
        if parts(text) <= _MOST_PARTS.get(language, 1):
            break
        name = name.rstrip(".")[:-1].rstrip() + "."
    return name


def _address(path: str) -> str:
    """The whole address of a page where it is known: below the edge there is no request."""
    origin = current().public_url
    return origin + path if origin else ""
