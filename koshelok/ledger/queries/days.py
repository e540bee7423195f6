"""The figures of days: those of past days are kept, the rest are summed as they are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Select, cast, func, select

from koshelok.core.clock import TASHKENT, midnight
from koshelok.infra.db import session
from koshelok.ledger.models import TURNOVER, Day, Transfer, Type
from koshelok.ledger.queries.balances import ZERO

ONE_DAY = timedelta(days=1)
DAY_OF = cast(func.timezone(TASHKENT, Transfer.created_at), Date)
_SUCCEEDED = Transfer.status == "success"


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What a day of Tashkent saw, in so'm.

    Turnover is what people paid each other; the commission is what the platform earned, less
    what reversals gave back.
    """

    day: date
    succeeded: int
    failed: int
    turnover: Decimal
    commission: Decimal


def select_figures() -> Select[*tuple[Any, ...]]:
    """The columns of DayFigures, recomputed from the transfers of each day that has some."""
    returned = _SUCCEEDED & (Transfer.type == Type.REVERSAL)
    return select(
        DAY_OF.label("day"),
        func.count().filter(_SUCCEEDED).label("succeeded"),
        func.count().filter(~_SUCCEEDED).label("failed"),
        func.coalesce(
            func.sum(Transfer.amount).filter(_SUCCEEDED, Transfer.type.in_(TURNOVER)), ZERO
        ).label("turnover"),
        (
            func.coalesce(func.sum(Transfer.commission).filter(_SUCCEEDED & ~returned), ZERO)
            - func.coalesce(func.sum(Transfer.commission).filter(returned), ZERO)
        ).label("commission"),
    ).group_by(DAY_OF)


def list_days(first: date, last: date) -> Sequence[DayFigures]:
    """The figures of each day from `first` to `last`: kept of past days, the rest summed now."""
    kept = select(Day.day, Day.succeeded, Day.failed, Day.turnover, Day.commission)
    rows = session.execute(kept.where(Day.day.between(first, last)))
    figures = {row.day: DayFigures(*row) for row in rows}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    missing = [day for day in days if day not in figures]
    if missing:
        rows = session.execute(
            select_figures().where(
                Transfer.created_at >= midnight(missing[0]),
                Transfer.created_at < midnight(missing[-1] + ONE_DAY),
            )
        )
        figures = {row.day: DayFigures(*row) for row in rows} | figures
    return [figures.get(day) or DayFigures(day, 0, 0, ZERO, ZERO) for day in days]
