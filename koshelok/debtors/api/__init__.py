"""The debtors' book over JSON: people, debts, payments."""

from koshelok.debtors.api.blueprint import api

from koshelok.debtors.api import debts, payments, people, statement  # isort: skip  # they add their routes

__all__ = ["api", "debts", "payments", "people", "statement"]
