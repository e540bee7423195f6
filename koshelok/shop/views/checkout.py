"""/checkout: where to, how to pay, and what it comes to; a key made with the form makes its orders
once, however often it is sent. What has changed in the cart meanwhile is settled in the cart.
"""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, request, session, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError, TooManyRequests
from koshelok.infra.unit_of_work import retried
from koshelok.shop import operations
from koshelok.shop.errors import CartEmpty, OrderNotFound
from koshelok.shop.forms.checkout import CheckoutForm, Way, list_ways
from koshelok.shop.placing import place_once
from koshelok.shop.queries import CartView, OrderView, get_cart
from koshelok.shop.queries.checkout import find_last_address, list_placed_with, list_terms
from koshelok.shop.views.carts import current_cart_id, is_settled
from koshelok.wallet.queries import list_cards
from koshelok.web import access
from koshelok.web.auth import current_actor, find_actor
from koshelok.web.htmx import render, see_other
from koshelok.web.problems import message_of

bp = Blueprint("checkout", __name__, url_prefix="/checkout")
DRAFT = "checkout"


@bp.get("")
@access.signed_in
def show() -> Response:
    """The form, filled in as it was left, or as the last order had it."""
    cart = get_cart(current_cart_id())
    if not is_settled(cart):
        return see_other(url_for("shop.cart.show"))
    kept = session.get(DRAFT) or {"address": find_last_address(current_actor().id)}
    return _page(CheckoutForm(formdata=None, data=kept), cart)


@bp.post("/start")
@access.public
def start() -> Response:
    """Keep what is in the cart for ten minutes, and go on; a visitor signs in first."""
    if find_actor() is None:
        return see_other(url_for("identity.login", next=url_for(".show")))
    refusal = _hold()
    if refusal:
        flash(message_of(refusal), "error")
    return see_other(url_for("shop.cart.show" if refusal else ".show"))


@bp.post("")
@access.signed_in
def place() -> Response:
    """Order. The same key again answers with the same orders."""
    form = CheckoutForm()
    if "keep" in request.form:
        refusal = _hold()
        return _refused(form, refusal) if refusal else _page(form, get_cart(current_cart_id()))
    if not form.validate():
        return _page(form, get_cart(current_cart_id()), 422)
    try:
        placed = place_once(current_actor().id, form.wanted())
    except DomainError as error:
        return _refused(form, error)
    session.pop(DRAFT, None)
    return _done(placed.orders)


@bp.get("/placed/<uuid:id>")
@access.signed_in
def placed(id: UUID) -> Response:
    """What one confirmation ordered of several shops; `id` is any of the orders."""
    orders = list_placed_with(current_actor().id, id)
    if not orders:
        raise OrderNotFound
    return render("shop/placed.html", orders=orders)


def _hold() -> DomainError | None:
    cart_id = current_cart_id()
    try:
        if cart_id is None:
            raise CartEmpty
        retried(lambda: operations.hold_cart(cart_id=cart_id))
    except DomainError as refusal:
        return refusal
    return None


def _done(orders: Sequence[OrderView]) -> Response:
    if len(orders) > 1:
        return see_other(url_for(".placed", id=orders[0].id))
    flash(_("Ordered. The shop will answer soon."), "success")
    return see_other(url_for("shop.orders.show", id=orders[0].id))


def _refused(form: CheckoutForm, error: DomainError) -> Response:
    """At its field, all that was typed kept; where the cart has changed, in the cart."""
    cart = get_cart(current_cart_id())
    if not is_settled(cart):
        session[DRAFT] = {name: form[name].data for name in ("address", "comment", "payment")}
        flash(message_of(error), "error")
        return see_other(url_for("shop.cart.show"))
    form.refuse(error)
    response = _page(form, cart, 422 if error.status == 404 else error.status)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _page(form: CheckoutForm, cart: CartView, status: int = 200) -> Response:
    if not is_settled(cart):
        return see_other(url_for("shop.cart.show"))
    actor_id = current_actor().id
    terms = list_terms(actor_id, [id_ for id_, _name, _items in cart.shops])
    ways = list_ways(cart, terms, list_cards(actor_id))
    return render(
        "shop/checkout.html", "form", status=status, form=form.renew(), cart=cart, ways=ways,
        chosen=_choose(form, ways), payable=any(not way.reason for way in ways),
    )  # fmt: skip


def _choose(form: CheckoutForm, ways: Sequence[Way]) -> str:
    """What was chosen while it is open, nothing else in its place; at first what is open."""
    possible = [way.value for way in ways if not way.reason]
    if form.payment.data:
        return str(form.payment.data) if form.payment.data in possible else ""
    return possible[0] if possible else ""
