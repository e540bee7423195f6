"""What can be done with cards and the money on them."""

from koshelok.wallet.operations.cards import (
    change_status,
    change_status_as_admin,
    expire_cards,
    open_card,
    set_recording,
)
from koshelok.wallet.operations.transfers import Order, find_made, needs_proof, send

__all__ = [
    "Order",
    "change_status",
    "change_status_as_admin",
    "expire_cards",
    "find_made",
    "needs_proof",
    "open_card",
    "send",
    "set_recording",
]
