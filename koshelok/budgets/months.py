"""How a month's budget comes about: base + moved + carried - spent = left. Pure arithmetic.

What a month leaves goes into the next by the category's carry mode, from its first budget on.
Months follow each other without a gap, so a month without a budget still carries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal("0.00")
WARN_PERCENT, FULL_PERCENT = 80, 100


@dataclass(frozen=True, slots=True)
class Figures:
    """A month of a category, in so'm. Of savings, `spent` is what was put aside."""

    base: Decimal = ZERO
    moved: Decimal = ZERO
    carried: Decimal = ZERO
    spent: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        """What there is for the month."""
        return self.base + self.moved + self.carried

    @property
    def left(self) -> Decimal:
        """What is still there; below zero, what was spent too much."""
        return self.available - self.spent

    @property
    def percent(self) -> int:
        """How much of it is spent, rounded down; of nothing, everything."""
        if self.available > 0:
            return max(int(self.spent * 100 / self.available), 0)
        return FULL_PERCENT if self.spent > 0 else 0

    @property
    def level(self) -> str:
        """`over`, `full` and `near` (from 80 %) are worth a warning; `fine` is the rest."""
        if self.left < 0:
            return "over"
        if self.percent >= FULL_PERCENT:
            return "full"
        return "near" if self.percent >= WARN_PERCENT else "fine"

    def per_day(self, days: int) -> Decimal:
        """What may be spent on each of the days that remain, to the tiyin below."""
        if days < 1 or self.left <= 0:
            return ZERO
        return Decimal(int(self.left * 100 / days)) / 100


def carry_on(left: Decimal, carry: str) -> Decimal:
    """What the next month begins with: by `surplus` what is left over, by `both` debts too."""
    if carry == "both":
        return left
    return max(left, ZERO) if carry == "surplus" else ZERO


def fold(months: Iterable[tuple[Decimal, Decimal, Decimal]], carry: str) -> Figures:
    """The last of consecutive months, each base, moved and spent; the first carries nothing."""
    figures = Figures()
    carried = ZERO
    for base, moved, spent in months:
        figures = Figures(base, moved, carried, spent)
        carried = carry_on(figures.left, carry)
    return figures


def next_month(month: date) -> date:
    """The 1st of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def last_month(month: date) -> date:
    """The 1st of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def suggest(
    goal: Decimal | None, saved: Decimal, goal_on: date | None, today: date
) -> Decimal | None:
    """What to put aside each month, this one too, to have the goal by its date; None without one,
    or once it is reached. To the tiyin above, so that it suffices."""
    if goal is None or goal_on is None or saved >= goal:
        return None
    months = (goal_on.year - today.year) * 12 + goal_on.month - today.month
    rest = (goal - saved) * 100
    return Decimal(-int(-rest // max(months, 1))) / 100
