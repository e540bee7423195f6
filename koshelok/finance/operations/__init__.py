"""What can be done to a workspace's categories and records; who may is asked at the edge."""

from koshelok.finance.operations.bulk import (
    delete_transactions,
    recategorise,
    restore_transactions,
)
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

from koshelok.finance.operations import import_reverts  # isort: skip  # it adds its way back
from koshelok.finance.operations.learning import note_correction
from koshelok.finance.operations.occurrences import confirm_occurrence, skip_occurrence
from koshelok.finance.operations.receipts import (
    Brought,
    attach_receipt,
    attach_receipts,
    drop_receipt_files,
    forget_receipts,
    remove_receipt,
)
from koshelok.finance.operations.recurring import (
    accept_suggestion,
    decline_suggestion,
    edit_recurrence,
    make_recurrence,
    stop_recurrence,
)
from koshelok.finance.operations.rules import accept_rule, decline_rule, delete_rule
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
    "Brought",
    "Edited",
    "Part",
    "accept_rule",
    "accept_suggestion",
    "add_default_categories",
    "attach_receipt",
    "attach_receipts",
    "confirm_occurrence",
    "create_category",
    "decline_rule",
    "decline_suggestion",
    "delete_rule",
    "delete_transaction",
    "delete_transactions",
    "drop_receipt_files",
    "edit_category",
    "edit_recurrence",
    "edit_transaction",
    "forget_receipts",
    "make_recurrence",
    "note_change",
    "note_correction",
    "open_shop_category",
    "open_transfer_categories",
    "recategorise",
    "record_split",
    "record_transaction",
    "redo_change",
    "remove_category",
    "remove_receipt",
    "rename_category",
    "restore_category",
    "restore_transaction",
    "restore_transactions",
    "skip_occurrence",
    "split_transaction",
    "stop_recurrence",
    "tracked",
    "import_reverts",
    "undo_change",
    "undo_entry",
]
