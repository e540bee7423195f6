"""What can be done to a book; who may is asked at the edge.

Each locks its debtor first, so that two cashiers at one person come one after the other.
"""

from koshelok.debtors.operations.books import edit_book
from koshelok.debtors.operations.card_payments import (
    CardPayment,
    find_card_payment,
    pay_by_card,
    quote_payment,
)
from koshelok.debtors.operations.counter import (
    Entry,
    EntryKind,
    Written,
    undo_entry,
    write_entry,
)
from koshelok.debtors.operations.debts import edit_debt, record_debt, void_debt
from koshelok.debtors.operations.disputes import DISPUTE_LIMIT, mark_wrong, resolve_dispute
from koshelok.debtors.operations.links import note_opened, open_link, revoke_link, send_link
from koshelok.debtors.operations.payments import record_payment, void_payment
from koshelok.debtors.operations.people import (
    create_debtor,
    edit_debtor,
    note_promise,
    remove_debtor,
    restore_debtor,
)
from koshelok.debtors.operations.reminders import preview, remind_debtor
from koshelok.debtors.operations.statements import note_statement, read_days, start_statement
from koshelok.debtors.operations.write_offs import undo_write_off, write_off

__all__ = [
    "DISPUTE_LIMIT",
    "CardPayment",
    "Entry",
    "EntryKind",
    "Written",
    "create_debtor",
    "edit_book",
    "edit_debt",
    "edit_debtor",
    "find_card_payment",
    "mark_wrong",
    "note_opened",
    "note_promise",
    "note_statement",
    "open_link",
    "pay_by_card",
    "preview",
    "quote_payment",
    "read_days",
    "record_debt",
    "record_payment",
    "remind_debtor",
    "remove_debtor",
    "resolve_dispute",
    "restore_debtor",
    "revoke_link",
    "send_link",
    "start_statement",
    "undo_entry",
    "undo_write_off",
    "void_debt",
    "void_payment",
    "write_entry",
    "write_off",
]
