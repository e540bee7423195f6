"""Paying a debt with a card: the ledger moves the money, and the book takes the payment, in one
transaction.

The debtor is locked before the accounts: a payment and its void, cashiers and other payers of the
same debtor come one after the other.
"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from koshelok.core.money import format_amount, positive
from koshelok.debtors.errors import AboveDebt, CardsNotTaken
from koshelok.debtors.operations.payments import record_payment
from koshelok.debtors.queries import (
    PaymentView,
    find_payment_by_transfer,
    find_payout_number,
    get_debtor,
)
from koshelok.wallet import operations as wallet
from koshelok.wallet.operations import Order, Quote
from koshelok.workspaces.queries import get_public_name


@dataclass(frozen=True, slots=True)
class CardPayment:
    """What a person asks for: so much (so'm) of a debtor's debt from a card of their own, and
    the key that makes it one payment."""

    workspace_id: int
    debtor_id: int
    card_id: UUID
    amount: Decimal
    key: str


def quote_payment(*, actor_id: int, role: str, payment: CardPayment) -> Quote:
    """Ask what a payment comes to and to whom it goes; writes nothing.

    Raises DebtorNotFound, AboveDebt, CardsNotTaken, and as wallet.quote.
    """
    debtor = get_debtor(payment.workspace_id, payment.debtor_id)
    _check(payment, debtor.debt_total)
    return wallet.quote(actor_id=actor_id, role=role, order=_order(payment, needed=True))


def pay_by_card(
    *,
    actor_id: int,
    role: str,
    payment: CardPayment,
    password: str | None = None,
    code: str | None = None,
) -> PaymentView:
    """Pay from the actor's card to the card on which the owner of the book is paid.

    Once for each key: the same payment is answered again. Raises DebtorNotFound, AboveDebt,
    CardsNotTaken, and as wallet.send: a Refused is kept as a failed transfer, and pays nothing.
    """
    debtor = get_debtor(payment.workspace_id, payment.debtor_id, lock=True)
    made = find_card_payment(actor_id=actor_id, payment=payment)
    if made is not None:
        return made
    _check(payment, debtor.debt_total)
    sent = wallet.send(
        actor_id=actor_id,
        role=role,
        order=_order(payment, needed=True),
        password=password,
        code=code,
    )
    return record_payment(
        actor_id=None,
        workspace_id=payment.workspace_id,
        debtor_id=payment.debtor_id,
        amount=payment.amount,
        transfer_id=sent.transfer.id,
    )


def find_card_payment(*, actor_id: int, payment: CardPayment) -> PaymentView | None:
    """What this key paid before, or None; raises the Refused that it was answered with."""
    made = wallet.find_paid(actor_id=actor_id, order=_order(payment))
    if made is None:
        return None
    return find_payment_by_transfer(payment.workspace_id, made.transfer.id)


def _check(payment: CardPayment, debt: Decimal) -> None:
    if positive(payment.amount) > debt:
        raise AboveDebt(debt=format_amount(debt))


def _order(payment: CardPayment, *, needed: bool = False) -> Order:
    number = find_payout_number(payment.workspace_id)
    if needed and number is None:
        raise CardsNotTaken
    return Order(
        from_card=payment.card_id,
        to_card=number or "",
        amount=payment.amount,
        description=get_public_name(payment.workspace_id),
        key=payment.key,
        bill=f"debtor:{payment.debtor_id}",
    )
