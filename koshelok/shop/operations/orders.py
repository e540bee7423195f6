"""The life of an order: each step once, with who and when, its stock and its money in the same
transaction. The order is locked first, then its products, its debtor, its accounts.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.core.money import format_amount
from koshelok.core.text import clean
from koshelok.debtors import operations as book
from koshelok.debtors.queries import get_debt, get_debtor
from koshelok.infra.db import session
from koshelok.ledger.errors import InsufficientFunds, Refused
from koshelok.shop.errors import (
    CardRefused,
    IllegalTransition,
    NoPayoutCard,
    OrderNotFound,
    SellerShortOfFunds,
    TooMuchStock,
)
from koshelok.shop.models import (
    NOTE_LIMIT,
    STOCK_LIMIT,
    MovementKind,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    Status,
    StockMovement,
)
from koshelok.shop.operations.messages import tell_buyer, tell_shop
from koshelok.shop.queries import OrderView, find_payout_card_id, get_order, get_shop
from koshelok.shop.states import may_follow
from koshelok.shop.words import STATUSES, order_name
from koshelok.wallet import operations as wallet


def change_status(
    *,
    actor_id: int,
    workspace_id: int,
    order_id: UUID,
    status: str,
    restock: bool = True,
    note: str = "",
) -> OrderView:
    """Take an order of the shop a step further; `restock` says whether what is cancelled or
    returned goes back to the shelf.

    Raises OrderNotFound, IllegalTransition, NoPayoutCard (delivered), SellerShortOfFunds and
    TooMuchStock (returned), NoCardToPay, CardRefused and PhoneTaken where the money has nowhere
    to go.
    """
    order = _lock(order_id, Order.workspace_id == workspace_id)
    _step(actor_id, order, status, restock=restock, note=note)
    return get_order(order_id)


def cancel_order(*, actor_id: int, order_id: UUID, note: str = "") -> OrderView:
    """Take back one's own order before it is shipped; the money comes back, the pieces stay on
    the shelf. Raises OrderNotFound, IllegalTransition."""
    order = _lock(order_id, Order.buyer_id == actor_id)
    _step(actor_id, order, Status.CANCELLED, note=note)
    tell_shop(order=order, shop=get_shop(order.workspace_id), event="cancelled")
    return get_order(order_id)


def expire_order(*, order_id: UUID) -> bool:
    """Cancel an order that its shop has left unanswered too long; whether it was one."""
    order = session.scalar(
        select(Order)
        .where(Order.id == order_id, Order.expires_at <= now())
        .with_for_update(skip_locked=True)
    )
    if order is None:
        return False
    _step(None, order, Status.CANCELLED, note="")
    return True


def _lock(order_id: UUID, whose: ColumnElement[bool]) -> Order:
    order = session.scalar(
        select(Order)
        .where(Order.id == order_id, whose)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise OrderNotFound
    return order


def _step(
    actor_id: int | None, order: Order, status: str, *, restock: bool = True, note: str = ""
) -> None:
    if status not in set(Status) or not may_follow(status, order.status):
        raise IllegalTransition(
            status=STATUSES[order.status],
            wanted=STATUSES.get(status, status),
            extensions={"status_now": order.status},
        )
    note = clean(note, limit=NOTE_LIMIT, field="note")
    wanted, moment = Status(status), now()
    order.status, order.updated_at, order.expires_at = wanted, moment, None
    session.flush()  # what waited for it on the shelf is free when it is shipped or cancelled
    if wanted is Status.SHIPPED:
        _move(actor_id, order, MovementKind.SOLD, -1)
    elif wanted is Status.CANCELLED and not restock:
        _move(actor_id, order, MovementKind.WRITTEN_OFF, -1)
    elif wanted is Status.RETURNED and restock:
        _move(actor_id, order, MovementKind.RETURNED, 1)
    if wanted is Status.DELIVERED:
        _pay_out(actor_id, order)
    elif wanted in {Status.CANCELLED, Status.RETURNED}:
        _give_back(actor_id, order)
    session.add(
        OrderEvent(
            order_id=order.id, status=wanted, note=note, actor_id=actor_id, created_at=moment
        )
    )
    session.flush()
    tell_buyer(order=order, status=wanted)


def _move(actor_id: int | None, order: Order, kind: MovementKind, sign: int) -> None:
    lines = session.execute(
        select(OrderLine.product_id, OrderLine.quantity)
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.product_id)
    )
    moved = [
        {
            "workspace_id": order.workspace_id,
            "product_id": product_id,
            "kind": kind,
            "quantity": sign * quantity,
            "order_id": order.id,
            "actor_id": actor_id,
            "created_at": now(),
        }
        for product_id, quantity in lines
    ]
    try:
        session.execute(insert(StockMovement), moved)
    except IntegrityError as error:
        if "ck_products_on_hand" not in str(error.orig):
            raise
        raise TooMuchStock(limit=STOCK_LIMIT) from error


def _pay_out(actor_id: int | None, order: Order) -> None:
    """What a buyer paid by card goes on to the shop's card."""
    if order.payment != Payment.CARD or actor_id is None:
        return
    card_id = find_payout_card_id(order.workspace_id)
    if card_id is None:
        raise NoPayoutCard
    try:
        order.payout_id = wallet.pay_out(
            actor_id=actor_id,
            workspace_id=order.workspace_id,
            card_id=card_id,
            amount=order.total,
            description=order_name("", order.number),
            key=f"payout:{order.id}",
        )
    except Refused as refusal:  # frozen this very moment
        raise NoPayoutCard from refusal


def _give_back(actor_id: int | None, order: Order) -> None:
    """A card is refunded by reversing what moved, a debt is voided; cash is the shop's to give."""
    by, name = actor_id or order.buyer_id, order_name("", order.number)
    if order.purchase_id is not None:
        try:
            wallet.undo_purchase(
                actor_id=by,
                purchase_id=order.purchase_id,
                payout_id=order.payout_id,
                payout_card_id=find_payout_card_id(order.workspace_id),
                reason=name,
            )
        except InsufficientFunds as refusal:
            raise SellerShortOfFunds(amount=format_amount(order.total)) from refusal
        except Refused as refusal:  # the ledger would keep it, and what was done till here with it
            raise CardRefused.of(refusal) from refusal
    elif order.debt_id is not None:
        _void_debt(by, order, order.debt_id, name)


def _void_debt(actor_id: int, order: Order, debt_id: int, reason: str) -> None:
    """Who was put away, settled, is brought back where the shop owes them what they had paid."""
    place = order.workspace_id
    debt = get_debt(place, debt_id)
    if debt.voided_at is not None:
        return
    if get_debtor(place, debt.debtor, deleted=None, lock=True).deleted_at is not None:
        book.restore_debtor(actor_id=actor_id, workspace_id=place, debtor_id=debt.debtor)
    book.void_debt(actor_id=actor_id, workspace_id=place, debt_id=debt_id, reason=reason)
