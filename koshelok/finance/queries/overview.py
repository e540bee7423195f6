"""What a dashboard shows of a workspace's money, in four queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from koshelok.finance.models import Grain
from koshelok.finance.periods import Span, month_end, months_before, same_days_last_month
from koshelok.finance.queries.search import Filters, list_transactions
from koshelok.finance.queries.totals import (
    CategorySum,
    Point,
    Sums,
    add_up,
    list_points,
    sum_ever,
    sum_spans,
)
from koshelok.finance.queries.transactions import Record

MONTHS = 12
LATEST = 6


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


def get_overview(workspace_id: int, today: date) -> Overview:
    """Everything at once, as of a day in the workspace's zone."""
    categories = sum_ever(workspace_id)
    this, last = same_days_last_month(today)
    this_month, last_month = sum_spans(workspace_id, this, last)
    year = Span(months_before(today, MONTHS - 1), month_end(today))
    return Overview(
        ever=add_up(categories),
        categories=categories,
        month=this,
        this_month=this_month,
        last_month=last_month,
        months=list_points(workspace_id, year, Grain.MONTH),
        latest=list_transactions(workspace_id, Filters(), limit=LATEST).items,
    )
