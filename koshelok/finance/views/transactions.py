"""/transactions: find, look, change in place, delete and take it back."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError, Invalid
from koshelok.core.page import Page
from koshelok.finance import operations, queries
from koshelok.finance.forms import FilterForm, TransactionForm
from koshelok.finance.models import FIRST_DAY, LAST_DAY
from koshelok.finance.periods import Span
from koshelok.finance.queries import Filters, Record, Sums
from koshelok.finance.queries.search import count_matching, day_before, day_reached
from koshelok.finance.views import bulk
from koshelok.finance.views.changes import undo_url_of
from koshelok.finance.views.chips import chips_of
from koshelok.finance.views.receipts import receipts_of
from koshelok.finance.views.rules import question_of
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, is_partial, push_url, render, see_other
from koshelok.web.toasts import said

bp = Blueprint("transactions", __name__, url_prefix="/transactions")
PAGE = 50


@bp.context_processor
def _styles() -> dict[str, Any]:
    return {"styles": ("finance.css",)}


@bp.get("")
@access.viewer
def index() -> Response:
    """The records that the address asks for, the newest first."""
    form = FilterForm(request.args)
    cursor = request.args.get("cursor")
    page: Page[Record] = Page([], None)
    try:
        if form.validate():
            page = queries.list_transactions(
                current_workspace().id, form.filters(), limit=PAGE, cursor=cursor
            )
    except Invalid as error:
        form.refuse(error)
    return _list(form, page, cursor)


def _list(form: FilterForm, page: Page[Record], cursor: str | None) -> Response:
    wrong = bool(form.errors)
    shown: dict[str, Any] = {
        name: value
        for name, value in request.args.items()
        if value and name in (*form.data, "select")
    }
    response = render(
        "finance/transactions.html",
        "rows" if cursor and not wrong else "results",
        status=422 if wrong else 200,
        form=form,
        page=page,
        asked={name: value for name, value in shown.items() if name != "select"},
        here=url_for(".index", **shown),
        more_url=page.next_cursor and url_for(".index", **shown, cursor=page.next_cursor),
        previous_day=day_before(cursor) if cursor and not wrong else None,
        **_beside(form, shown, page, first=not (cursor or wrong)),
        receipts=queries.count_receipts(current_workspace().id, [row.id for row in page.items]),
    )
    return response if cursor else push_url(response, url_for(".index", **shown))


def _beside(
    form: FilterForm, shown: dict[str, Any], page: Page[Record], *, first: bool
) -> dict[str, Any]:
    """What stands beside the rows; most of it only where the list begins."""
    workspace_id, picking = current_workspace().id, "select" in shown
    beside: dict[str, Any] = {
        "picking": picking,
        "reached": day_reached(page, PAGE),
        "categories": queries.list_categories(workspace_id),
        "sums": None,
        "chips": [],
        "met": None,
    }
    if first:
        filters = form.filters()
        beside["chips"] = _chips(filters, shown)
        if picking:
            beside["met"] = _count(workspace_id, filters)
        else:
            beside["sums"] = _sums(workspace_id, filters)
    return beside


def _chips(filters: Filters, shown: dict[str, Any]) -> Sequence[dict[str, str]]:
    """What the words were understood to ask."""
    others = {name: value for name, value in shown.items() if name != "query"}

    def without(rest: str) -> str:
        return url_for(".index", **({**others, "query": rest} if rest else others))

    return chips_of(filters.asked, filters.first, without)


def _count(workspace_id: int, filters: Filters) -> int | None:
    """How many match, for a change of them all; None where they are too many for that."""
    count = count_matching(workspace_id, filters, bulk.MOST)
    return count if count <= bulk.MOST else None


def _sums(workspace_id: int, filters: Filters) -> Sums | None:
    """What the list sums to; of a search by words or amounts no total is kept."""
    filters = filters.understood()
    worded = filters.asked.wanted or filters.asked.unwanted
    if worded or filters.min_amount is not None or filters.max_amount is not None:
        return None
    start = max(filters.start_date or FIRST_DAY, FIRST_DAY)
    end = min(filters.end_date or LAST_DAY, LAST_DAY)
    if end < start:
        return None
    return queries.find_sums(workspace_id, Span(start, end), filters.category, filters.type)


@bp.get("/<int:id>")
@access.viewer
def show(id: int) -> Response:
    """One record as a row; as a page it is among the others."""
    record = queries.get_record(current_workspace().id, id)
    return _row(record) if is_partial() else see_other(url_for(".index"))


@bp.get("/<int:id>/edit")
@access.editor
def edit(id: int) -> Response:
    """A form with the record's values, in place of its row or on a page of its own."""
    record = queries.get_record(current_workspace().id, id)
    values = {name: getattr(record, name) for name in ("amount", "category", "comment", "date")}
    return _form(TransactionForm(formdata=None, data=values), record)


@bp.post("/<int:id>/edit")
@access.editor
def update(id: int) -> Response:
    """Change the record; Undo puts back what it was."""
    record, form = queries.get_record(current_workspace().id, id), TransactionForm()
    if not form.validate():
        return _form(form, record, 422)
    try:
        with unit_of_work():
            edited = operations.edit_transaction(**_whose(id), **form.values())
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _form(form, record, error.status)
    asked = question_of(id) if edited.record.category != record.category else {}
    return _saved(edited.record, undo_url_of(edited.change_id), asked)


@bp.post("/<int:id>/delete")
@access.editor
def delete(id: int) -> Response:
    """Delete the record; Undo brings it back."""
    with unit_of_work():
        change_id = operations.delete_transaction(**_whose(id))
    return said(_("Deleted"), event=Event.TRANSACTION_CHANGED, back=url_for(".index"),
                undo_url=undo_url_of(change_id))  # fmt: skip


@bp.post("/<int:id>/restore")
@access.editor
def restore(id: int) -> Response:
    """Bring a deleted record back whole."""
    with unit_of_work():
        back = operations.restore_transaction(**_whose(id))
    return said(_("Put back"), event=Event.TRANSACTION_RESTORED, back=url_for(".index"),
                undo_url=undo_url_of(back.change_id))  # fmt: skip


def _whose(id: int) -> dict[str, Any]:
    return {
        "actor_id": current_actor().id,
        "workspace_id": current_workspace().id,
        "transaction_id": id,
    }


def _row(record: Record, **context: Any) -> Response:
    event = Event.TRANSACTION_CHANGED if context else None
    return render("finance/row.html", event=event, record=record, **context)


def _saved(record: Record, undo_url: str | None, asked: dict[str, Any]) -> Response:
    """The row, and what a correction done twice leads to asking."""
    if is_partial():
        return _row(record, undo_url=undo_url, message=_("Saved"), record_id=record.id, **asked)
    back = url_for("finance.rules.ask", id=record.id) if asked else url_for(".index")
    return said(_("Saved"), event=Event.TRANSACTION_CHANGED, back=back, undo_url=undo_url)


def _form(form: TransactionForm, record: Record, status: int = 200) -> Response:
    """Of a record that a transfer made, only what may change can be changed."""
    categories = [
        category for category in queries.list_categories(current_workspace().id)
        if record.transfer_id is None or category.type == record.type
    ]  # fmt: skip
    if record.category not in {category.id for category in categories}:
        categories.append(queries.get_category(current_workspace().id, record.category))
    return render(
        "finance/edit.html", "form", status=status, form=form.offer(categories), record=record,
        inline=is_partial(), categories=categories, **receipts_of(record.id),
    )  # fmt: skip
