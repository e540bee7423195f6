"""What administrators do. Each act is in the history, with who and why."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from koshelok.admin.errors import AboveMaximum, BelongsToAnOrder, NoActiveCard, PaidADebt
from koshelok.audit import operations as audit
from koshelok.core.errors import DomainError
from koshelok.core.money import format_amount, positive, to_json
from koshelok.core.text import clean
from koshelok.infra.settings import current
from koshelok.jobs import operations as jobs
from koshelok.ledger import operations as ledger
from koshelok.ledger.errors import Refused
from koshelok.ledger.operations import Made
from koshelok.ledger.queries import get_transfer
from koshelok.wallet import operations as wallet
from koshelok.wallet.errors import CardNotFound
from koshelok.wallet.queries import CardView, list_cards

VERIFICATION = "verification"
REASON_LIMIT = 200
DESCRIPTION_LIMIT = 200  # its twin is ledger.models


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money to issue onto a card of the administrator's own, and the key that makes it once."""

    amount: Decimal
    card: UUID | None
    description: str
    key: str

    @property
    def fingerprint(self) -> str:
        """What the key stands for."""
        return _fingerprint("deposit", str(self.card), to_json(self.amount), self.description)


def deposit(*, actor_id: int, order: Deposit) -> Made:
    """Issue money, in so'm, onto the actor's own card: the named one, or the oldest ACTIVE.

    Once for each key. Raises Invalid, CardNotFound, NoActiveCard, and a Refused of the ledger,
    which is kept as a failed transfer.
    """
    try:
        amount, card = _check_maximum(order.amount), _own_card(actor_id, order.card)
    except DomainError:
        made = ledger.find_made(actor_id=actor_id, key=order.key, fingerprint=order.fingerprint)
        if made is None:
            raise
        return made
    try:
        made = ledger.deposit(
            actor_id=actor_id, key=order.key, fingerprint=order.fingerprint,
            target=card.account_id, amount=amount, description=order.description,
        )  # fmt: skip
    except Refused as refusal:
        refusal.field = "card"
        raise
    if not made.replayed:
        details = {"amount": to_json(amount), "transfer": str(made.transfer.id)}
        _record(actor_id, "money.deposited", "card", card.id, details)
    return made


def _check_maximum(amount: Decimal) -> Decimal:
    maximum = current().deposit_maximum
    if positive(amount) > maximum:
        raise AboveMaximum(maximum=format_amount(maximum))
    return amount


def _own_card(actor_id: int, card_id: UUID | None) -> CardView:
    for card in list_cards(actor_id):
        if card.id == card_id or (card_id is None and card.status == "ACTIVE"):
            return card
    raise CardNotFound(field="card") if card_id else NoActiveCard


def reverse_transfer(*, actor_id: int, transfer_id: UUID, reason: str, key: str) -> Made:
    """Give a transfer back, amount and commission, at most once.

    Raises as ledger.reverse, PaidADebt for what a debtors' book counts on, and BelongsToAnOrder.
    """
    kind = get_transfer(transfer_id).type
    if kind == "debt_payment":
        raise PaidADebt
    if kind in {"purchase", "payout"}:
        raise BelongsToAnOrder
    made = ledger.reverse(
        actor_id=actor_id, key=key, transfer_id=transfer_id, reason=reason,
        fingerprint=_fingerprint("reverse", str(transfer_id), reason),
    )  # fmt: skip
    if not made.replayed:
        details = {"reversal": str(made.transfer.id), "reason": made.transfer.description}
        _record(actor_id, "transfer.reversed", "transfer", transfer_id, details)
    return made


def change_card_status(*, actor_id: int, card_id: UUID, status: str, reason: str = "") -> None:
    """Change what anybody's card may do; raises as wallet.change_status_as_admin, TextTooLong."""
    wallet.change_status_as_admin(
        actor_id=actor_id,
        card_id=card_id,
        status=status,
        reason=clean(reason, limit=REASON_LIMIT, field="reason"),
    )


def start_verification(*, actor_id: int) -> UUID:
    """Have the worker check every kept figure against its rows; answers the job's id.

    Raises TooManyJobs.
    """
    job = jobs.start_job(
        actor_id=actor_id, kind=VERIFICATION, task="koshelok.admin.tasks.verify", params={}
    )
    _record(actor_id, "verification.started", "job", job.id, {})
    return job.id


def _record(
    actor_id: int, action: str, subject_type: str, subject_id: UUID, details: dict[str, str]
) -> None:
    audit.record(
        action=action,
        actor_id=actor_id,
        subject_type=subject_type,
        subject_id=subject_id,
        details=details,
    )


def _fingerprint(*asked: str) -> str:
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
