"""Finance over JSON, in the caller's workspace."""

from koshelok.finance.api.blueprint import api

from koshelok.finance.api import categories, reports, transactions  # isort: skip  # they add their routes

__all__ = ["api", "categories", "reports", "transactions"]
