"""How an order is paid at checkout: into escrow, or into the shop's book."""

from decimal import Decimal
from uuid import UUID

from koshelok.core.money import format_amount
from koshelok.debtors import operations as book
from koshelok.debtors.errors import CreditLimitExceeded, DebtorNotFound
from koshelok.debtors.queries import get_debtor
from koshelok.ledger.errors import Refused
from koshelok.shop.errors import (
    CardNeeded,
    CardRefused,
    CardsNotTaken,
    CreditLimitReached,
    CreditNotAllowed,
    CustomerWithoutPhone,
    PhoneNeeded,
)
from koshelok.shop.models import Order
from koshelok.shop.operations.customers import enter_customer
from koshelok.shop.queries import ShopView, find_customer, find_payout_card_id
from koshelok.shop.words import order_name
from koshelok.wallet import operations as wallet
from koshelok.wallet.errors import CardNotFound


def take_card(*, actor_id: int, card_id: UUID | None, shop: ShopView, order: Order) -> UUID:
    """Pay an order from the buyer's card; answers the transfer. Raises CardNeeded, CardNotFound,
    CardsNotTaken, CardRefused."""
    if card_id is None:
        raise CardNeeded
    if find_payout_card_id(shop.id) is None:
        raise CardsNotTaken(shop=shop.name)
    try:
        return wallet.buy(
            actor_id=actor_id,
            card_id=card_id,
            amount=order.total,
            description=order_name(shop.name, order.number),
            key=f"order:{order.id}",
        )
    except CardNotFound as error:
        raise CardNotFound(field="card") from error
    except Refused as refusal:
        raise CardRefused.of(refusal) from refusal


def take_credit(*, actor_id: int, shop: ShopView, order: Order) -> int:
    """Write an order down as a debt; answers it. Raises CreditNotAllowed, CreditLimitReached,
    PhoneNeeded."""
    customer = find_customer(shop.id, actor_id)
    if customer is None or not customer.credit:
        raise CreditNotAllowed(shop=shop.name)
    debtor_id = customer.debtor_id
    if debtor_id is None:
        try:
            debtor_id = enter_customer(actor_id=actor_id, workspace_id=shop.id)
        except CustomerWithoutPhone as error:
            raise PhoneNeeded from error
    try:
        debt = book.record_debt(
            actor_id=actor_id,
            workspace_id=shop.id,
            debtor_id=debtor_id,
            amount=order.total,
            description=order_name("", order.number),
            client_id=order.id,
        )
    except DebtorNotFound as error:  # put away since
        raise CreditNotAllowed(shop=shop.name) from error
    except CreditLimitExceeded as error:
        debtor = get_debtor(shop.id, debtor_id)
        room = (debtor.credit_limit or Decimal(0)) - debtor.debt_total + debtor.credit
        raise CreditLimitReached(
            shop=shop.name, room=format_amount(max(room, Decimal(0)))
        ) from error
    return debt.id
