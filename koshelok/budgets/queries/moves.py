"""Money that categories of a month gave each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import case, or_, select

from koshelok.budgets.models import BudgetMove
from koshelok.finance import queries as finance
from koshelok.infra.db import session

AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Move:
    """What a category was given by another, or gave it (below zero)."""

    other: str
    amount: Decimal
    created_at: datetime


def list_moves(workspace_id: int, category_id: int, month: date) -> Sequence[Move]:
    """What was moved to and from a category in a month, the newest first."""
    move, named = BudgetMove, finance.named()
    taken = move.to_id == category_id
    rows = session.execute(
        select(named.c.name, case((taken, move.amount), else_=-move.amount), move.created_at)
        .join(named, named.c.id == case((taken, move.from_id), else_=move.to_id))
        .where(
            move.workspace_id == workspace_id,
            move.month == month,
            or_(taken, move.from_id == category_id),
        )
        .order_by(move.id.desc())
        .limit(AT_MOST)
    )
    return [Move(*row) for row in rows]
