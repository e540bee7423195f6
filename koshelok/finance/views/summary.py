"""/summary/<period>: what came in and went out, against the period before."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, request

from koshelok.core.clock import today
from koshelok.core.errors import Invalid
from koshelok.finance import queries
from koshelok.finance.forms import RangeForm
from koshelok.finance.models import FIRST_DAY, LAST_DAY, Grain
from koshelok.finance.periods import (
    Kind,
    Span,
    asked_span,
    following,
    is_whole,
    month_span,
    preceding,
    span_of,
)
from koshelok.finance.queries import Point, Sums
from koshelok.web import access
from koshelok.web.auth import current_workspace
from koshelok.web.htmx import render
from koshelok.web.templating import format_day, url_for

bp = Blueprint("summary", __name__, url_prefix="/summary")


@bp.get("/<period>")
@access.viewer
def show(period: str) -> Response:
    """The current period, or the days of the address."""
    if period not in set(Kind):
        abort(404)
    workspace, kind = current_workspace(), Kind(period)
    now, form = today(workspace.time_zone), RangeForm(request.args)
    current = span = span_of(kind, now, workspace.month_start)
    try:
        if form.validate() and (form.start_date.data or form.end_date.data):
            span = asked_span(kind, form.start_date.data, form.end_date.data, now)
    except Invalid as error:
        form.refuse(error)
    return _page(kind, span, form, is_current=span == current)


def _page(kind: Kind, span: Span, form: RangeForm, *, is_current: bool) -> Response:
    workspace_id, first = current_workspace().id, current_workspace().month_start
    before, whole = preceding(kind, span, first), is_whole(kind, span, first)
    categories = queries.sum_by_category(workspace_id, span)
    sums = queries.add_up(categories)
    (previous,) = queries.sum_spans(workspace_id, before)
    return render(
        "finance/summary.html", "summary", status=422 if form.errors else 200,
        kind=kind, span=span, title=_title(kind, span) if whole else None, form=form, whole=whole,
        sums=sums, changes=_changes(sums, previous), categories=categories,
        points=_points(workspace_id, span), point_label=_label, point_url=_url_of_point,
        current=is_current, list_url=_list_url,
        previous_url=_url(kind, before), next_url=_url(kind, following(kind, span, first)),
    )  # fmt: skip


def _changes(now: Sums, before: Sums) -> dict[str, int | None]:
    return {
        "income": queries.change_percent(now.income, before.income),
        "expense": queries.change_percent(now.expense, before.expense),
    }


def _points(workspace_id: int, span: Span) -> Sequence[Point]:
    """What the chart draws: nothing for one day, days for some weeks, months beyond."""
    if span.days == 1:
        return ()
    grain = Grain.DAY if span.by_day else Grain.MONTH
    return queries.list_points(workspace_id, span, grain, current_workspace().month_start)


def _title(kind: Kind, span: Span) -> str | None:
    """A month and a year by name; other spans are told by their days."""
    pattern = {Kind.MONTHLY: "LLLL y", Kind.YEARLY: "y"}.get(kind)
    if pattern is None:
        return None
    name = format_day(span.start, pattern)
    return name[:1].upper() + name[1:]


def _url(kind: Kind, span: Span) -> str | None:
    if span.start < FIRST_DAY or span.end > LAST_DAY:
        return None
    return url_for("finance.summary.show", period=kind, start_date=span.start, end_date=span.end)


def _list_url(span: Span, **filters: Any) -> str:
    return url_for(
        "finance.transactions.index", start_date=span.start, end_date=span.end, **filters
    )


def _label(point: Point, span: Span) -> str:
    """A month by its name; what of a month stands at an edge, by its days."""
    if span.by_day:
        return format_day(point.start, "d MMM")
    if Span(point.start, point.end) != month_span(point.name, current_workspace().month_start):
        return f"{format_day(point.start, 'd MMM')} – {format_day(point.end, 'd MMM')}"
    return format_day(point.name, "LLL y")


def _url_of_point(point: Point) -> str:
    return _list_url(Span(point.start, point.end))
