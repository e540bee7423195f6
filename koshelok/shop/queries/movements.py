"""What came to the shelf and left it: a product's movements with who, when and for which order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.identity.queries import CONTACTS
from koshelok.infra.db import session
from koshelok.shop.models import Order, StockMovement


@dataclass(frozen=True, slots=True)
class MovementView:
    """Pieces that came (+) or left (−); without a name it was an order's way or the clock's."""

    id: int
    kind: str
    quantity: int
    note: str
    order: UUID | None
    number: int | None
    actor: str
    created_at: datetime


def list_movements(
    workspace_id: int, product_id: int, *, limit: int, cursor: str | None = None
) -> Page[MovementView]:
    """A page of a product's movements, the newest first; raises BadCursor."""
    where = [StockMovement.product_id == product_id, StockMovement.workspace_id == workspace_id]
    if cursor:
        where.append(StockMovement.id < decode_cursor(cursor, int)[0])
    rows = session.execute(
        select(
            StockMovement.id,
            StockMovement.kind,
            StockMovement.quantity,
            StockMovement.note,
            StockMovement.order_id,
            Order.number,
            CONTACTS.c.full_name,
            StockMovement.created_at,
        )
        .outerjoin(Order, Order.id == StockMovement.order_id)
        .outerjoin(CONTACTS, CONTACTS.c.id == StockMovement.actor_id)
        .where(*where)
        .order_by(StockMovement.id.desc())
        .limit(limit + 1)
    )
    found = [
        MovementView(id_, kind, quantity, note, order, number, actor or "", at)
        for id_, kind, quantity, note, order, number, actor, at in rows
    ]
    more, found = len(found) > limit, found[:limit]
    return Page(found, encode_cursor(found[-1].id) if more else None)
