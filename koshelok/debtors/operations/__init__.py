"""What can be done to a book; who may is asked at the edge.

Each locks its debtor first, so that two cashiers at one person come one after the other.
"""

from koshelok.debtors.operations.debts import edit_debt, record_debt, void_debt
from koshelok.debtors.operations.payments import record_payment, void_payment
from koshelok.debtors.operations.people import (
    create_debtor,
    edit_debtor,
    note_promise,
    remove_debtor,
    restore_debtor,
)
from koshelok.debtors.operations.write_offs import undo_write_off, write_off

__all__ = [
    "create_debtor",
    "edit_debt",
    "edit_debtor",
    "note_promise",
    "record_debt",
    "record_payment",
    "remove_debtor",
    "restore_debtor",
    "undo_write_off",
    "void_debt",
    "void_payment",
    "write_off",
]
