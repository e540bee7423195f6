"""The wallet over JSON: cards, transfers, saved cards of the caller."""

from koshelok.wallet.api.blueprint import api

from koshelok.wallet.api import cards, exports, saved, transfers  # isort: skip  # they add their routes

__all__ = ["api", "cards", "exports", "saved", "transfers"]
