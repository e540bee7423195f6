"""Taking payments, and taking them back."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import select, update

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.core.money import positive
from koshelok.core.text import clean
from koshelok.debtors.errors import (
    DebtNotFound,
    DebtorNotFound,
    EntryKeyReused,
    NotEnoughToGiveBack,
    OwnerGivesBack,
    PaymentNotFound,
    UnknownMethod,
)
from koshelok.debtors.models import DESCRIPTION_LIMIT, REASON_LIMIT, Debt, Method, Payment
from koshelok.debtors.operations.debts import hold, void_allocations, write_entry
from koshelok.debtors.operations.receipts import send_receipt
from koshelok.debtors.operations.settlement import settle
from koshelok.debtors.queries import (
    PaymentView,
    find_payment_by_client,
    get_debtor,
    get_payment,
)
from koshelok.infra.db import session
from koshelok.ledger import operations as ledger
from koshelok.ledger.errors import InsufficientFunds

REVERSAL_LIMIT = 200  # its twin is ledger.models


def record_payment(
    *,
    actor_id: int | None,
    workspace_id: int,
    debtor_id: int,
    amount: Decimal,
    description: str = "",
    method: str = Method.CASH,
    first: Collection[int] = (),
    client_id: UUID | None = None,
    transfer_id: UUID | None = None,
    at: datetime | None = None,
) -> PaymentView:
    """Take what a debtor gave, in so'm, and spread it: the debts in `first` before, then the
    oldest; what is over becomes credit.

    `actor_id` is None where nobody of the shop took it: it came by card, as `transfer_id`. The
    same `client_id` answers the same payment again. Raises Invalid, DebtorNotFound,
    DebtNotFound for one in `first` that is not this debtor's, EntryKeyReused.
    """
    amount, method = positive(amount), _known(method, transfer_id)
    description = clean(description, limit=DESCRIPTION_LIMIT, field="description")
    debtor = get_debtor(workspace_id, debtor_id, deleted=None, lock=True)
    if client_id and (made := find_payment_by_client(workspace_id, client_id)):
        if (made.debtor, made.amount) != (debtor_id, amount):
            raise EntryKeyReused
        return made
    if debtor.deleted_at is not None:
        raise DebtorNotFound
    _check_first(debtor_id, first)
    payment = Payment(
        workspace_id=workspace_id,
        debtor_id=debtor_id,
        amount=amount,
        credited=amount,
        method=method,
        description=description,
        client_id=client_id,
        transfer_id=transfer_id,
        created_by_id=actor_id,
        created_at=at or now(),
    )
    debtor.last_entry_at = now()
    debtor.promised_on = None
    write_entry(payment)
    payment_id = payment.id
    settle(actor_id=actor_id, debtor_id=debtor_id, first=first, payment_id=payment_id)
    send_receipt(
        actor_id=actor_id,
        workspace_id=workspace_id,
        debtor_id=debtor_id,
        entry="payment",
        amount=amount,
        at=at or now(),
    )
    return get_payment(workspace_id, payment_id)


def void_payment(
    *,
    actor_id: int,
    workspace_id: int,
    payment_id: int,
    reason: str,
    may_give_back: bool = False,
) -> PaymentView:
    """Take a payment back, for good: whatever it covered, also as credit, is open again, and
    other credit covers what it can. What came by our ledger goes back to the card it came from,
    where the actor may give it back (an owner). A second time changes nothing.

    Raises Invalid, PaymentNotFound, DebtorPutAway, OwnerGivesBack, NotEnoughToGiveBack, and as
    ledger.reverse.
    """
    reason = clean(reason, limit=REASON_LIMIT, field="reason", required=True)
    payment = _get_row(workspace_id, payment_id)
    if payment.voided_at is not None:
        return get_payment(workspace_id, payment_id)
    debtor_id = payment.debtor_id
    if payment.transfer_id is not None:
        if not may_give_back:
            raise OwnerGivesBack
        _give_back(actor_id, payment.transfer_id, reason)
    void_allocations(actor_id=actor_id, payment_id=payment_id)
    session.execute(
        update(Payment)
        .where(Payment.id == payment_id)
        .values(voided_at=now(), voided_by_id=actor_id, void_reason=reason)
    )
    audit.record(
        action="payment.voided",
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="payment",
        subject_id=payment_id,
        details={"reason": reason},
    )
    settle(actor_id=actor_id, debtor_id=debtor_id)
    return get_payment(workspace_id, payment_id)


def _get_row(workspace_id: int, payment_id: int) -> Payment:
    debtor_id = session.scalar(
        select(Payment.debtor_id).where(
            Payment.id == payment_id, Payment.workspace_id == workspace_id
        )
    )
    if debtor_id is None:
        raise PaymentNotFound
    hold(debtor_id)
    return session.get_one(Payment, payment_id, populate_existing=True)


def _give_back(actor_id: int, transfer_id: UUID, reason: str) -> None:
    """Before anything of the book is written: who pays by card locks accounts first, too."""
    try:
        ledger.reverse(
            actor_id=actor_id,
            key=str(uuid4()),
            fingerprint="payment.voided",
            transfer_id=transfer_id,
            reason=reason[:REVERSAL_LIMIT],
        )
    except InsufficientFunds as refusal:
        raise NotEnoughToGiveBack from refusal


def _known(method: str, transfer_id: UUID | None) -> str:
    if transfer_id is not None:
        return Method.KOSHELOK
    if method not in {Method.CASH, Method.CARD}:
        raise UnknownMethod
    return method


def _check_first(debtor_id: int, first: Collection[int]) -> None:
    found = set(
        session.scalars(select(Debt.id).where(Debt.id.in_(first), Debt.debtor_id == debtor_id))
        if first
        else ()
    )
    if found != set(first):
        raise DebtNotFound
