"""Tables of the debtors' book. What may not happen is refused by sql/book.sql."""

from koshelok.debtors.models.book import (
    DESCRIPTION_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    REASON_LIMIT,
    Book,
    Debt,
    Debtor,
    Method,
    Payment,
    Status,
)
from koshelok.debtors.models.cover import Allocation, Due, Kind
from koshelok.debtors.models.imports import Import, ImportStatus
from koshelok.debtors.models.outreach import IS_REMINDER, Dispute, Link, Occasion, Reminder

__all__ = [
    "IS_REMINDER",
    "DESCRIPTION_LIMIT",
    "NAME_LIMIT",
    "NOTE_LIMIT",
    "REASON_LIMIT",
    "Allocation",
    "Book",
    "Debt",
    "Debtor",
    "Dispute",
    "Due",
    "Import",
    "ImportStatus",
    "Kind",
    "Link",
    "Method",
    "Occasion",
    "Payment",
    "Reminder",
    "Status",
]
