"""From a cart to orders, one a shop, in one transaction: stock, money and debts, or nothing.

Everything is taken in one order, so that buyers wait for each other and never deadlock: the
checkout's key, the cart, products by id, debtors and accounts shop by shop.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as pg_insert

from koshelok.core.clock import now
from koshelok.core.errors import Invalid
from koshelok.core.ids import uuid7
from koshelok.core.money import positive, to_json
from koshelok.core.text import clean
from koshelok.infra.db import session
from koshelok.infra.idempotency import IdempotencyKeyReused
from koshelok.infra.settings import current
from koshelok.shop.errors import (
    CardNeeded,
    CartEmpty,
    CashNotTaken,
    PriceChanged,
)
from koshelok.shop.models import (
    ADDRESS_LIMIT,
    COMMENT_LIMIT,
    KEY_LIMIT,
    CartItem,
    Checkout,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    Status,
    StockHold,
)
from koshelok.shop.operations.holds import Line, read_lines
from koshelok.shop.operations.messages import tell_shop
from koshelok.shop.operations.payments import take_card, take_credit
from koshelok.shop.queries import (
    OrderView,
    find_cart_id,
    get_shop,
    list_orders_of_checkout,
)


class UnknownPayment(Invalid):
    """Neither card, credit nor cash."""

    code = "unknown_payment"
    message = "Choose how to pay."
    field = "payment"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a buyer confirms a cart, and the key that makes it orders once."""

    payment: str
    key: str
    card: UUID | None = None
    address: str = ""
    comment: str = ""

    @property
    def fingerprint(self) -> str:
        """What the key stands for; the cart is not part of it: it is empty afterwards."""
        asked = [self.payment, str(self.card), self.address, self.comment]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Placed:
    """The orders of a checkout, made now or (`replayed`) by its key before."""

    orders: Sequence[OrderView]
    replayed: bool


def find_placed(*, actor_id: int, wanted: Wanted) -> Placed | None:
    """What this key ordered before, or None; raises IdempotencyKeyReused for another request."""
    made = session.scalar(select(Checkout).filter_by(buyer_id=actor_id, key=wanted.key))
    if made is None:
        return None
    if made.fingerprint != wanted.fingerprint:
        raise IdempotencyKeyReused
    return Placed(list_orders_of_checkout(made.id), replayed=True)


def place_orders(*, actor_id: int, wanted: Wanted) -> Placed:
    """Order what is in the actor's cart, one order a shop; the cart is empty then.

    Once for each key. Raises Invalid, IdempotencyKeyReused, CartEmpty, ProductNotFound,
    OutOfStock, PriceChanged, and what the payment refuses: CardNeeded, CardNotFound, CardRefused,
    CardsNotTaken, CashNotTaken, CreditNotAllowed, CreditLimitReached. Any of them changes nothing.
    """
    clean(wanted.key, limit=KEY_LIMIT, field="key", required=True)
    checkout_id = _claim(actor_id, wanted)
    if checkout_id is None:
        made = find_placed(actor_id=actor_id, wanted=wanted)
        assert made is not None  # noqa: S101  # the conflict was with a committed row
        return made
    address = clean(wanted.address, limit=ADDRESS_LIMIT, field="address")
    comment = clean(wanted.comment, limit=COMMENT_LIMIT, field="comment")
    payment = _known(wanted)
    cart_id = find_cart_id(user_id=actor_id, cart_id=None, lock=True)
    if cart_id is None:
        raise CartEmpty
    lines = read_lines(cart_id=cart_id)
    _check_prices(lines)
    by_shop = sorted(lines, key=lambda line: (line.workspace_id, line.product.id))
    for workspace_id, of_shop in groupby(by_shop, key=attrgetter("workspace_id")):
        _place(actor_id, checkout_id, workspace_id, list(of_shop), payment, wanted.card,
               address, comment)  # fmt: skip
    session.execute(delete(CartItem).filter_by(cart_id=cart_id))
    session.execute(delete(StockHold).filter_by(cart_id=cart_id))
    return Placed(list_orders_of_checkout(checkout_id), replayed=False)


def _claim(actor_id: int, wanted: Wanted) -> UUID | None:
    """Take the key, waiting for another transaction that holds it; None where it is spent."""
    claimed: UUID | None = session.scalar(
        pg_insert(Checkout)
        .values(
            id=uuid7(),
            buyer_id=actor_id,
            key=wanted.key,
            fingerprint=wanted.fingerprint,
            created_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["buyer_id", "key"])
        .returning(Checkout.id)
    )
    return claimed


def _known(wanted: Wanted) -> Payment:
    if wanted.payment not in set(Payment):
        raise UnknownPayment
    if wanted.payment == Payment.CARD and wanted.card is None:
        raise CardNeeded
    return Payment(wanted.payment)


def _check_prices(lines: Iterable[Line]) -> None:
    changed = [line for line in lines if line.price_seen != line.product.price]
    if changed:
        raise PriceChanged(
            extensions={
                "lines": [
                    {
                        "product": line.product.id,
                        "old_price": to_json(line.price_seen),
                        "new_price": to_json(line.product.price),
                    }
                    for line in changed
                ]
            }
        )


def _place(
    actor_id: int,
    checkout_id: UUID,
    workspace_id: int,
    lines: Sequence[Line],
    payment: Payment,
    card_id: UUID | None,
    address: str,
    comment: str,
) -> None:
    shop, moment = get_shop(workspace_id), now()
    total = positive(sum((line.quantity * line.product.price for line in lines), Decimal(0)))
    number = session.scalar(text("SELECT nextval(pg_get_serial_sequence('orders', 'number'))"))
    order = Order(
        id=uuid7(),
        number=number,
        checkout_id=checkout_id,
        workspace_id=workspace_id,
        buyer_id=actor_id,
        status=Status.PENDING,
        payment=payment,
        total=total,
        pieces=sum(line.quantity for line in lines),
        address=address,
        comment=comment,
        expires_at=moment + _patience(payment),
        created_at=moment,
        updated_at=moment,
    )
    if payment is Payment.CARD:
        order.purchase_id = take_card(actor_id=actor_id, card_id=card_id, shop=shop, order=order)
    elif payment is Payment.CREDIT:
        order.debt_id = take_credit(actor_id=actor_id, shop=shop, order=order)
    elif not shop.accepts_cash:
        raise CashNotTaken(shop=shop.name)
    session.add(order)
    session.flush()
    session.execute(insert(OrderLine), [_line_of(order.id, line) for line in lines])
    session.add(
        OrderEvent(order_id=order.id, status=Status.PENDING, actor_id=actor_id, created_at=moment)
    )
    session.flush()
    tell_shop(order=order, shop=shop)


def _line_of(order_id: UUID, line: Line) -> dict[str, object]:
    return {
        "order_id": order_id,
        "product_id": line.product.id,
        "workspace_id": line.workspace_id,
        "title": line.product.name,
        "sku": line.product.sku,
        "price": line.product.price,
        "quantity": line.quantity,
        "reserved": line.quantity,
    }


def _patience(payment: Payment) -> timedelta:
    """How long a shop may leave an order unanswered: what is not paid waits less."""
    settings = current()
    return timedelta(
        hours=settings.order_hours_unpaid if payment is Payment.CASH else settings.order_hours_paid
    )
