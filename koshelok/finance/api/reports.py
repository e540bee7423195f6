"""Dashboard and summaries over JSON, from the kept totals."""

from flask import Response

from koshelok.core.clock import today
from koshelok.finance import queries
from koshelok.finance.api.blueprint import api
from koshelok.finance.periods import Kind, asked_span
from koshelok.finance.schemas import (
    CategoryTotalOut,
    DashboardOut,
    SummaryOut,
    SummaryPath,
    SummaryQuery,
)
from koshelok.web import access
from koshelok.web.api import READ, answers, ok
from koshelok.web.auth import current_workspace


@api.get("/finance/dashboard", summary="Show the dashboard",
         responses=answers({200: DashboardOut}, errors=(401, 403, 404)))  # fmt: skip
@access.viewer
def dashboard() -> Response:
    """Balance, income, expense and totals by category over all time."""
    categories = queries.sum_ever(current_workspace().id)
    sums = queries.add_up(categories)
    return ok(
        DashboardOut.model_construct(
            balance=sums.balance,
            income=sums.income,
            expense=sums.expense,
            categories=[CategoryTotalOut.of(item) for item in categories],
        )
    )


@api.get("/finance/summary/<period>", summary="Sum up a period",
         responses=answers({200: SummaryOut}, errors=READ))  # fmt: skip
@access.viewer
def summary(path: SummaryPath, query: SummaryQuery) -> Response:
    """The current period in the workspace's zone, or the given days."""
    workspace = current_workspace()
    now, first = today(workspace.time_zone), workspace.month_start
    span = asked_span(Kind(path.period), query.start_date, query.end_date, now, first)
    categories = queries.sum_by_category(workspace.id, span)
    sums = queries.add_up(categories)
    return ok(
        SummaryOut.model_construct(
            period=path.period,
            start_date=span.start,
            end_date=span.end,
            income=sums.income,
            expense=sums.expense,
            balance=sums.balance,
            categories=[CategoryTotalOut.of(item) for item in categories],
        )
    )
