"""The history with the names of those who made it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from koshelok.admin.queries.people import find_ids
from koshelok.audit.queries import EventFilters, list_events
from koshelok.core.page import Page
from koshelok.wallet.queries.days import span

if TYPE_CHECKING:
    from koshelok.audit.models import AuditEvent


@dataclass(frozen=True, slots=True)
class HistoryFilters:
    """What the history is narrowed to; days are Tashkent's, both included."""

    actor: str | None = None
    action: str | None = None
    start_date: date | None = None
    end_date: date | None = None


def list_history(
    filters: HistoryFilters, *, limit: int, cursor: str | None = None
) -> Page[AuditEvent]:
    """What was done, the latest first; raises DatesReversed, BadCursor."""
    start, end = span(filters.start_date, filters.end_date)
    actors = find_ids(filters.actor) if filters.actor else None
    asked = EventFilters(actors, filters.action or None, start, end)
    return list_events(asked, limit=limit, cursor=cursor)
