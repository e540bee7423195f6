"""Budgets and expenses over JSON, in the caller's workspace."""

from koshelok.budgets.api.blueprint import api

from koshelok.budgets.api import budgets, expenses  # isort: skip  # they add their routes

__all__ = ["api", "budgets", "expenses"]
