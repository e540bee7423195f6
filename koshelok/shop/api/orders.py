"""Orders over JSON: a buyer places and cancels them, the shop takes them on."""

from flask import Response

from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import retried
from koshelok.shop import operations, queries
from koshelok.shop.api.blueprint import api, whose
from koshelok.shop.errors import OrderNotFound
from koshelok.shop.operations import Placed
from koshelok.shop.schemas import (
    OrderDetail,
    OrderIn,
    OrderPage,
    OrderPath,
    OrderQuery,
    OrdersOut,
    StatusIn,
    order_detail,
    order_out,
)
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, create_once, ok, replayed, require_key
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.limits import uncounted
from koshelok.web.once import once


@api.get("/shop/orders", summary="List orders",
         responses=answers({200: OrderPage}, errors=READ))  # fmt: skip
@access.signed_in
def list_orders(query: OrderQuery) -> Response:
    """Those that the caller made; with `as=seller` those made in the current workspace's shop."""
    actor_id, selling = current_actor().id, query.as_ == "seller"
    page = queries.list_orders(
        buyer_id=actor_id,
        workspace_id=current_workspace().id if selling else None,
        status=query.status,
        limit=query.limit,
        cursor=query.cursor,
    )
    items = [order_out(order, selling=selling) for order in page.items]
    return ok(OrderPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/shop/orders", summary="Order what is in my cart",
          responses=answers({201: OrdersOut}, errors=WRITE))  # fmt: skip
@uncounted
@access.signed_in
def create_orders(body: OrderIn) -> Response:
    """One order a shop, all or none, once for each Idempotency-Key, which is required and kept
    for ever; the cart is empty then. By `card` the money waits with the platform until the order
    is delivered; on `credit` it is a debt in the shop's book; `cash` is paid on delivery. 409
    `out_of_stock` and `price_changed` tell in `lines` which products."""
    actor_id, wanted = current_actor().id, body.wanted(require_key())

    def find() -> Response | None:
        placed = operations.find_placed(actor_id=actor_id, wanted=wanted)
        return _placed(placed) if placed else None

    def produce() -> Response:
        return _placed(operations.place_orders(actor_id=actor_id, wanted=wanted))

    return once(
        current().limit_orders, "orders", str(actor_id),
        find=find, act=lambda: create_once(produce, required=True),
    )  # fmt: skip


def _placed(placed: Placed) -> Response:
    orders = [order_out(order) for order in placed.orders]
    made = OrdersOut.model_construct(orders=orders)
    return replayed(ok(made, 201, f"/api/v1/shop/orders/{orders[0].id}"), placed.replayed)


@api.get("/shop/orders/<uuid:id>", summary="Show an order",
         responses=answers({200: OrderDetail}, errors=READ))  # fmt: skip
@access.signed_in
def show_order(path: OrderPath) -> Response:
    """With its history; to its buyer, and to members of its shop in that workspace."""
    order = queries.get_order(path.id)
    selling = order.shop == current_workspace().id
    if not selling and order.buyer != current_actor().id:
        raise OrderNotFound
    return ok(order_detail(order, selling=selling))


@api.post("/shop/orders/<uuid:id>/cancel", summary="Cancel my order",
          responses=answers({200: OrderDetail}, errors=(401, 404, 409, 422)))  # fmt: skip
@access.signed_in
def cancel_order(path: OrderPath) -> Response:
    """Until it is shipped: then 409 `illegal_transition`. A card is refunded, a debt voided."""
    actor_id = current_actor().id
    cancelled = retried(lambda: operations.cancel_order(actor_id=actor_id, order_id=path.id))
    return ok(order_detail(cancelled))


@api.patch("/shop/orders/<uuid:id>", summary="Take an order a step further",
           responses=answers({200: OrderDetail}, errors=WRITE))  # fmt: skip
@access.editor
def update_order(path: OrderPath, body: StatusIn) -> Response:
    """By its shop: pending, confirmed, packed, shipped, delivered, returned; cancelled until it
    is shipped. Any other way: 409 `illegal_transition`. A return of what was paid by card needs
    the money on the shop's card: else 409 `seller_short_of_funds`."""
    step = whose() | body.model_dump()
    changed = retried(lambda: operations.change_status(**step, order_id=path.id))
    return ok(order_detail(changed, selling=True))
