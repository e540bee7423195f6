"""/debtors/collect: whom to ask for money today, and what they promised."""

from datetime import date, timedelta

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from koshelok.core.clock import today
from koshelok.debtors import operations, queries, terms
from koshelok.debtors.forms.settings import PromiseForm, promise_days
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.components import day as day_words
from koshelok.web.htmx import Event, render
from koshelok.web.toasts import refused, said

bp = Blueprint("collect", __name__, url_prefix="/debtors")
PAGE = 25
FURTHEST = timedelta(days=366)


@bp.get("/collect")
@access.viewer
def index() -> Response:
    """Where most money is latest comes first; each row can be asked for it."""
    workspace_id, now, cursor = current_workspace().id, today(), request.args.get("cursor")
    page = queries.list_late(workspace_id, now, limit=PAGE, cursor=cursor)
    ids = [person.id for person in page.items]
    owed = queries.list_owed(ids, now)
    return render(
        "debtors/collect.html",
        "rows" if cursor else "results",
        page=page,
        today=now,
        days=promise_days(),
        reminded=queries.find_last_reminders(ids),
        texts=operations.preview(workspace_id=workspace_id, owed=owed),
        offered=any(one.due for one in owed) and not queries.find_book(workspace_id).reminders,
        more_url=page.next_cursor and url_for(".index", cursor=page.next_cursor),
        lateness=terms.lateness,
    )


@bp.post("/<int:id>/promise")
@access.editor
def promise(id: int) -> Response:
    """Note the day on which somebody promised to pay; none forgets it. Undo may put a day back
    that has gone."""
    form, back = PromiseForm(request.values), url_for(".index")
    whose = {"workspace_id": current_workspace().id, "debtor_id": id}
    before = queries.get_person(**whose).promised_on
    day, undoes = form.chosen(), "undo" in request.args
    if not (form.validate() and _can_be(day, undoes)):
        return refused(_("Choose a day from today on, within a year."), back=back)
    with unit_of_work():
        operations.note_promise(actor_id=current_actor().id, **whose, day=day)
    return said(
        _("Promised: %(day)s", day=day_words(day)) if day else _("No promise any more"),
        event=Event.DEBTOR_CHANGED,
        back=back,
        undo_url=None if undoes else url_for(".promise", id=id, undo=1, day=before or ""),
    )


def _can_be(day: date | None, undoes: bool) -> bool:
    if day is None:  # it is said that there is none; nothing said is a mistake
        return "day" in request.values
    return undoes or today() <= day <= today() + FURTHEST
