"""What an amount at the counter would lead to, shown before it is saved; so'm.

Its twin for a page with scripts is static/js/sheet.js.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from koshelok.debtors.queries.counter import Open, Sheet
from koshelok.debtors.split import Split, split

NEAR = Decimal("0.8")
UNLISTED = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """The balance after a debt and after a payment of an amount, and where the payment goes."""

    amount: Decimal
    after_debt: Decimal
    after_payment: Decimal
    split: Split
    near_limit: bool
    over_limit: bool

    @property
    def left(self) -> dict[int, Decimal]:
        """What would be left of each debt that is touched."""
        return {cover.debt: cover.left for cover in self.split.covers}

    @property
    def closed(self) -> int:
        """How many of the listed debts it closes."""
        return sum(cover.left == 0 and cover.debt != UNLISTED for cover in self.split.covers)

    @property
    def rest(self) -> Decimal:
        """What would be left of the one that it does not close."""
        return self.split.covers[-1].left if self.split.covers else Decimal(0)


def look_ahead(sheet: Sheet, amount: Decimal, first: Collection[int] = ()) -> Outlook:
    """Reckon both what a debt and what a payment of `amount` would do."""
    balance, limit = sheet.person.balance, sheet.person.credit_limit
    debts = [*sheet.debts]
    if sheet.unlisted:
        debts.append(_beyond(sheet))
    owed = balance + amount
    return Outlook(
        amount,
        owed,
        balance - amount,
        split(debts, amount, first),
        near_limit=limit is not None and owed >= limit * NEAR,
        over_limit=limit is not None and owed > limit,
    )


def _beyond(sheet: Sheet) -> Open:
    """All that is not listed, as one last debt."""
    return Open(UNLISTED, sheet.unlisted, sheet.debts[-1].created_at, None, "")
