"""The pages of the shop: /shop, /cart, /checkout, /orders, and the seller's /shop/manage."""

from typing import Any

from flask import Blueprint

from koshelok.shop.steps import HAPPENED, ICONS, KINDS
from koshelok.shop.views import (
    cart,
    carts,
    catalogue,
    checkout,
    customers,
    images,
    manage,
    orders,
    products,
    reviews,
    sales,
    settings,
    stock,
)
from koshelok.shop.views.sections import SECTIONS
from koshelok.shop.words import PAYMENTS, STATUSES

bp = Blueprint("shop", __name__)
bp.register_blueprint(images.bp)
bp.register_blueprint(catalogue.bp)
bp.register_blueprint(cart.bp)
bp.register_blueprint(checkout.bp)
bp.register_blueprint(orders.bp)
bp.register_blueprint(reviews.bp)
bp.register_blueprint(manage.bp)
bp.register_blueprint(sales.bp)
bp.register_blueprint(products.bp)
bp.register_blueprint(stock.bp)
bp.register_blueprint(customers.bp)
bp.register_blueprint(settings.bp)
bp.before_app_request(carts.bring_along)

__all__ = ["bp"]


@bp.context_processor
def _frame() -> dict[str, Any]:
    return {
        "styles": ("shop.css",),
        "cart_pieces": carts.cart_pieces,
        "category_icons": catalogue.ICONS,
        "seller_sections": SECTIONS,
        "statuses": STATUSES,
        "status_icons": ICONS,
        "status_kinds": KINDS,
        "happened": HAPPENED,
        "payment_words": PAYMENTS,
    }
