"""What a list of records is narrowed to."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from koshelok.core.clock import today as the_day
from koshelok.finance.search_words import Asked, understand

QUERY_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None is no limit. Days and amounts are included.

    `query` is of the language of search_words, read on the day `today` (by default that of
    Tashkent), where months begin on the day `first`.
    """

    category: int | None = None
    type: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    query: str | None = None
    today: date | None = None
    first: int = 1

    @property
    def asked(self) -> Asked:
        """What the query says."""
        return understand(self.query, today=self.today or the_day(), first=self.first)

    def understood(self) -> "Filters":
        """With the amounts and days of the query among the others."""
        asked = self.asked
        starts = [self.start_date, asked.span.start if asked.span else None]
        ends = [self.end_date, asked.span.end if asked.span else None]
        return replace(
            self,
            start_date=max((day for day in starts if day), default=None),
            end_date=min((day for day in ends if day), default=None),
            min_amount=max(_given(self.min_amount, asked.least), default=None),
            max_amount=min(_given(self.max_amount, asked.most), default=None),
        )


def _given(*amounts: Decimal | None) -> list[Decimal]:
    return [amount for amount in amounts if amount is not None]
