"""/debtors/debts: every debt of the book, narrowed by its address."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from koshelok.core.clock import today
from koshelok.core.errors import Invalid
from koshelok.core.page import DEFAULT_LIMIT, Page, decode_cursor
from koshelok.debtors import queries
from koshelok.debtors.forms.lists import STATUSES, DebtFilterForm
from koshelok.debtors.queries import DebtView
from koshelok.debtors.queries.lists import OVERDUE, find_away
from koshelok.web import access
from koshelok.web.auth import current_workspace
from koshelok.web.htmx import push_url, render

bp = Blueprint("lists", __name__, url_prefix="/debtors")


@bp.get("/debts")
@access.viewer
def debts() -> Response:
    """The debts that the address asks for, the newest first."""
    form, cursor, here = (
        DebtFilterForm(request.args),
        request.args.get("cursor"),
        current_workspace(),
    )
    page: Page[DebtView] = Page([], None)
    try:
        if form.validate():
            page = queries.list_debts(
                here.id, form.filters(), limit=DEFAULT_LIMIT, cursor=cursor, zone=here.time_zone
            )
    except Invalid as error:
        form.refuse(error)
    return _list(form, page, cursor)


def _list(form: DebtFilterForm, page: Page[DebtView], cursor: str | None) -> Response:
    wrong, overdue = bool(form.errors), form.filters().status == OVERDUE
    asked: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name in form.data
    }
    response = render(
        "debtors/debts.html",
        "rows" if cursor and not wrong else "results",
        status=422 if wrong else 200,
        form=form,
        page=page,
        asked=asked,
        chips=_chips(asked),
        here=url_for(".debts", **asked),
        more_url=page.next_cursor and url_for(".debts", **asked, cursor=page.next_cursor),
        previous=_previous(cursor, overdue) if cursor and not wrong else None,
        away=find_away({debt.debtor for debt in page.items}),
        overdue=overdue,
        today=today(current_workspace().time_zone),
    )
    return response if cursor else push_url(response, url_for(".debts", **asked))


def _chips(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Each state of a debt, with the other filters as they are."""
    others = {name: value for name, value in asked.items() if name != "status"}
    return [
        {
            "label": choice.label,
            "url": url_for(
                ".debts", **others, **({"status": choice.value} if choice.value else {})
            ),
            "on": asked.get("status", "") == choice.value,
            "icon": None,
        }
        for choice in STATUSES
    ]


def _previous(cursor: str, overdue: bool) -> Any:
    """The day or the instant of the row before this page."""
    return decode_cursor(cursor, date if overdue else datetime, int)[0]
