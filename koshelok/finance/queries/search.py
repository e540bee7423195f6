"""The list of records: newest first, filtered, a page at a time, flat in the number of records.

Workspace, category, type and dates lie along an index in the order of the list. Words and amounts
do not, so they are looked for in bounded steps of one statement: among the newest SCAN records,
which answers for what is common; then, where those say that it is rare, through the index of words,
tags and categories or that of amounts; and what is neither (common words that are rare together)
among as many records more. A page that ends there may be short or empty, and its cursor goes on
from what was looked at, in longer strides. Left to itself the planner would, now and then, walk a
million records in order to find three.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.finance.errors import DatesReversed
from koshelok.finance.models import FIRST_DAY, LAST_DAY
from koshelok.finance.periods import month_start
from koshelok.finance.queries.categories import get_category
from koshelok.finance.queries.filters import Filters
from koshelok.finance.queries.steps import Shape, in_steps, one_stride, plainly, records
from koshelok.finance.queries.transactions import Record
from koshelok.infra.db import session

SCAN, RARE = 1500, 2000
STRIDE, FARTHEST = 8, 256_000


def list_transactions(
    workspace_id: int, filters: Filters, *, limit: int, cursor: str | None = None
) -> Page[Record]:
    """A page of records, of a search also a short one before the last; raises NotFound for
    another's category, DatesReversed, BadCursor."""
    shape, values = _understand(workspace_id, filters)
    looked = 0
    if cursor:
        day, id_, looked = decode_cursor(cursor, date, int, int)  # type: ignore[assignment]
        values |= {"day": day, "id": id_}
    goes_on = looked > 0
    stride = min(looked * STRIDE, FARTHEST) if goes_on else SCAN
    values |= {"rows": limit + 1, "stride": stride, "rare": RARE, "enough": RARE * SCAN}
    shape = replace(shape, after=bool(cursor))
    if not shape.is_search:
        return _page(_ask(plainly(shape), values), limit)
    rows = _ask((one_stride if goes_on else in_steps)(shape), values)
    day, id_ = rows[0][-2:]  # where looking stopped before the end of the list
    found = [row[:-2] for row in rows if row[0] is not None]
    return _page(found, limit, encode_cursor(day, id_, stride) if day else None)


def day_before(cursor: str) -> date | None:
    """The day of the last row before a page; None where it was only looked at."""
    day, _, looked = decode_cursor(cursor, date, int, int)
    return None if looked else day  # type: ignore[return-value]  # a date by the line above


def day_reached(page: Page[Record], limit: int) -> date | None:
    """Down to which day a short page looked, where records are left before it."""
    if page.next_cursor is None or len(page.items) >= limit:
        return None
    return decode_cursor(page.next_cursor, date, int, int)[0]  # type: ignore[return-value]


def select_matching(workspace_id: int, filters: Filters) -> Select[int]:
    """The ids of all that a list shows, for a change of them at once; raises as the list does."""
    shape, values = _understand(workspace_id, filters)
    query = select(records.c.id).where(shape.along(), *shape.across(records))
    return query.params(_named(values))


def count_matching(workspace_id: int, filters: Filters, most: int) -> int:
    """How many records a list shows, counted up to one more than `most`."""
    some = select_matching(workspace_id, filters).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _understand(workspace_id: int, filters: Filters) -> tuple[Shape, dict[str, Any]]:
    """Which filters there are, and their values."""
    if filters.category is not None:
        get_category(workspace_id, filters.category)
    if filters.start_date and filters.end_date and filters.end_date < filters.start_date:
        raise DatesReversed
    asked, said = filters.asked, filters.understood()
    values = {
        "category": said.category, "type": said.type, "start": said.start_date,
        "end": said.end_date, "least": said.min_amount, "most": said.max_amount,
        "wanted": asked.wanted or None, "unwanted": asked.unwanted or None,
    }  # fmt: skip
    shape = Shape(**{name: value is not None for name, value in values.items()})
    months = {
        "first_month": month_start(said.start_date or FIRST_DAY),
        "last_month": month_start(said.end_date or LAST_DAY),
    }
    return shape, {**values, **months, "workspace": workspace_id}


def _ask(query: Select[Any], values: Mapping[str, Any]) -> Sequence[Any]:
    return session.execute(query, _named(values)).all()


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"list_{name}": value for name, value in values.items()}


def _page(rows: Sequence[Any], limit: int, stopped: str | None = None) -> Page[Record]:
    """What was found, and the cursor to what follows, or to where looking stopped."""
    found = [Record(*row) for row in rows]
    if len(found) <= limit:
        return Page(found, stopped)
    last = found[limit - 1]
    return Page(found[:limit], encode_cursor(last.date, last.id, 0))
