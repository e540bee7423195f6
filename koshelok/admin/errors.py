"""What an administrator is refused; the other features refuse the rest."""

from koshelok.core.errors import DomainError, Invalid


class NoActiveCard(DomainError):
    """A deposit without a card goes onto one's own oldest ACTIVE one, and there is none."""

    code = "no_active_card"
    message = "You have no active card. Open one, or activate it, first."
    field = "card"


class PaidADebt(DomainError):
    """The money stands in a shop's book: only a void there gives both back together."""

    code = "paid_a_debt"
    message = "This paid a debt. The shop voids the payment in its book: then the money goes back."


class BelongsToAnOrder(DomainError):
    """The money of goods moves with their order: only a step of that takes it back."""

    code = "belongs_to_an_order"
    message = (
        "This belongs to an order. The money goes back when the order is cancelled or returned."
    )


class AboveMaximum(Invalid):
    """More than is issued at once: balances must stay within what a column holds."""

    code = "amount_above_maximum"
    message = "The amount must be at most %(maximum)s so'm."
    field = "amount"
