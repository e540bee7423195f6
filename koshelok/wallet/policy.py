"""What a transfer may cost and how much may go: the numbers are settings."""

from decimal import Decimal

from koshelok.core.money import format_amount, positive, round_half_up
from koshelok.infra.settings import current
from koshelok.wallet.errors import BelowMinimum


def commission_on(amount: Decimal, role: str) -> Decimal:
    """What the sender pays on top, by role, in so'm to the tiyin, halves up."""
    return round_half_up(amount * current().commission_rate[role])


def maximum_for(role: str) -> Decimal:
    """The most that one transfer of this role may be, commission not counted."""
    return current().transfer_maximum[role]


def check_minimum(amount: Decimal) -> Decimal:
    """The amount, if it is money and enough to send; raises Invalid."""
    minimum = current().transfer_minimum
    if positive(amount) < minimum:
        raise BelowMinimum(minimum=format_amount(minimum))
    return amount
