"""/budgets: a month at a glance, and the last one's budgets taken over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _
from flask_babel import ngettext

from koshelok.budgets import operations, queries
from koshelok.budgets.months import last_month, next_month
from koshelok.budgets.queries import CategoryMonth, Month
from koshelok.budgets.views.common import (
    asked_month,
    month_name,
    month_url,
    slug,
    this_day,
    this_month,
    undo_url,
    whose,
)
from koshelok.core.errors import DomainError
from koshelok.finance import queries as finance
from koshelok.finance.periods import Span
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_workspace
from koshelok.web.htmx import Event, render
from koshelok.web.problems import message_of
from koshelok.web.templating import url_for
from koshelok.web.toasts import refused, said

bp = Blueprint("budgets", __name__)
FIRST_MONTH, LAST_MONTH = date(1970, 1, 1), date(2200, 12, 1)


@bp.context_processor
def _frame() -> dict[str, Any]:
    return {
        "styles": ("budgets.css",),
        "month_slug": slug,
        "in_dialog": _in_dialog,
        "in_place": _in_place,
        "whole": _whole,
        "today": this_day(),
    }


@dataclass(frozen=True, slots=True)
class Time:
    """How far a month is: days to come, today among them, and the share gone by, of 100."""

    left: int
    gone: int

    @classmethod
    def of(cls, span: Span, today: date) -> "Time":
        """As of a day; a month to come has all its days, a past one none."""
        left = (span.end - max(today, span.start)).days + 1 if today <= span.end else 0
        return cls(left, (span.days - left) * 100 // span.days)


@bp.get("/budgets")
@access.viewer
def index() -> Response:
    """What there is for the month, what is spent and left, so much a day, by category."""
    workspace, named = current_workspace(), asked_month()
    month = queries.get_month(workspace.id, named, workspace.month_start)
    return render(
        "budgets/index.html",
        "month",
        month=month,
        time=Time.of(month.span, this_day()),
        now=this_month(),
        title=month_name(named),
        here=month_url(named),
        list_url=_list_url(month.span),
        outside=_outside(workspace.id, month),
        givers=_givers(month.expenses),
        goals=queries.list_goals(workspace.id, this_day(), workspace.month_start),
        put={row.category: row.figures for row in month.savings},
        may_copy=any(row.budget_id is None for row in (*month.expenses, *month.savings)),
        **_neighbours(named),
    )


@bp.post("/budgets/copy")
@access.editor
def copy() -> Response:
    """Give the month the last one's budgets, but for those it has already."""
    month = asked_month()
    try:
        with unit_of_work():
            count, change = operations.copy_last_month(**whose(), month=month)
    except DomainError as error:
        return refused(message_of(error), back=month_url(month), status=error.status)
    message = ngettext("%(num)d budget copied", "%(num)d budgets copied", count)
    return said(message, event=Event.BUDGET_CHANGED, back=month_url(month),
                undo_url=undo_url(change))  # fmt: skip


@bp.post("/budgets/categories/<int:id>/carry/<mode>")
@access.editor
def carry(id: int, mode: str) -> Response:
    """Say what of a category's rest goes into the next month."""
    month = asked_month()
    with unit_of_work():
        change = operations.set_carry(**whose(), category_id=id, carry=mode)
    return said(_("Saved"), event=Event.BUDGET_CHANGED, back=month_url(month),
                undo_url=undo_url(change))  # fmt: skip


def _in_dialog(url: str) -> dict[str, str]:
    """The attributes of a link whose form opens above the page; it is a page where no script is."""
    return {"popovertarget": "budget-dialog", "hx-get": url, "hx-target": "#budget-form"}


def _in_place(url: str, inline: bool) -> dict[str, str]:
    """The attributes of that form."""
    return {"hx-post": url, "hx-target": "#budget-form"} if inline else {}


def _whole(amount: Decimal) -> Decimal:
    """Of what is only advice, the tiyin are left out, unless they are all there is."""
    return amount // 1 or amount


def _neighbours(month: date) -> dict[str, Any]:
    before, after = last_month(month), next_month(month)
    return {
        "before_name": month_name(before),
        "before_url": month_url(before) if before >= FIRST_MONTH else None,
        "after_url": month_url(after) if after <= LAST_MONTH else None,
    }


def _list_url(span: Span) -> Any:
    def url(**filters: Any) -> str:
        return url_for("finance.transactions.index", start_date=span.start, end_date=span.end,
                       **filters)  # fmt: skip

    return url


def _outside(workspace_id: int, month: Month) -> list[finance.CategorySum]:
    """What was spent where nobody set a budget."""
    known = {row.category for row in month.expenses}
    return [
        item
        for item in finance.sum_by_category(workspace_id, month.span)
        if item.type == "expense" and item.category not in known
    ]


def _givers(rows: Sequence[CategoryMonth]) -> dict[int, tuple[CategoryMonth, Decimal]]:
    """For each overspent category, who has the most left, and how much of the hole it fills."""
    richest = max(rows, key=lambda row: row.figures.left, default=None)
    if richest is None or richest.figures.left <= 0:
        return {}
    return {
        row.category: (richest, min(-row.figures.left, richest.figures.left))
        for row in rows
        if row.figures.left < 0
    }
