"""Whose cart a request is about: a person's own, or a visitor's, which a signed cookie names.

A visitor's cart comes along to whoever signs in on that device: their first request afterwards,
whichever page it asks for, brings it into their own and forgets the cookie.
"""

from functools import partial
from uuid import UUID

from flask import Response, after_this_request, current_app, g, request
from itsdangerous import BadSignature, Signer

from koshelok.infra.unit_of_work import retried
from koshelok.shop import operations
from koshelok.shop.queries import CartView, count_pieces, find_cart_id
from koshelok.web.auth import find_actor, peek_actor
from koshelok.web.request import is_api

MONTH = 30 * 24 * 3600  # as long as a visitor's cart is kept: tasks.LEFT


def current_cart_id() -> UUID | None:
    """The cart of whoever asks, where they have one; asked once a request."""
    if "cart_id" not in g:
        actor = find_actor()
        g.cart_id = find_cart_id(user_id=actor.id if actor else None, cart_id=_carried())
    found: UUID | None = g.cart_id
    return found


def open_current_cart() -> UUID:
    """Find or make that cart, in a unit of work; a visitor is given its cookie."""
    actor = find_actor()
    if actor is not None:
        g.cart_id = operations.open_cart(user_id=actor.id)
    else:
        g.cart_id = operations.open_cart(user_id=None, cart_id=_carried())
        after_this_request(partial(_give, g.cart_id))
    made: UUID = g.cart_id
    return made


def cart_pieces() -> int:
    """How many pieces are in it, for its badge; a visitor without a cookie asks nothing."""
    return count_pieces(current_cart_id())


def is_settled(cart: CartView) -> bool:
    """Whether everything in a cart is there, at the price that was seen: it can be ordered."""
    return bool(cart.items) and not any(item.short or item.changed for item in cart.items)


def bring_along() -> None:
    """Before a request: what a visitor chose becomes theirs who signed in."""
    if _name() not in request.cookies or is_api():
        return
    actor = peek_actor()
    if actor is None:
        return
    cart_id = _carried()
    if cart_id is not None:
        retried(partial(operations.merge_cart, user_id=actor.id, cart_id=cart_id))
    after_this_request(_forget)


def _name() -> str:
    return "__Host-cart" if current_app.config["SESSION_COOKIE_SECURE"] else "cart"


def _signer() -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt="cart")


def _carried() -> UUID | None:
    """The cart that the cookie names, if we have signed it."""
    try:
        return UUID(_signer().unsign(request.cookies.get(_name(), "")).decode())
    except (BadSignature, ValueError):
        return None


def _give(cart_id: UUID, response: Response) -> Response:
    signed = _signer().sign(cart_id.hex).decode()
    response.set_cookie(
        _name(), signed, max_age=MONTH, httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def _forget(response: Response) -> Response:
    response.delete_cookie(
        _name(), httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
    )
    return response
