"""Categories, records, what is known of them, and what makes them."""

from koshelok.finance.models.capture import BankMessage, Receipt, ReceiptKind
from koshelok.finance.models.changes import Change, TransactionVersion
from koshelok.finance.models.imports import Import, ImportRow, ImportStatus
from koshelok.finance.models.learning import KEY_LIMIT, CategoryMemory, CategoryRule
from koshelok.finance.models.records import (
    COMMENT_LIMIT,
    EVER,
    EXTERNAL_LIMIT,
    FIRST_DAY,
    LAST_DAY,
    NAME_LIMIT,
    Category,
    CategoryTotal,
    Grain,
    Transaction,
    Type,
)
from koshelok.finance.models.recurring import Recurrence, Unit

__all__ = [
    "COMMENT_LIMIT",
    "EVER",
    "EXTERNAL_LIMIT",
    "FIRST_DAY",
    "KEY_LIMIT",
    "LAST_DAY",
    "NAME_LIMIT",
    "BankMessage",
    "Category",
    "CategoryMemory",
    "CategoryRule",
    "CategoryTotal",
    "Change",
    "Grain",
    "Import",
    "ImportRow",
    "ImportStatus",
    "Receipt",
    "ReceiptKind",
    "Recurrence",
    "Transaction",
    "TransactionVersion",
    "Type",
    "Unit",
]
