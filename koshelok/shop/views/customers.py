"""/shop/manage/customers: who buys here, and who may take on credit."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.forms.customers import ApproveForm, LimitForm
from koshelok.shop.queries.customers import (
    COUNTED,
    count_orders,
    list_customers,
    list_latest_buyers,
)
from koshelok.shop.views.sections import only_in_shops
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, render, see_other
from koshelok.web.limits import hit
from koshelok.web.problems import message_of
from koshelok.web.toasts import refused, said

bp = Blueprint("customers", __name__, url_prefix="/shop/manage/customers")
bp.before_request(only_in_shops)
PAGE = 30


@bp.get("")
@access.viewer
def index() -> Response:
    """Those on credit with what they owe, and those who have bought lately."""
    return _page(ApproveForm(formdata=None))


@bp.post("")
@access.editor
def approve() -> Response:
    """Let whoever has this number take on credit; asked so often and no more."""
    form = ApproveForm()
    if not form.validate():
        return _page(form, 422)
    hit(current().limit_customers, "customers", str(current_actor().id))
    try:
        with unit_of_work():
            customer = operations.approve_customer(**_place(), **form.values())
    except DomainError as error:
        form.refuse(error)
        return _page(form, error.status)
    flash(_("%(name)s may buy on credit", name=customer.full_name), "success")
    return see_other(url_for(".index"))


@bp.post("/<int:user_id>")
@access.editor
def allow(user_id: int) -> Response:
    """Let a buyer take on credit, or set another limit."""
    form = LimitForm()
    if not form.validate():
        return refused(str(next(iter(form.errors.values()))[0]), back=url_for(".index"), status=422)
    return _set(user_id, credit=True, form=form)


@bp.post("/<int:user_id>/stop")
@access.editor
def stop(user_id: int) -> Response:
    """Nothing more on credit; what is owed stays owed."""
    return _set(user_id, credit=False)


def _place() -> dict[str, Any]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _set(user_id: int, *, credit: bool, form: LimitForm | None = None) -> Response:
    try:
        with unit_of_work():
            customer = operations.set_credit(
                **_place(), user_id=user_id, credit=credit, **(form.limit() if form else {})
            )
    except DomainError as error:
        if error.status == 404:
            raise
        return refused(message_of(error), back=url_for(".index"), status=error.status)
    words = _("%(name)s may buy on credit") if credit else _("%(name)s pays at once from now on")
    message = words % {"name": customer.full_name}
    return said(message, event=Event.DEBTOR_CHANGED, back=url_for(".index"))


def _page(form: ApproveForm, status: int = 200) -> Response:
    workspace_id, cursor = current_workspace().id, request.args.get("cursor")
    page = list_customers(workspace_id, limit=PAGE, cursor=cursor)
    buyers = [] if cursor else list_latest_buyers(workspace_id)
    ids = [one.user_id for one in buyers]
    return render(
        "shop/manage/customers.html", "rows" if cursor else "results", status=status,
        form=form, page=page, buyers=buyers, orders=count_orders(workspace_id, ids),
        counted=COUNTED, more_url=page.next_cursor and url_for(".index", cursor=page.next_cursor),
    )  # fmt: skip
