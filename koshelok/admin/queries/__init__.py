"""Reads across features, for administrators."""

from koshelok.admin.queries.cards import (
    CardFilters,
    get_card,
    list_cards,
    list_proofs,
    prove_card,
)
from koshelok.admin.queries.figures import Figures, get_figures
from koshelok.admin.queries.history import HistoryFilters, list_history
from koshelok.admin.queries.people import QUERY_LIMIT, list_people
from koshelok.admin.queries.transfers import (
    Detail,
    Ends,
    TransferFilters,
    get_transfer,
    list_ends,
    list_transfers,
)
from koshelok.admin.queries.verification import Verified, verify_ledger

__all__ = [
    "QUERY_LIMIT",
    "CardFilters",
    "Detail",
    "Ends",
    "Figures",
    "HistoryFilters",
    "TransferFilters",
    "Verified",
    "get_card",
    "get_figures",
    "get_transfer",
    "list_cards",
    "list_ends",
    "list_history",
    "list_people",
    "list_proofs",
    "list_transfers",
    "prove_card",
    "verify_ledger",
]
