"""/transfers: the history of all one's cards, narrowed by its address, and as a file; its
receipts are in views.receipt.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import to_user_timezone

from koshelok.core.errors import DomainError, Invalid
from koshelok.core.page import DEFAULT_LIMIT, Page, decode_cursor
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet import operations, queries
from koshelok.wallet.forms import HistoryForm
from koshelok.wallet.numbers import masked
from koshelok.wallet.queries import TransferView
from koshelok.wallet.receipts import reason_of, title_of
from koshelok.wallet.views.receipt import bp
from koshelok.wallet.words import export_words
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import push_url, render, see_other

__all__ = ["bp"]
bp.add_app_template_global(title_of, "transfer_title")
bp.add_app_template_filter(masked, "masked")


@bp.get("")
@access.signed_in
def index() -> Response:
    """The transfers that the address asks for, the newest first."""
    form, cursor = HistoryForm(request.args), request.args.get("cursor")
    page: Page[TransferView] = Page([], None)
    try:
        if form.validate():
            page = queries.list_transfers(
                current_actor().id, form.filters(), limit=DEFAULT_LIMIT, cursor=cursor
            )
    except Invalid as error:
        form.refuse(error)
    return _list(form, page, cursor)


@bp.post("/export")
@access.signed_in
def export() -> Response:
    """Begin to write what the list shows into a file; its progress has a page."""
    form = HistoryForm(request.form)
    try:
        if not form.validate():
            return _list(form, Page([], None), None)
        with unit_of_work():
            job = operations.start_export(
                actor_id=current_actor().id, format=request.form.get("format", ""),
                filters=form.filters(), words=export_words(),
            )  # fmt: skip
            return see_other(url_for("jobs.show", id=job.id))
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _list(form, Page([], None), None, error.status)


def _list(
    form: HistoryForm, page: Page[TransferView], cursor: str | None, status: int = 422
) -> Response:
    wrong = bool(form.errors)
    asked: dict[str, Any] = {
        name: value for name, value in request.values.items() if value and name in form.data
    }
    response = render(
        "wallet/transfers.html",
        "rows" if cursor and not wrong else "results",
        status=status if wrong else 200,
        form=form.offer(queries.list_cards(current_actor().id)),
        page=page,
        names=queries.list_names(current_actor().id, page.items),
        asked=asked,
        more_url=page.next_cursor and url_for(".index", **asked, cursor=page.next_cursor),
        previous=decode_cursor(cursor, datetime, UUID)[0] if cursor and not wrong else None,
    )
    return response if cursor or wrong else push_url(response, url_for(".index", **asked))


@bp.app_template_global()
def transfer_reason(transfer: TransferView) -> str:
    """Why it failed, to its sender; empty where it did not."""
    return reason_of(transfer, current_actor().role)


@bp.app_template_filter()
def clock(instant: datetime) -> str:
    """`14:05`, in the reader's zone."""
    return str(to_user_timezone(instant).strftime("%H:%M"))
