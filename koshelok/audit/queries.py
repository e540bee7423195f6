"""Reading the history."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_

from koshelok.audit.models import AuditEvent
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.infra.db import session


@dataclass(frozen=True, slots=True)
class EventFilters:
    """What the history is narrowed to; None is no limit. `end` is not included."""

    actor_ids: Collection[int] | None = None
    action: str | None = None
    start: datetime | None = None
    end: datetime | None = None


def list_events(
    filters: EventFilters, *, limit: int, cursor: str | None = None
) -> Page[AuditEvent]:
    """What was done, the latest first; raises BadCursor."""
    columns = AuditEvent
    query = select(AuditEvent).order_by(columns.at.desc(), columns.id.desc()).limit(limit + 1)
    if filters.actor_ids is not None:
        query = query.where(columns.actor_id.in_(filters.actor_ids))
    if filters.action is not None:
        query = query.where(columns.action == filters.action)
    if filters.start is not None:
        query = query.where(columns.at >= filters.start)
    if filters.end is not None:
        query = query.where(columns.at < filters.end)
    if cursor:
        query = query.where(
            tuple_(columns.at, columns.id) < tuple_(*decode_cursor(cursor, datetime, int))
        )
    rows = session.scalars(query).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encode_cursor(last.at, last.id) if last else None)
