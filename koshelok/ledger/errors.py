"""What the ledger refuses.

A refusal that `keeps` is recorded as a failed transfer, which a retry with the same key is
answered with again; `FAILURES` maps the stored codes back to the errors.
"""

from typing import Any
from uuid import UUID

from koshelok.core.errors import DomainError


class Refused(DomainError):
    """The transfer was refused, and the refusal is kept; `transfer_id` names it."""

    keeps = True
    transfer_id: UUID | None = None
    replayed: bool = False


class InsufficientFunds(Refused):
    """The sender has less than the amount and the commission."""

    code = "insufficient_funds"
    message = "There is not enough money on the card, commission included."
    field = "amount"


class CardFrozen(Refused):
    """The sender's card is frozen."""

    code = "card_frozen"
    message = "This card is frozen. Activate it first."
    field = "from_card"


class CardExpired(Refused):
    """The sender's card is past its date."""

    code = "card_expired"
    message = "This card has expired."
    field = "from_card"


class CardClosed(Refused):
    """The sender's card is closed."""

    code = "card_closed"
    message = "This card is closed."
    field = "from_card"


class ReceiverInactive(Refused):
    """The receiver's card is frozen, expired or closed; which, is not the sender's business."""

    code = "receiver_inactive"
    message = "The receiver's card does not take money now."
    field = "to_card"


class LimitExceeded(Refused):
    """More than the sender's role may send at once."""

    code = "transfer_limit_exceeded"
    message = "The most you can send at once is %(limit)s so'm."
    field = "amount"


class AlreadyReversed(Refused):
    """A transfer is reversed at most once."""

    code = "already_reversed"
    message = "This transfer was reversed already."


class NotReversible(DomainError):
    """It failed, or it is a reversal itself."""

    code = "not_reversible"
    message = "This transfer cannot be reversed."


class AccountNotEmpty(DomainError):
    """Closing needs a zero balance."""

    code = "balance_not_zero"
    message = "Move the money off this card first: only an empty card is closed."


FAILURES: dict[str, type[Refused]] = {
    error.code: error
    for error in (
        InsufficientFunds,
        CardFrozen,
        CardExpired,
        CardClosed,
        ReceiverInactive,
        LimitExceeded,
        AlreadyReversed,
    )
}


def failure(code: str, **params: Any) -> Refused:
    """The error that a stored failure code stands for."""
    return FAILURES[code](**params)
