"""The pages of the shop: /shop, /cart, /checkout, /orders, and the seller's /shop/manage."""

from typing import Any

from flask import Blueprint

from koshelok.shop.views import cart, carts, images

bp = Blueprint("shop", __name__)
bp.register_blueprint(images.bp)
bp.register_blueprint(cart.bp)
bp.before_app_request(carts.bring_along)

__all__ = ["bp"]


@bp.context_processor
def _frame() -> dict[str, Any]:
    return {"styles": ("shop.css",), "cart_pieces": carts.cart_pieces}
