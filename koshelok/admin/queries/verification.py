"""The whole ledger against its postings."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from koshelok.admin.queries.cards import HOUSE
from koshelok.infra.difference import Difference
from koshelok.ledger import verification
from koshelok.ledger.queries import get_totals

MOST = 1000


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification saw; of the differences the first MOST, which is enough to stop all."""

    cards: int
    postings: int
    sum: Decimal
    differences: Sequence[Difference]

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.differences and self.sum == 0


def verify_ledger() -> Verified:
    """Read every posting, in batches."""
    differences = list(islice(verification.verify(), MOST))
    totals = get_totals()
    return Verified(totals.accounts - HOUSE, totals.postings, totals.sum, differences)
