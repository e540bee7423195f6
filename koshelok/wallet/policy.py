"""What a transfer may cost and how much may go: the numbers are settings."""

from decimal import Decimal

from koshelok.core.money import format_amount, positive, round_half_up
from koshelok.infra.settings import current
from koshelok.wallet.errors import BelowMinimum

TRANSFER = "transfer"
DEBT_PAYMENT = "debt_payment"


def commission_on(amount: Decimal, role: str, kind: str = TRANSFER) -> Decimal:
    """What the sender pays on top, by role, in so'm to the tiyin, halves up; none on a debt."""
    if kind == DEBT_PAYMENT:
        return Decimal(0)
    return round_half_up(amount * current().commission_rate[role])


def maximum_for(role: str) -> Decimal:
    """The most that one transfer of this role may be, commission not counted."""
    return current().transfer_maximum[role]


def check_minimum(amount: Decimal, kind: str = TRANSFER) -> Decimal:
    """The amount, if it is money and enough to send; the smallest debt is paid. Raises Invalid."""
    minimum = current().transfer_minimum
    if positive(amount) < minimum and kind != DEBT_PAYMENT:
        raise BelowMinimum(minimum=format_amount(minimum))
    return amount
