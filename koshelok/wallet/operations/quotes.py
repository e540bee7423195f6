"""What a transfer would cost and to whom it would go, before anything is sent."""

from dataclasses import dataclass
from decimal import Decimal

from koshelok.core.money import format_amount
from koshelok.identity import queries as identity_queries
from koshelok.ledger.errors import InsufficientFunds, LimitExceeded, ReceiverInactive, failure
from koshelok.wallet.errors import SameCard
from koshelok.wallet.numbers import mask_name, read_number
from koshelok.wallet.operations.transfers import Order, needs_proof
from koshelok.wallet.policy import check_minimum, commission_on, maximum_for
from koshelok.wallet.queries import CardView, get_card, get_ends


@dataclass(frozen=True, slots=True)
class Quote:
    """A transfer as it would be made now; amounts in so'm.

    `holder` is as much of the receiver's name as a sender may see, None on a card of one's own.
    `methods` are the proofs to choose from, None where none is asked for, empty where the
    person has none to give.
    """

    source: CardView
    to_number: str
    holder: str | None
    amount: Decimal
    commission: Decimal
    methods: tuple[str, ...] | None

    @property
    def total(self) -> Decimal:
        """What leaves the card."""
        return self.amount + self.commission

    @property
    def left(self) -> Decimal:
        """What stays on the card."""
        return self.source.balance - self.total


def quote(*, actor_id: int, role: str, order: Order) -> Quote:
    """Ask what an order comes to; writes nothing.

    Raises what `send` would refuse as things stand: Invalid, CardNotFound, SameCard, a Refused.
    """
    number, amount = read_number(order.to_card), check_minimum(order.amount, order.kind)
    source_end, target_end = get_ends(actor_id, order.from_card, number)
    if source_end.account_id == target_end.account_id:
        raise SameCard
    if amount > maximum_for(role):
        raise LimitExceeded(limit=format_amount(maximum_for(role)))
    source = get_card(actor_id, order.from_card)
    target = get_card(target_end.owner_id, target_end.id)
    if source.status != "ACTIVE":
        raise failure(f"card_{source.status.lower()}")
    if target.status != "ACTIVE":
        raise ReceiverInactive
    own = target.owner_id == actor_id
    found = Quote(
        source=source,
        to_number=number,
        holder=None if own else mask_name(identity_queries.get_user(target.owner_id).full_name),
        amount=amount,
        commission=commission_on(amount, role, order.kind),
        methods=(
            identity_queries.proofs(actor_id)
            if needs_proof(actor_id=actor_id, target=target_end, amount=amount)
            else None
        ),
    )
    if found.left < 0:
        raise InsufficientFunds
    return found
