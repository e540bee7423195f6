"""What can be done to a workspace's categories and records; who may is asked at the edge."""

from koshelok.finance.operations.bulk import delete_transactions, recategorise
from koshelok.finance.operations.categories import (
    add_default_categories,
    create_category,
    edit_category,
    open_shop_category,
    open_transfer_categories,
    remove_category,
    rename_category,
    restore_category,
)
from koshelok.finance.operations.changes import (
    TRACKED,
    WAYS_BACK,
    note_change,
    redo_change,
    tracked,
    undo_change,
)
from koshelok.finance.operations.entries import undo_entry
from koshelok.finance.operations.learning import note_correction
from koshelok.finance.operations.splits import Part, record_split, split_transaction
from koshelok.finance.operations.transactions import (
    Edited,
    delete_transaction,
    edit_transaction,
    record_transaction,
    restore_transaction,
)

__all__ = [
    "TRACKED",
    "WAYS_BACK",
    "Edited",
    "Part",
    "add_default_categories",
    "create_category",
    "delete_transaction",
    "delete_transactions",
    "edit_category",
    "edit_transaction",
    "open_shop_category",
    "note_change",
    "note_correction",
    "open_transfer_categories",
    "recategorise",
    "record_split",
    "record_transaction",
    "redo_change",
    "remove_category",
    "rename_category",
    "restore_category",
    "restore_transaction",
    "split_transaction",
    "tracked",
    "undo_change",
    "undo_entry",
]
