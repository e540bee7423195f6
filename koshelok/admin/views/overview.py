"""/admin: where the house stands."""

from decimal import Decimal

from flask import Response

from koshelok.admin import queries
from koshelok.admin.queries import Figures
from koshelok.admin.views.blueprint import bp
from koshelok.web import access
from koshelok.web.htmx import render
from koshelok.web.templating import format_day, url_for


@bp.get("", endpoint="overview")
@access.admin
def show() -> Response:
    """Figures, and thirty days of pictures with their tables."""
    figures = queries.get_figures()
    days = [day.day for day in figures.days]
    return render(
        "admin/overview.html",
        "figures",
        figures=figures,
        labels=[format_day(day, "d MMM") for day in days],
        urls=[url_for("admin.transfers", start_date=day, end_date=day) for day in days],
        columns=_columns(figures),
    )


def _columns(figures: Figures) -> dict[str, list[Decimal]]:
    """What the charts draw, day by day; counts as numbers of the same kind as money."""
    days = figures.days
    return {
        "turnover": [day.turnover for day in days],
        "commission": [day.commission for day in days],
        "succeeded": [Decimal(day.succeeded) for day in days],
        "failed": [Decimal(day.failed) for day in days],
        "users": [Decimal(figures.new_users.get(day.day, 0)) for day in days],
        "cards": [Decimal(count) for count in figures.cards.values()],
    }
