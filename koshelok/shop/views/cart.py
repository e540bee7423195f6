"""/cart: what is in it, changed in place; the same by plain forms."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.errors import CartItemNotFound
from koshelok.shop.forms.cart import AddForm, QuantityForm
from koshelok.shop.queries import get_cart
from koshelok.shop.queries.checkout import InCart, find_in_cart
from koshelok.shop.views.carts import current_cart_id, is_settled, open_current_cart
from koshelok.web import access
from koshelok.web.htmx import Event, is_partial, render, see_other
from koshelok.web.problems import message_of
from koshelok.web.toasts import refused

bp = Blueprint("cart", __name__, url_prefix="/cart")


@bp.get("")
@access.public
def show() -> Response:
    """What is in it, by shop, and what it comes to."""
    return _page()


@bp.post("/items")
@access.public
def add() -> Response:
    """Put pieces of a product in, to those already there."""
    form = AddForm()
    if not form.validate():
        return refused(_("This must be a whole number."), back=url_for(".show"), status=422)
    product_id, quantity = form.product.data, form.quantity.data
    try:
        with unit_of_work():
            cart_id = open_current_cart()
            operations.add_item(cart_id=cart_id, product_id=product_id, quantity=quantity)
    except DomainError as error:
        return refused(message_of(error), back=url_for(".show"), status=_shown(error))
    put = _get(cart_id, product_id)
    before = put.quantity - quantity
    return _told(
        _("In the cart: %(product)s", product=put.name),
        undo_url=url_for(".put_back", product=product_id, quantity=before),
    )


@bp.post("/items/<int:id>")
@access.public
def change(id: int) -> Response:
    """Set how many of a line; to a new price it does not agree."""
    form = QuantityForm()
    if not form.validate():
        return _wrong(id, form, str(form.quantity.errors[0]), 422)
    try:
        with unit_of_work():
            operations.change_item(cart_id=_own(), item_id=id, quantity=form.wanted)
    except CartItemNotFound:
        raise
    except DomainError as error:
        left = error.params.get("available")
        return _wrong(id, form, message_of(error), _shown(error), left=left)
    return _changed()


@bp.post("/items/<int:id>/delete")
@access.public
def remove(id: int) -> Response:
    """Take a line out; Undo puts it back."""
    with unit_of_work():
        was = operations.remove_item(cart_id=_own(), item_id=id)
    undo_url = url_for(".put_back", product=was.product_id, quantity=was.quantity)
    return _changed(_("Taken out of the cart"), undo_url)


@bp.post("/prices")
@access.public
def accept() -> Response:
    """Agree to what things cost today."""
    with unit_of_work():
        operations.accept_prices(cart_id=_own())
    return _changed()


@bp.post("/back/<int:product>/<int:quantity>")
@access.public
def put_back(product: int, quantity: int) -> Response:
    """Undo: as many of a product as there were, or none."""
    try:
        with unit_of_work():
            _set(open_current_cart(), product, quantity)
    except DomainError as error:
        return refused(message_of(error), back=url_for(".show"), status=_shown(error))
    return _told(_("Put back"))


def _set(cart_id: UUID, product_id: int, quantity: int) -> None:
    there = find_in_cart(cart_id, product_id)
    if there is None and quantity:
        operations.add_item(cart_id=cart_id, product_id=product_id, quantity=quantity)
    elif there is not None and quantity:
        operations.change_item(cart_id=cart_id, item_id=there.item, quantity=quantity)
    elif there is not None:
        operations.remove_item(cart_id=cart_id, item_id=there.item)


def _own() -> UUID:
    found = current_cart_id()
    if found is None:
        raise CartItemNotFound
    return found


def _get(cart_id: UUID, product_id: int) -> InCart:
    found = find_in_cart(cart_id, product_id)
    if found is None:  # taken out elsewhere since
        raise CartItemNotFound
    return found


def _shown(error: DomainError) -> int:
    """What is gone is said where it stood, which a 404 would not be."""
    return 409 if error.status == 404 else error.status


def _told(message: str, undo_url: str = "") -> Response:
    """Of a change made anywhere: in place a toast and the badge, else at the cart."""
    if is_partial():
        return render(
            "shop/_told.html", event=Event.CART_CHANGED, message=message, undo_url=undo_url
        )
    return _go(message, undo_url)


def _changed(message: str = "", undo_url: str = "") -> Response:
    """Of a change made in the cart: in place the cart itself."""
    return _page(message=message, undo_url=undo_url) if is_partial() else _go(message, undo_url)


def _go(message: str, undo_url: str) -> Response:
    if message:
        flash(message, f"undo:{undo_url}" if undo_url else "success")
    return see_other(url_for(".show"))


def _wrong(id: int, form: QuantityForm, message: str, status: int, **more: Any) -> Response:
    """The cart as it is, and at the line what was refused."""
    typed = form.quantity.raw_data[0] if form.quantity.raw_data else ""
    return _page(status, wrong={"item": id, "typed": typed, "message": message, **more})


def _page(status: int = 200, **context: Any) -> Response:
    cart = get_cart(current_cart_id())
    return render(
        "shop/cart.html", "cart", "told", status=status, cart=cart, settled=is_settled(cart),
        changed=any(item.changed and not item.short for item in cart.items),
        in_place=is_partial(), **context,
    )  # fmt: skip
