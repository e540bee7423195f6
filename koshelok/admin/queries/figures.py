"""Where the house stands: people, cards, money, and what moved on each of the last days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from koshelok.core.clock import midnight, today
from koshelok.identity.queries import count_new_users, count_users
from koshelok.infra.db import session
from koshelok.ledger.queries import (
    ACCOUNTS,
    DayFigures,
    get_platform_balance,
    list_days,
    sum_card_balances,
)
from koshelok.wallet.queries.days import ONE_DAY

DAYS = 30
STATUSES = ("ACTIVE", "FROZEN", "EXPIRED", "CLOSED")


@dataclass(frozen=True, slots=True)
class Figures:
    """The dashboard of the house; `days` are the last DAYS, today at the end."""

    users: int
    new_users: Mapping[date, int]
    cards: Mapping[str, int]
    total_balance: Decimal
    platform_balance: Decimal
    days: Sequence[DayFigures]

    @property
    def today(self) -> DayFigures:
        """The present day so far."""
        return self.days[-1]

    @property
    def success_percent(self) -> int | None:
        """Of the transfers of these days, how many succeeded; 100 only where all did."""
        done, refused = (sum(getattr(d, of) for d in self.days) for of in ("succeeded", "failed"))
        return 100 * done // (done + refused) if done + refused else None

    @property
    def failure_percent(self) -> int | None:
        """The others."""
        return None if self.success_percent is None else 100 - self.success_percent


def get_figures() -> Figures:
    """Everything at once, as of now; past days as they were rolled up."""
    last = today()
    first = last - (DAYS - 1) * ONE_DAY
    return Figures(
        users=count_users(),
        new_users=count_new_users(midnight(first)),
        cards=_count_cards(),
        total_balance=sum_card_balances(),
        platform_balance=get_platform_balance(),
        days=list_days(first, last),
    )


def _count_cards() -> Mapping[str, int]:
    status = ACCOUNTS.c.status
    rows = session.execute(
        select(status, func.count()).where(ACCOUNTS.c.kind == "card").group_by(status)
    )
    counts = {name: count for name, count in rows}  # noqa: C416  # rows are typed loosely
    return dict.fromkeys(STATUSES, 0) | counts
