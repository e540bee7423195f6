"""Reads of the wallet."""

from koshelok.wallet.queries.cards import (
    CardView,
    End,
    get_card,
    get_ends,
    list_cards,
    select_cards,
)

__all__ = ["CardView", "End", "get_card", "get_ends", "list_cards", "select_cards"]
