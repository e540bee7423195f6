"""/shop/manage/orders: a shop's orders as a board, and one order taken step by step."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koshelok.core.clock import now
from koshelok.core.errors import DomainError
from koshelok.core.page import Page
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.errors import IllegalTransition
from koshelok.shop.forms.sales import StepForm
from koshelok.shop.models import Status
from koshelok.shop.queries import OrderView
from koshelok.shop.queries.board import CLOSED, OPEN, count_open, list_board, list_by_status
from koshelok.shop.states import TRANSITIONS
from koshelok.shop.steps import ICONS
from koshelok.shop.views.sections import only_in_shops
from koshelok.shop.words import STATUSES, order_name
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, is_partial, render, see_other
from koshelok.web.problems import message_of
from koshelok.web.redirects import safe_path
from koshelok.web.toasts import said

bp = Blueprint("sales", __name__, url_prefix="/shop/manage/orders")
bp.before_request(only_in_shops)
PAGE = 30
COLUMNS = {**STATUSES, Status.PENDING: _l("Waiting")}
STEPS: dict[str, tuple[str, Any, str]] = {
    Status.PENDING: (Status.CONFIRMED, _l("Accept"), ICONS[Status.CONFIRMED]),
    Status.CONFIRMED: (Status.PACKED, _l("Pack"), ICONS[Status.PACKED]),
    Status.PACKED: (Status.SHIPPED, _l("Send"), ICONS[Status.SHIPPED]),
    Status.SHIPPED: (Status.DELIVERED, _l("Delivered"), ICONS[Status.DELIVERED]),
}


@bp.get("")
@access.viewer
def index() -> Response:
    """What waits, by step; delivered, returned and cancelled ones are lists."""
    workspace_id, asked = current_workspace().id, request.args.get("status", "")
    cursor, open_ = request.args.get("cursor"), count_open(workspace_id)
    chosen = asked if asked in COLUMNS else _first(open_.counts)
    columns: dict[str, Page[OrderView]] = {}
    if chosen in CLOSED or cursor:
        page = list_by_status(workspace_id, chosen, limit=PAGE, cursor=cursor)
        columns = {} if chosen in CLOSED else {chosen: page}
    else:
        columns = list_board(workspace_id)
        page = columns[chosen]
    more = "rows" if chosen in CLOSED else "cards"
    return render(
        "shop/manage/orders.html", more if cursor else "results", counts=open_.counts,
        chosen=chosen, column=chosen, columns=columns, page=page, names=COLUMNS,
        open_statuses=OPEN, closed_statuses=CLOSED, next_steps=STEPS,
    )  # fmt: skip


@bp.get("/<uuid:id>")
@access.viewer
def show(id: UUID) -> Response:
    """What to pick, for whom, how it is paid, and what happened."""
    return _page(id)


@bp.get("/<uuid:id>/slip")
@access.viewer
def slip(id: UUID) -> Response:
    """What goes into the parcel, on a strip of 80 mm."""
    order = queries.get_order(id, workspace_id=current_workspace().id)
    return render("shop/manage/slip.html", order=order)


@bp.post("/<uuid:id>/status")
@access.editor
def step(id: UUID) -> Response:
    """Take an order a step further; who was slower is told where it stands now."""
    form = StepForm()
    if not form.validate():
        return _page(id, 422, refusal=next(iter(form.errors.values()))[0])
    try:
        with unit_of_work():
            order = operations.change_status(
                actor_id=current_actor().id, workspace_id=current_workspace().id, order_id=id,
                **form.step(),
            )  # fmt: skip
    except DomainError as error:
        if error.status == 404:
            raise
        return _refused(id, error, safe_path(form.next.data, ""))
    message = f"{order_name('', order.number)} · {STATUSES[order.status]}"
    back = safe_path(form.next.data, url_for(".show", id=id))
    return said(message, event=Event.ORDER_CHANGED, back=back)


@bp.app_template_filter()
def waited(since: datetime) -> str:
    """How long ago it was: `2 hours`."""
    return str(format_timedelta(now() - since, granularity="minute"))


def _first(counts: Any) -> str:
    return next((status for status in OPEN if counts[status]), Status.PENDING)


def _page(id: UUID, status: int = 200, refusal: str | None = None) -> Response:
    order = queries.get_order(id, workspace_id=current_workspace().id)
    return render(
        "shop/manage/order.html", "order", status=status, order=order, refusal=refusal,
        images=queries.list_images([line.product for line in order.lines]),
        may=TRANSITIONS[order.status], form=StepForm(formdata=None, restock=True), next_steps=STEPS,
    )  # fmt: skip


def _refused(id: UUID, error: DomainError, back: str) -> Response:
    """Why not, and where the order stands: on its own page, or in a word where `back` asks."""
    order = queries.get_order(id, workspace_id=current_workspace().id)
    reason = message_of(error)
    if isinstance(error, IllegalTransition):
        reason = _("Somebody was quicker. The order now: %(status)s.",
                   status=STATUSES[order.status])  # fmt: skip
    if not back:
        return _page(id, error.status, refusal=reason)
    message = f"{order_name('', order.number)} · {reason}"
    if is_partial():
        return render("layouts/toast.html", status=error.status, event=Event.ORDER_CHANGED,
                      message=message, kind="error")  # fmt: skip
    flash(message, "error")
    return see_other(back)
