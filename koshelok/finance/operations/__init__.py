"""What can be done to a workspace's categories and records; who may is asked at the edge."""

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
from koshelok.finance.operations.transactions import (
    Edited,
    delete_transaction,
    edit_transaction,
    record_transaction,
    restore_transaction,
    undo_edit,
)

__all__ = [
    "Edited",
    "add_default_categories",
    "create_category",
    "delete_transaction",
    "edit_category",
    "edit_transaction",
    "open_shop_category",
    "open_transfer_categories",
    "record_transaction",
    "remove_category",
    "rename_category",
    "restore_category",
    "restore_transaction",
    "undo_edit",
]
