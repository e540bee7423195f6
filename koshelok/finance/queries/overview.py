"""What a dashboard shows of a workspace's money, in two queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from koshelok.finance.models import Grain
from koshelok.finance.periods import (
    Span,
    month_end,
    month_of,
    month_span,
    months_before,
    same_days_last_month,
)
from koshelok.finance.queries.filters import Filters
from koshelok.finance.queries.search import list_transactions
from koshelok.finance.queries.totals import CategorySum, Point, Sums, add_up, cut
from koshelok.finance.queries.transactions import Record
from koshelok.infra.db import session

MONTHS = 12
LATEST = 6

# Four readings of the kept totals in one round trip: for ever, by month, and two spans of days.
_TOTALS = text("""
    SELECT part, start, category.id, category.name, category.code, category.type, amount, count
    FROM (
        SELECT 'ever' AS part, period_start AS start, category_id, amount, count
        FROM category_totals
        WHERE workspace_id = :workspace_id AND grain = 'all' AND count > 0
        UNION ALL
        SELECT 'month', date_trunc('month', period_start - :shift)::date, category_id,
               sum(amount), sum(count)::bigint
        FROM category_totals
        WHERE workspace_id = :workspace_id AND grain = :month_grain
          AND period_start BETWEEN :year_start AND :year_end
        GROUP BY 2, 3
        UNION ALL
        SELECT 'this', NULL, category_id, sum(amount), sum(count)::bigint
        FROM category_totals
        WHERE workspace_id = :workspace_id AND grain = 'day'
          AND period_start BETWEEN :this_start AND :this_end
        GROUP BY category_id
        UNION ALL
        SELECT 'last', NULL, category_id, sum(amount), sum(count)::bigint
        FROM category_totals
        WHERE workspace_id = :workspace_id AND grain = 'day'
          AND period_start BETWEEN :last_start AND :last_end
        GROUP BY category_id
    ) AS total
    JOIN categories AS category ON category.id = total.category_id
    ORDER BY category.type, amount DESC, category.id
""")


@dataclass(frozen=True, slots=True)
class Overview:
    """Where one stands: for ever, this month against last month's same days, a year by month."""

    ever: Sums
    categories: Sequence[CategorySum]
    month: Span
    this_month: Sums
    last_month: Sums
    months: Sequence[Point]
    latest: Sequence[Record]


def get_overview(workspace_id: int, today: date, first_day: int = 1) -> Overview:
    """Everything at once, as of a day in the workspace's zone, where months begin on a day of
    theirs."""
    this, last = same_days_last_month(today, first_day)
    oldest = months_before(month_of(today, first_day), MONTHS - 1)
    year = Span(month_span(oldest, first_day).start, month_end(today, first_day))
    sums: defaultdict[tuple[str, date | None], list[CategorySum]] = defaultdict(list)
    for row in _read(workspace_id, year, this, last, first_day):
        sums[row.part, row.start if row.part == "month" else None].append(CategorySum(*row[2:]))
    return Overview(
        ever=add_up(sums["ever", None]),
        categories=sums["ever", None],
        month=this,
        this_month=add_up(sums["this", None]),
        last_month=add_up(sums["last", None]),
        months=[
            Point(name, month.start, month.end, add_up(sums["month", name]))
            for name, month in cut(year, Grain.MONTH, first_day)
        ],
        latest=list_transactions(workspace_id, Filters(), limit=LATEST).items,
    )


def _read(
    workspace_id: int, year: Span, this: Span, last: Span, first_day: int
) -> Iterable[Row[*tuple[Any, ...]]]:
    return session.execute(
        _TOTALS,
        {
            "workspace_id": workspace_id,
            "month_grain": Grain.MONTH if first_day == 1 else Grain.DAY, "shift": first_day - 1,
            "year_start": year.start, "year_end": year.end,
            "this_start": this.start, "this_end": this.end,
            "last_start": last.start, "last_end": last.end,
        },
    )  # fmt: skip
