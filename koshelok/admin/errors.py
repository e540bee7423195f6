"""What an administrator is refused; the other features refuse the rest."""

from koshelok.core.errors import DomainError, Invalid


class NoActiveCard(DomainError):
    """A deposit without a card goes onto one's own oldest ACTIVE one, and there is none."""

    code = "no_active_card"
    message = "You have no active card. Open one, or activate it, first."
    field = "card"


class AboveMaximum(Invalid):
    """More than is issued at once: balances must stay within what a column holds."""

    code = "amount_above_maximum"
    message = "The amount must be at most %(maximum)s so'm."
    field = "amount"
