"""The debtors' book over JSON."""

from koshelok.debtors.api.blueprint import api

__all__ = ["api"]
