"""/debtors/<id>/statement: any days, to read, to print on A4 or 80 mm, to keep as a file."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from koshelok.core.clock import today
from koshelok.core.errors import Invalid
from koshelok.debtors import operations, papers, queries
from koshelok.debtors.downloads import send_paper
from koshelok.debtors.errors import StatementTooLong
from koshelok.debtors.forms.statements import StatementForm
from koshelok.debtors.queries import Summary
from koshelok.debtors.queries.statement import months_back
from koshelok.debtors.statement_words import KINDS, statement_words
from koshelok.debtors.terms import BUCKETS, reason
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import push_url, render, see_other

bp = Blueprint("statement", __name__, url_prefix="/debtors/<int:id>/statement")
bp.add_app_template_filter(reason)
_ONE_DAY = timedelta(days=1)
_EVER: dict[str, date | None] = {"start": None, "end": None}


@bp.get("")
@access.viewer
def show(id: int) -> Response:
    """What was owed at first, what happened, what is owed at the end, and how late."""
    return _page(id, "debtors/statement.html")


@bp.get("/receipt")
@access.viewer
def receipt(id: int) -> Response:
    """The same on a strip of 80 mm."""
    return _page(id, "debtors/statement_receipt.html")


@bp.post("/export")
@access.viewer
def export(id: int) -> Response:
    """The file at once, or, of a long one, the page of the job that writes it."""
    form, format_ = StatementForm(request.form), request.form.get("format", "")
    if not form.validate():
        return _page(id, "debtors/statement.html", form)
    asked: dict[str, Any] = {"actor_id": current_actor().id, "workspace_id": current_workspace().id,
             "debtor_id": id, **form.days()}  # fmt: skip
    try:
        with unit_of_work():
            operations.note_statement(**asked, format=format_)
            statement = queries.get_statement(current_workspace().id, id, **form.days())
            return send_paper(statement, format_, _words())
    except StatementTooLong:
        with unit_of_work():
            job = operations.start_statement(**asked, format=format_, words=_words())
            return see_other(url_for("jobs.show", id=job.id))
    except Invalid as error:
        form.refuse(error)
        return _page(id, "debtors/statement.html", form)


def _words() -> dict[str, Any]:
    words: dict[str, Any] = statement_words(current_workspace().name)
    return words


def _page(id: int, template: str, form: StatementForm | None = None) -> Response:
    """The statement that the address asks for; of wrong days the whole one, and why."""
    form, workspace_id = form or StatementForm(request.args), current_workspace().id
    summary: Summary
    try:
        days = form.days() if form.validate() and not form.errors else {}
        summary = queries.summarize(workspace_id, id, **(days or _EVER))
    except Invalid as error:
        form.refuse(error)
        days, summary = {}, queries.summarize(workspace_id, id, **_EVER)
    with suppress(StatementTooLong):
        summary = queries.with_lines(summary)
    wrong = bool(form.errors)
    response = render(
        template, "results", status=422 if wrong else 200, form=form, person=summary.person,
        statement=summary, lines=getattr(summary, "lines", None), spans=_spans(id, summary),
        asked={} if wrong else _address(form), kinds=KINDS, buckets=BUCKETS,
    )  # fmt: skip
    return response if wrong else push_url(response, url_for(".show", id=id, **_address(form)))


@bp.app_template_filter()
def exact_day(day: date | datetime) -> str:
    """`21.11.2026`: on paper, today is a day like any other."""
    return papers.exact_day(day)


def _address(form: StatementForm) -> dict[str, Any]:
    return {name: day.isoformat() for name, day in form.data.items() if day}


def _spans(id: int, shown: Summary) -> list[dict[str, Any]]:
    """Days that are asked for often, as chips."""
    day = today()
    month = months_back(day, 0)
    often: list[tuple[str, date | None, date]] = [
        (_("All"), None, day),
        (_("This month"), month, day),
        (_("Last month"), months_back(day, 1), month - _ONE_DAY),
        (_("Three months"), months_back(day, 2), day),
        (_("A year"), months_back(day, 11), day),
    ]
    return [
        {"label": label, "icon": None, "on": (shown.start, shown.end) == (start, end),
         "url": url_for(".show", id=id, start_date=start, end_date=end if start else None)}
        for label, start, end in often
    ]  # fmt: skip
