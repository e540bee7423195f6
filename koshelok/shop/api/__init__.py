"""The shop over JSON: products, reviews, the cart, orders, customers."""

from koshelok.shop.api.blueprint import api

__all__ = ["api"]
