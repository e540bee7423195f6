"""The caller's cart over JSON."""

from flask import Response

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.api.blueprint import api
from koshelok.shop.schemas import CartItemIn, CartItemPatch, CartItemPath, CartOut, cart_out
from koshelok.web import access
from koshelok.web.api import WRITE, answers, create_once, no_content, ok
from koshelok.web.auth import current_actor


@api.get("/shop/cart", summary="Show my cart",
         responses=answers({200: CartOut}, errors=(401,)))  # fmt: skip
@access.signed_in
def show_cart() -> Response:
    """With today's prices. `old_price` is what was agreed to, where it has changed since: a PATCH
    of the line agrees to today's."""
    cart_id = queries.find_cart_id(user_id=current_actor().id, cart_id=None)
    return ok(cart_out(queries.get_cart(cart_id)))


@api.post("/shop/cart", summary="Put into my cart",
          responses=answers({201: CartOut}, errors=WRITE))  # fmt: skip
@access.signed_in
def create_cart_item(body: CartItemIn) -> Response:
    """To the pieces already there; answers the whole cart. More than is left: 409 `out_of_stock`
    tells in `lines` how many are."""

    def produce() -> Response:
        cart_id = operations.open_cart(user_id=current_actor().id)
        item_id = operations.add_item(
            cart_id=cart_id, product_id=body.product, quantity=body.quantity
        )
        cart = cart_out(queries.get_cart(cart_id))
        return ok(cart, 201, location=f"/api/v1/shop/cart/{item_id}")

    return create_once(produce)


@api.patch("/shop/cart/<int:item>", summary="Change a line of my cart",
           responses=answers({200: CartOut}, errors=WRITE))  # fmt: skip
@access.signed_in
def update_cart_item(path: CartItemPath, body: CartItemPatch) -> Response:
    """How many pieces it has, at today's price; answers the whole cart."""
    with unit_of_work():
        cart_id = operations.open_cart(user_id=current_actor().id)
        operations.change_item(
            cart_id=cart_id, item_id=path.item, quantity=body.quantity, agree=True
        )
        return ok(cart_out(queries.get_cart(cart_id)))


@api.delete("/shop/cart/<int:item>", summary="Take a line out of my cart",
            responses=answers({204: None}, errors=(401, 404, 422)))  # fmt: skip
@access.signed_in
def delete_cart_item(path: CartItemPath) -> Response:
    """The other lines stay."""
    with unit_of_work():
        cart_id = operations.open_cart(user_id=current_actor().id)
        operations.remove_item(cart_id=cart_id, item_id=path.item)
        return no_content()
