"""What can be done with cards and the money on them."""

from koshelok.wallet.operations.cards import (
    change_status,
    change_status_as_admin,
    expire_cards,
    keep_recording,
    open_card,
    set_recording,
)
from koshelok.wallet.operations.exports import (
    read_filters,
    start_export,
    transfer_row,
    wallet_tables,
)
from koshelok.wallet.operations.leaving import forget_person, keep_money
from koshelok.wallet.operations.purchases import (
    buy,
    pay_out,
    undo_purchase,
)
from koshelok.wallet.operations.quotes import Quote, quote
from koshelok.wallet.operations.saved import (
    delete_saved,
    edit_saved,
    restore_saved,
    save_card,
)
from koshelok.wallet.operations.transfers import Order, Sent, find_made, find_paid, send

__all__ = [
    "forget_person",
    "keep_money",
    "Order",
    "Quote",
    "Sent",
    "buy",
    "change_status",
    "change_status_as_admin",
    "delete_saved",
    "edit_saved",
    "expire_cards",
    "find_made",
    "find_paid",
    "keep_recording",
    "open_card",
    "pay_out",
    "quote",
    "read_filters",
    "restore_saved",
    "save_card",
    "send",
    "set_recording",
    "start_export",
    "transfer_row",
    "undo_purchase",
    "wallet_tables",
]
