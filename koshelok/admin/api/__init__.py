"""Administration over JSON; every call needs the role ADMIN."""

from koshelok.admin.api.blueprint import api

from koshelok.admin.api import cards, house, money, people  # isort: skip  # they add their routes

__all__ = ["api", "cards", "house", "money", "people"]
