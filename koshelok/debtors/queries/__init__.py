"""Reads of the debtors' book; every one names the workspace or a row got through it."""

from koshelok.debtors.queries.cached import as_cached, get_cached, get_version, list_cached
from koshelok.debtors.queries.entries import (
    DebtView,
    Part,
    PaymentView,
    find_debt_by_client,
    find_payment_by_client,
    get_debt,
    get_payment,
    list_open_debts,
    list_parts,
    select_debts,
    select_payments,
    with_debt_parts,
    with_payment_parts,
)
from koshelok.debtors.queries.people import (
    Person,
    find_book,
    find_by_client,
    find_by_phone,
    get_debtor,
    get_person,
    select_people,
)

__all__ = [
    "DebtView",
    "Part",
    "PaymentView",
    "Person",
    "as_cached",
    "find_book",
    "find_by_client",
    "find_by_phone",
    "find_debt_by_client",
    "find_payment_by_client",
    "get_cached",
    "get_debt",
    "get_debtor",
    "get_payment",
    "get_person",
    "get_version",
    "list_cached",
    "list_open_debts",
    "list_parts",
    "select_debts",
    "select_payments",
    "select_people",
    "with_debt_parts",
    "with_payment_parts",
]
