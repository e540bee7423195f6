"""The pages of the shop: /shop, /cart, /checkout, /orders, and the seller's /shop/manage."""

from flask import Blueprint

bp = Blueprint("shop", __name__)

__all__ = ["bp"]
