"""The shop over JSON: products, reviews, the cart, orders, customers."""

from koshelok.shop.api.blueprint import api

from koshelok.shop.api import carts, customers, images, orders, products, reviews  # isort: skip  # they add their routes

__all__ = ["api", "carts", "customers", "images", "orders", "products", "reviews"]
