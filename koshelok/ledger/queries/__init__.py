"""Reads of the ledger: balances, transfers, proofs of balances, figures of days.

`ACCOUNTS` and `TRANSFERS` are what the features above join their own rows with.
"""

from koshelok.ledger.queries.balances import (
    ACCOUNTS,
    TRANSFERS,
    ZERO,
    Moved,
    find_by_key,
    find_reversal,
    get_balance,
    get_platform_balance,
    get_transfer,
    list_accounts_with_pending,
    list_balances,
    list_postings,
    moved,
    reversal_of,
    sum_card_balances,
)
from koshelok.ledger.queries.days import DayFigures, list_days, select_figures
from koshelok.ledger.queries.proofs import (
    Proof,
    Totals,
    get_totals,
    list_account_proofs,
    prove_account,
)

__all__ = [
    "ACCOUNTS",
    "TRANSFERS",
    "ZERO",
    "DayFigures",
    "Moved",
    "Proof",
    "Totals",
    "find_by_key",
    "find_reversal",
    "get_balance",
    "get_platform_balance",
    "get_totals",
    "get_transfer",
    "list_account_proofs",
    "list_accounts_with_pending",
    "list_balances",
    "list_days",
    "list_postings",
    "moved",
    "prove_account",
    "reversal_of",
    "select_figures",
    "sum_card_balances",
]
