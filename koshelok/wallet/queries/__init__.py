"""Reads of the wallet."""

from koshelok.wallet.queries.cards import (
    ACTIVE_CARDS,
    CardView,
    End,
    find_open_account,
    find_payout_card,
    find_recording,
    find_total,
    get_card,
    get_ends,
    get_payout_account,
    list_cards,
    select_cards,
)
from koshelok.wallet.queries.names import list_names
from koshelok.wallet.queries.saved import SavedView, get_saved, list_saved
from koshelok.wallet.queries.transfers import (
    TransferFilters,
    TransferView,
    count_transfers,
    get_transfer,
    list_transfers,
)

__all__ = [
    "ACTIVE_CARDS",
    "CardView",
    "End",
    "SavedView",
    "TransferFilters",
    "TransferView",
    "count_transfers",
    "find_open_account",
    "find_payout_card",
    "find_recording",
    "find_total",
    "get_card",
    "get_ends",
    "get_payout_account",
    "get_saved",
    "get_transfer",
    "list_cards",
    "list_names",
    "list_saved",
    "list_transfers",
    "select_cards",
]
