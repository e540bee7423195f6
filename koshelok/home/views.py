"""/ and /dashboard."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response

from koshelok.budgets import queries as budgets
from koshelok.core.clock import today
from koshelok.debtors import queries as debtors
from koshelok.finance import queries as finance
from koshelok.finance.periods import month_of
from koshelok.finance.queries import Overview, Point
from koshelok.wallet import queries as wallet
from koshelok.web import access
from koshelok.web.auth import (
    Tenant,
    current_actor,
    current_membership,
    current_workspace,
    find_actor,
)
from koshelok.web.htmx import render, see_other
from koshelok.web.templating import format_day, url_for

bp = Blueprint("home", __name__)
NEAR = 3


@bp.get("/")
@access.public
def index() -> Response:
    """What this is; those signed in go to their dashboard."""
    if find_actor() is not None:
        return see_other(url_for("home.dashboard"))
    return render("home/index.html")


@bp.get("/dashboard")
@access.viewer
def dashboard() -> Response:
    """Where one stands today."""
    workspace = current_workspace()
    now = today(workspace.time_zone)
    overview = finance.get_overview(workspace.id, now, workspace.month_start)
    own = workspace.kind == "personal" and current_membership().role == "owner"
    return render(
        "home/dashboard.html",
        "figures",
        overview=overview,
        changes=_changes(overview),
        own=own,  # cards are a person's, so they are told of in that person's own book only
        card_balance=wallet.find_total(current_actor().id) if own else None,
        debtors=debtors.find_outstanding(workspace.id, today()),
        outlook=finance.get_outlook(workspace.id, now, overview.ever.balance),
        budgets=_budgets(workspace, now),
        saved=budgets.sum_saved(workspace.id),
        month_label=_label,
        month_url=_month_url,
        list_url=_list_url(overview.month.start, overview.month.end),
    )


def _budgets(workspace: Tenant, now: date) -> dict[str, Any]:
    """The month's budgets together, and those near their limit."""
    month = budgets.get_month(
        workspace.id, month_of(now, workspace.month_start), workspace.month_start, savings=False
    )
    return {
        "month": month,
        "days": (month.span.end - now).days + 1,
        "near": [row for row in month.expenses if row.figures.level != "fine"][:NEAR],
    }


def _changes(overview: Overview) -> dict[str, int | None]:
    now, before = overview.this_month, overview.last_month
    return {
        "income": finance.change_percent(now.income, before.income),
        "expense": finance.change_percent(now.expense, before.expense),
    }


def _label(point: Point) -> str:
    return format_day(point.name, "LLL y")


def _month_url(point: Point) -> str:
    return url_for(
        "finance.summary.show", period="monthly", start_date=point.start, end_date=point.end
    )


def _list_url(start: date, end: date) -> Callable[[str], str]:
    return lambda type_: url_for(
        "finance.transactions.index", start_date=start, end_date=end, type=type_
    )
