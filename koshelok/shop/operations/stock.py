"""What comes to the shelf and leaves it by a seller's hand; what orders move is in orders.py."""

from koshelok.core.text import clean
from koshelok.infra.db import session
from koshelok.shop.errors import BelowReserved, TooMuchStock
from koshelok.shop.models import NOTE_LIMIT, STOCK_LIMIT, MovementKind, StockMovement
from koshelok.shop.queries import get_product_row


def move_stock(
    *,
    actor_id: int,
    workspace_id: int,
    product_id: int,
    kind: str,
    quantity: int,
    note: str = "",
) -> None:
    """Write down pieces that came (+) or left (−), by counting, buying in or breaking.

    Raises ProductNotFound, BelowReserved, TooMuchStock, Invalid.
    """
    product = get_product_row(workspace_id, product_id, lock=True)
    after = product.on_hand + quantity
    if after < product.reserved:
        raise BelowReserved(reserved=product.reserved)
    if after > STOCK_LIMIT:
        raise TooMuchStock(limit=STOCK_LIMIT)
    session.add(
        StockMovement(
            workspace_id=workspace_id,
            product_id=product_id,
            kind=MovementKind(kind),
            quantity=quantity,
            note=clean(note, limit=NOTE_LIMIT, field="note"),
            actor_id=actor_id,
        )
    )
    session.flush()
    session.expire(product)


def count_stock(
    *, actor_id: int, workspace_id: int, product_id: int, counted: int, note: str = ""
) -> None:
    """Correct the shelf to what was counted on it; raises as move_stock."""
    product = get_product_row(workspace_id, product_id, lock=True)
    if counted < 0:
        raise BelowReserved(reserved=product.reserved)
    if counted != product.on_hand:
        move_stock(
            actor_id=actor_id,
            workspace_id=workspace_id,
            product_id=product_id,
            kind=MovementKind.CORRECTED,
            quantity=counted - product.on_hand,
            note=note,
        )
