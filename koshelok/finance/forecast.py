"""What the balance will be if what is expected comes: sums of days alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from koshelok.finance.periods import ONE_DAY


@dataclass(frozen=True, slots=True)
class Forecast:
    """The balance at the end of each day from today on, and the first of its lowest days."""

    today: date
    balances: Sequence[Decimal]
    lowest: Decimal
    lowest_on: date

    @property
    def days(self) -> list[date]:
        """The day of each balance."""
        return [self.today + number * ONE_DAY for number in range(len(self.balances))]


def foresee(
    balance: Decimal, today: date, days: int, expected: Iterable[tuple[date, Decimal]]
) -> Forecast:
    """Days ahead from a balance; income is positive. What is overdue counts as of today where it
    is to be paid, and as of tomorrow where it is to come: nobody can spend it yet."""
    moves: defaultdict[date, Decimal] = defaultdict(Decimal)
    for day, amount in expected:
        moves[max(day, today + ONE_DAY if amount > 0 else today)] += amount
    balances = []
    for number in range(days + 1):
        balance += moves[today + number * ONE_DAY]
        balances.append(balance)
    lowest = min(balances)
    return Forecast(today, balances, lowest, today + balances.index(lowest) * ONE_DAY)
