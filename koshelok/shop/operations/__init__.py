"""What can be done with a shelf, a cart and an order; who may is asked at the edge."""

from koshelok.shop.operations.carts import (
    accept_prices,
    add_item,
    change_item,
    merge_cart,
    open_cart,
    remove_item,
)
from koshelok.shop.operations.catalogue import (
    archive_product,
    create_product,
    edit_product,
    restore_product,
)
from koshelok.shop.operations.checkout import (
    Placed,
    Wanted,
    find_placed,
    place_orders,
)
from koshelok.shop.operations.customers import approve_customer, set_credit
from koshelok.shop.operations.holds import hold_cart
from koshelok.shop.operations.images import (
    add_image,
    add_images,
    forget_orphans,
    move_image,
    remove_image,
)
from koshelok.shop.operations.leaving import forget_person, keep_open_orders
from koshelok.shop.operations.orders import cancel_order, change_status, expire_order
from koshelok.shop.operations.reviews import (
    edit_review,
    hide_review,
    reply_to_review,
    review_product,
    show_review,
)
from koshelok.shop.operations.shops import edit_shop
from koshelok.shop.operations.stock import count_stock, move_stock

__all__ = [
    "forget_person",
    "keep_open_orders",
    "Placed",
    "Wanted",
    "accept_prices",
    "add_image",
    "add_images",
    "add_item",
    "approve_customer",
    "archive_product",
    "cancel_order",
    "change_item",
    "change_status",
    "count_stock",
    "create_product",
    "edit_product",
    "edit_review",
    "edit_shop",
    "expire_order",
    "find_placed",
    "forget_orphans",
    "hide_review",
    "hold_cart",
    "merge_cart",
    "move_image",
    "move_stock",
    "open_cart",
    "place_orders",
    "remove_image",
    "remove_item",
    "reply_to_review",
    "restore_product",
    "review_product",
    "set_credit",
    "show_review",
]
