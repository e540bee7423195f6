"""/debtors/day: a day of the book, to be compared with the till and printed."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from koshelok.core.clock import today
from koshelok.core.page import DEFAULT_LIMIT
from koshelok.debtors import queries, terms
from koshelok.debtors.forms.settings import DayForm
from koshelok.debtors.queries import Day, DayEntry
from koshelok.identity import queries as identity
from koshelok.web import access
from koshelok.web.auth import current_workspace
from koshelok.web.htmx import render

bp = Blueprint("day", __name__, url_prefix="/debtors/day")
FIRST_DAY = date(1970, 1, 2)


@bp.get("")
@access.viewer
def show() -> Response:
    """Given, collected, written off and voided, by cashier, and each entry."""
    form, cursor = DayForm(request.args), request.args.get("cursor")
    workspace_id = current_workspace().id
    form.validate()
    day = min(max(form.chosen() or today(), FIRST_DAY), today())
    page = queries.list_day(workspace_id, day, limit=DEFAULT_LIMIT, cursor=cursor)
    more_url = page.next_cursor and url_for(".show", date=day, cursor=page.next_cursor)
    sums = Day() if cursor else queries.get_day(workspace_id, day)
    voids = [] if cursor else queries.list_day_voids(workspace_id, day)
    return render(
        "debtors/day.html",
        "rows" if cursor else "results",
        form=DayForm(formdata=None, date=day),
        day=day,
        sums=sums,
        voids=voids,
        page=page,
        names=_names([*page.items, *voids], sums),
        more_url=more_url,
        **_place(day),
    )


def _place(day: date) -> dict[str, Any]:
    return {
        "methods": terms.METHODS,
        "previous_url": url_for(".show", date=day - timedelta(1)) if day > FIRST_DAY else None,
        "next_url": url_for(".show", date=day + timedelta(1)) if day < today() else None,
    }


def _names(entries: Iterable[DayEntry], sums: Day) -> dict[int, str]:
    ids = {id_ for entry in entries for id_ in (entry.created_by, entry.voided_by)}
    known = identity.list_users([id_ for id_ in ids | set(sums.cashiers) if id_ is not None])
    return {user.id: user.display_name for user in known}
