"""How money would cover debts, for people to see before they save.

The rule itself, in the database: operations.settlement. A test holds the two together; the
counter's own twin, which works without a connection, is static/js/split.js.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


class Open(Protocol):
    """A debt of which something remains."""

    @property
    def id(self) -> int: ...
    @property
    def remaining(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Cover:
    """What a debt would get, and what would be left of it; so'm."""

    debt: int
    amount: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class Split:
    """Where an amount would go: to these debts, the rest to credit."""

    covers: list[Cover]
    credit: Decimal

    @property
    def closed(self) -> int:
        """How many debts it closes."""
        return sum(cover.left == 0 for cover in self.covers)


def split(debts: Sequence[Open], amount: Decimal, first: Collection[int] = ()) -> Split:
    """Spread an amount over open debts given oldest first; those in `first` come before."""
    covers, rest = [], amount
    for debt in sorted(debts, key=lambda debt: debt.id not in first):
        if rest == 0:
            break
        part = min(rest, debt.remaining)
        covers.append(Cover(debt.id, part, debt.remaining - part))
        rest -= part
    return Split(covers, rest)
