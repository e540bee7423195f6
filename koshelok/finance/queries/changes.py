"""Reads of what was changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Exists, exists, select

from koshelok.core.errors import NotFound
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.finance.models import Change, TransactionVersion
from koshelok.infra.db import session


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A step as the history shows it."""

    id: int
    kind: str
    count: int
    details: dict[str, Any]
    actor_id: int | None
    created_at: datetime
    undone_at: datetime | None


def get_change(workspace_id: int, change_id: int, *, lock: bool = False) -> Change:
    """One step; raises NotFound."""
    query = select(Change).filter_by(id=change_id, workspace_id=workspace_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def may_come_back_to(category_id: int) -> Exists:
    """Whether Undo or Redo may bring a record to a category, though none is in it."""
    return exists().where(TransactionVersion.category_id == category_id)


def list_changes(workspace_id: int, *, limit: int, cursor: str | None = None) -> Page[ChangeRow]:
    """What was changed here, the newest first."""
    query = select(
        Change.id, Change.kind, Change.count, Change.details, Change.actor_id,
        Change.created_at, Change.undone_at,
    ).where(Change.workspace_id == workspace_id)  # fmt: skip
    if cursor:
        (before,) = decode_cursor(cursor, int)
        query = query.where(Change.id < before)
    found: Sequence[Any] = session.execute(query.order_by(Change.id.desc()).limit(limit + 1)).all()
    rows = [ChangeRow(*row) for row in found[:limit]]
    return Page(rows, encode_cursor(rows[-1].id) if len(found) > limit else None)
