"""What comes again: what is due, what is ahead, and what among the newest records looks like it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from koshelok.core.errors import NotFound
from koshelok.finance.forecast import Forecast, foresee
from koshelok.finance.models import Category, Grain, Recurrence, Transaction, Type
from koshelok.finance.periods import ONE_DAY, Span
from koshelok.finance.queries.totals import list_points
from koshelok.finance.queries.transactions import Record, select_records
from koshelok.finance.rhythm import Rhythm, Seen, find_patterns
from koshelok.infra.db import session

MAX_RECURRENCES = 200
SCAN = 1000  # of the newest records is looked for what comes again
AHEAD = 30


@dataclass(frozen=True, slots=True)
class Expected:
    """A recurring record as lists show it."""

    id: int
    category: int
    category_name: str
    code: str | None
    type: str
    amount: Decimal
    comment: str
    unit: str
    every: int
    starts_on: date
    ends_on: date | None
    next_on: date | None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.comment or self.category_name

    @property
    def signed(self) -> Decimal:
        """What it does to the balance."""
        return -self.amount if self.type == Type.EXPENSE else self.amount

    @property
    def rhythm(self) -> Rhythm:
        """When it comes."""
        return Rhythm(self.unit, self.every, self.starts_on, self.ends_on)

    def due(self, today: date) -> int:
        """How many of its days wait to be confirmed or skipped."""
        return self.rhythm.count(self.next_on, today) if self.next_on else 0

    def moves(self, today: date, end: date) -> Iterator[tuple[date, Decimal]]:
        """What it does to the balance on which day; all that is due, today."""
        if self.next_on:
            yield today, self.signed * self.due(today)
            for day in self.rhythm.between(max(self.next_on, today + ONE_DAY), end):
                yield day, self.signed


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Three records alike, the newest of them, and how they would come again."""

    record: Record
    rhythm: Rhythm
    next_on: date


@dataclass(frozen=True, slots=True)
class Outlook:
    """What waits for an answer, all that is expected, and the balance it leads to."""

    due: Sequence[Expected]
    every: Sequence[Expected]
    forecast: Forecast


def get_recurrence(workspace_id: int, recurrence_id: int, *, lock: bool = False) -> Recurrence:
    """One that was not stopped; raises NotFound."""
    query = select(Recurrence).where(
        Recurrence.id == recurrence_id,
        Recurrence.workspace_id == workspace_id,
        Recurrence.stopped_at.is_(None),
    )
    query = query.with_for_update().execution_options(populate_existing=True) if lock else query
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def find_open_day(recurrence_id: int, rhythm: Rhythm, day: date) -> date | None:
    """The first occurrence from a day on that no record stands for yet."""
    recorded = set(
        session.scalars(
            select(Transaction.occurs_on).where(
                Transaction.recurrence_id == recurrence_id,
                Transaction.occurs_on >= day,
                Transaction.deleted_at.is_(None),
            )
        )
    )
    found = rhythm.first_from(day)
    while found and found in recorded:
        found = rhythm.after(found)
    return found


def list_recurrences(workspace_id: int) -> list[Expected]:
    """Those that were not stopped, the next first and the ended last."""
    rows: Iterable[Any] = session.execute(
        select(
            Recurrence.id, Recurrence.category_id, Category.name, Category.code, Recurrence.type,
            Recurrence.amount, Recurrence.comment, Recurrence.unit, Recurrence.every,
            Recurrence.starts_on, Recurrence.ends_on, Recurrence.next_on,
        )
        .join(Category, Category.id == Recurrence.category_id)
        .where(Recurrence.workspace_id == workspace_id, Recurrence.stopped_at.is_(None))
        .order_by(Recurrence.next_on.nulls_last(), Recurrence.id)
        .limit(MAX_RECURRENCES)
    )  # fmt: skip
    return [Expected(*row) for row in rows]


def get_outlook(workspace_id: int, today: date, balance: Decimal, days: int = AHEAD) -> Outlook:
    """What is expected of some days ahead, from the balance of today."""
    every = list_recurrences(workspace_id)
    end = today + days * ONE_DAY
    sums = (move for item in every for move in item.moves(today, end))
    return Outlook(
        due=[item for item in every if item.next_on and item.next_on <= today],
        every=every,
        forecast=foresee(balance, today, days, sums),
    )


def list_balances(
    workspace_id: int, balance: Decimal, today: date, days: int
) -> list[tuple[date, Decimal]]:
    """The balance at the end of each of the days before today, from what it is today."""
    points = list_points(workspace_id, Span(today - (days - 1) * ONE_DAY, today), Grain.DAY)
    found = []
    for point in reversed(points):
        balance -= point.sums.balance
        found.append((point.start - ONE_DAY, balance))
    return found[::-1]


# Of the newest records those with a note that others of their category have too, unless somebody
# has said already that they come again, or that they do not. A note's key is dear: once for each.
_SEEN = text("""
    WITH newest AS MATERIALIZED (
        SELECT id, category_id, amount, comment, date, transfer_id, split_id, recurrence_id
        FROM transactions
        WHERE workspace_id = :workspace_id AND deleted_at IS NULL AND date <= :today
        ORDER BY date DESC, id DESC
        LIMIT :scan
    ), note AS MATERIALIZED (
        SELECT comment, (note_keys(comment))[1] AS key
        FROM (SELECT DISTINCT comment FROM newest WHERE comment <> '') AS distinct_notes
    ), counted AS (
        SELECT id, category_id, key, amount, date,
            count(*) OVER (PARTITION BY category_id, key) AS times
        FROM newest JOIN note USING (comment)
        WHERE transfer_id IS NULL AND split_id IS NULL AND recurrence_id IS NULL
    )
    SELECT id, category_id, key, amount, date
    FROM counted
    WHERE times >= 3 AND key IS NOT NULL AND NOT EXISTS (
        SELECT FROM recurrences AS recurrence
        WHERE recurrence.workspace_id = :workspace_id
          AND recurrence.category_id = counted.category_id
          AND (note_keys(recurrence.comment))[1] = counted.key
    )
    ORDER BY date DESC, id DESC
""")


def list_suggestions(workspace_id: int, today: date, limit: int = 5) -> list[Suggestion]:
    """What looks as if it came again, the soonest first; what was declined stays so."""
    rows = session.execute(
        _SEEN, {"workspace_id": workspace_id, "today": today, "scan": SCAN}
    ).all()
    patterns = sorted(
        find_patterns([Seen(*row) for row in rows], today), key=lambda found: found.next_on
    )[:limit]
    records = _records(workspace_id, [pattern.record for pattern in patterns])
    return [
        Suggestion(records[pattern.record], pattern.rhythm, pattern.next_on) for pattern in patterns
    ]


def _records(workspace_id: int, ids: Sequence[int]) -> dict[int, Record]:
    query = select_records().where(
        Transaction.workspace_id == workspace_id, Transaction.id.in_(ids)
    )
    return {row[0]: Record(*row) for row in session.execute(query)} if ids else {}


def find_suggestion(workspace_id: int, today: date, record_id: int) -> Suggestion:
    """The suggestion that a record ends; raises NotFound once it is none any more."""
    for found in list_suggestions(workspace_id, today, limit=SCAN):
        if found.record.id == record_id:
            return found
    raise NotFound
