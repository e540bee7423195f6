"""/orders: what a person has ordered, how it goes, and what can be done about it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.errors import OutOfStock, ProductNotFound, TooManyItems
from koshelok.shop.forms.orders import CancelForm
from koshelok.shop.models import Status
from koshelok.shop.operations.carts import BadQuantity
from koshelok.shop.queries import OrderView
from koshelok.shop.queries.covers import list_covers
from koshelok.shop.states import may_follow
from koshelok.shop.steps import list_steps
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import render, see_other

bp = Blueprint("orders", __name__, url_prefix="/orders")
PAGE = 20
_NOT_ADDED = (ProductNotFound, OutOfStock, TooManyItems, BadQuantity)


@bp.get("")
@access.signed_in
def index() -> Response:
    """One's own orders, the newest first."""
    cursor = request.args.get("cursor")
    page = queries.list_orders(buyer_id=current_actor().id, limit=PAGE, cursor=cursor)
    return render(
        "shop/orders.html",
        "rows" if cursor else "results",
        page=page,
        covers=_covers(page.items),
        more_url=page.next_cursor and url_for(".index", cursor=page.next_cursor),
    )


@bp.get("/<uuid:id>")
@access.signed_in
def show(id: UUID) -> Response:
    """How one order goes."""
    return _page(id, CancelForm(formdata=None))


@bp.post("/<uuid:id>/cancel")
@access.signed_in
def cancel(id: UUID) -> Response:
    """Take an order back, as long as it has not been sent."""
    form = CancelForm()
    if not form.validate():
        return _page(id, form, 422)
    try:
        with unit_of_work():
            operations.cancel_order(
                actor_id=current_actor().id, order_id=id, note=form.note.data or ""
            )
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        return _page(id, CancelForm(formdata=None), refusal.status, refusal=refusal)
    flash(_("The order is cancelled"), "success")
    return see_other(url_for(".show", id=id))


@bp.post("/<uuid:id>/again")
@access.signed_in
def again(id: UUID) -> Response:
    """Put what is still on the shelf of an order into the cart."""
    order = queries.get_order(id, buyer_id=current_actor().id)
    with unit_of_work():
        missing = _fill_cart(order)
    if len(missing) == len(order.lines):
        flash(_("Nothing of this order is on the shelf now."), "error")
        return see_other(url_for(".show", id=id))
    if missing:
        flash(_("Not on the shelf now: %(titles)s", titles=", ".join(missing)), "error")
    return see_other(url_for("shop.cart.show"))


def _fill_cart(order: OrderView) -> list[str]:
    """Answers the titles of what could not be added."""
    cart_id = operations.open_cart(user_id=order.buyer)
    missing = []
    for line in order.lines:
        try:
            operations.add_item(cart_id=cart_id, product_id=line.product, quantity=line.quantity)
        except _NOT_ADDED:
            missing.append(line.title)
    return missing


def _covers(orders: Iterable[OrderView]) -> dict[int, Any]:
    return list_covers({line.product for order in orders for line in order.lines})


def _page(
    id: UUID, form: CancelForm, status: int = 200, *, refusal: DomainError | None = None
) -> Response:
    """With `refusal`, why it was not taken back: most often it went on meanwhile."""
    order = queries.get_order(id, buyer_id=current_actor().id)
    return render(
        "shop/order.html",
        status=status,
        order=order,
        form=form,
        refusal=refusal,
        steps=list_steps(order),
        shop=queries.get_shop(order.shop),
        covers=_covers([order]),
        can_cancel=may_follow(Status.CANCELLED, order.status),
        reviews=_own_reviews(order),
    )


def _own_reviews(order: OrderView) -> dict[int, Any] | None:
    """What its buyer said of the products; None where nothing can be said yet."""
    if order.status not in {Status.DELIVERED, Status.RETURNED}:
        return None
    return queries.list_own_reviews(order.buyer, [line.product for line in order.lines])
