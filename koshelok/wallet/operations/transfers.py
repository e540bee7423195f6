"""Sending money from card to card: policy first, then one call of the ledger."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import exists, select

from koshelok.core.errors import DomainError
from koshelok.core.money import format_amount
from koshelok.identity import operations as identity
from koshelok.identity import queries as identity_queries
from koshelok.infra.db import session
from koshelok.infra.settings import current
from koshelok.ledger import operations as ledger
from koshelok.ledger.errors import LimitExceeded
from koshelok.ledger.operations import Made
from koshelok.ledger.queries import TRANSFERS
from koshelok.wallet.errors import SameCard, StepUpRequired
from koshelok.wallet.models import Card
from koshelok.wallet.numbers import read_number
from koshelok.wallet.policy import (
    DEBT_PAYMENT,
    TRANSFER,
    check_minimum,
    commission_on,
    maximum_for,
)
from koshelok.wallet.queries import End, get_ends


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks for: a transfer, and the key that makes it one.

    With `bill`, the name of what is owed, it pays a debt: free of commission, of any size, and
    the same under its key whichever card the creditor takes the money on by now.
    """

    from_card: UUID
    to_card: str
    amount: Decimal
    description: str
    key: str
    bill: str = ""

    @property
    def kind(self) -> str:
        """Why the money moves."""
        return DEBT_PAYMENT if self.bill else TRANSFER

    @property
    def fingerprint(self) -> str:
        """What the key stands for. The proof (password, code) is left out: a retry may carry
        another code, and a fast digest of a password must not be kept."""
        amount = str(self.amount)
        what = [self.bill, amount] if self.bill else [self.to_card, amount, self.description]
        asked = [self.kind, str(self.from_card), *what]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sent(Made):
    """A transfer made by an order, with the numbers of both cards."""

    from_number: str
    to_number: str


def send(
    *, actor_id: int, role: str, order: Order, password: str | None = None, code: str | None = None
) -> Sent:
    """Send an amount in so'm from the actor's card to any card, the commission on top.

    Once for each key: the same order answers the same transfer, whatever policy says by now.
    Raises Invalid, CardNotFound, SameCard, StepUpRequired, the wrong proof's errors, and a
    Refused of the ledger, which is kept as a failed transfer.
    """
    try:
        number, amount = read_number(order.to_card), check_minimum(order.amount, order.kind)
        source, target = get_ends(actor_id, order.from_card, number)
        if source.account_id == target.account_id:
            raise SameCard
        if needs_proof(actor_id=actor_id, target=target, amount=amount):
            raise StepUpRequired(extensions={"methods": list(identity_queries.proofs(actor_id))})
    except DomainError as refusal:
        made = find_made(actor_id=actor_id, order=order)
        if made is not None:
            return made
        if not isinstance(refusal, StepUpRequired):
            raise
        if not identity.prove(actor_id=actor_id, password=password, code=code):
            raise
    return _move(actor_id, role, order, source, target)


def find_made(*, actor_id: int, order: Order) -> Sent | None:
    """What the order's key made before, or None; raises as ledger.operations.find_made."""
    made = find_paid(actor_id=actor_id, order=order)
    if made is None:
        return None
    return _sent(made, *get_ends(actor_id, order.from_card, read_number(order.to_card)))


def find_paid(*, actor_id: int, order: Order) -> Made | None:
    """As find_made, for a bill whose creditor may have no card any more."""
    try:
        return ledger.find_made(actor_id=actor_id, key=order.key, fingerprint=order.fingerprint)
    except LimitExceeded as error:
        raise _told(error, identity_queries.get_user(actor_id).role) from None


def _sent(made: Made, source: End, target: End) -> Sent:
    return Sent(made.transfer, made.replayed, source.number, target.number)


def _told(error: LimitExceeded, role: str) -> LimitExceeded:
    error.params["limit"] = format_amount(maximum_for(role))
    return error


def _move(actor_id: int, role: str, order: Order, source: End, target: End) -> Sent:
    try:
        made = ledger.transfer(
            actor_id=actor_id,
            key=order.key,
            fingerprint=order.fingerprint,
            source=source.account_id,
            target=target.account_id,
            amount=order.amount,
            commission=commission_on(order.amount, role, order.kind),
            type=order.kind,
            description=order.description,
            refusal=LimitExceeded.code if order.amount > maximum_for(role) else None,
        )
    except LimitExceeded as error:
        raise _told(error, role) from None
    return _sent(made, source, target)


def needs_proof(*, actor_id: int, target: End, amount: Decimal) -> bool:
    """Whether to ask again who sends: a first large transfer to a card of somebody else's."""
    if amount <= current().step_up_threshold or target.owner_id == actor_id:
        return False
    return not _has_sent_before(actor_id, target)


def _has_sent_before(actor_id: int, target: End) -> bool:
    mine = select(Card.account_id).where(Card.owner_id == actor_id)
    before = exists().where(
        TRANSFERS.c.from_account_id.in_(mine),
        TRANSFERS.c.to_account_id == target.account_id,
        TRANSFERS.c.status == "success",
    )
    return bool(session.scalar(select(before)))
