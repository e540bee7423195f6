"""When something comes again, and whether what was recorded comes again: arithmetic of days alone.

Months are counted from the first day, not from the last one met: what begins on the 31st comes on
the 28th of February and on the 31st of March again.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from koshelok.finance.models import LAST_DAY, Unit
from koshelok.finance.periods import ONE_DAY

MAX_EVERY = 366
ALIKE = 3
PERCENT = 5  # by which amounts of one thing differ at most
_STEP = {Unit.DAY: 1, Unit.WEEK: 7}
# Days between two occurrences, the least and the most, and what they are called.
_DISTANCES = (
    (6, 8, Unit.WEEK, 1),
    (13, 15, Unit.WEEK, 2),
    (26, 33, Unit.MONTH, 1),
)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every so many days, weeks or months from a first day, up to a last one if there is one."""

    unit: str
    every: int
    starts_on: date
    ends_on: date | None = None

    def nth(self, number: int) -> date | None:
        """The occurrence after so many steps, the first being 0; None beyond the end."""
        if self.unit in _STEP:
            days = number * self.every * _STEP[Unit(self.unit)]
            day = self.starts_on + days * ONE_DAY if days <= self._room else None
        else:
            day = self._month(number * self.every)
        return day if day and day <= (self.ends_on or LAST_DAY) else None

    @property
    def _room(self) -> int:
        return (LAST_DAY - self.starts_on).days

    def _month(self, months: int) -> date | None:
        index = self.starts_on.year * 12 + self.starts_on.month - 1 + months
        year, month = index // 12, index % 12 + 1
        if year > LAST_DAY.year:
            return None
        return date(year, month, min(self.starts_on.day, monthrange(year, month)[1]))

    def _steps_to(self, day: date) -> int:
        """How many steps begin before a day, at most one more or less."""
        if self.unit in _STEP:
            return (day - self.starts_on).days // (self.every * _STEP[Unit(self.unit)])
        months = (day.year - self.starts_on.year) * 12 + day.month - self.starts_on.month
        return months // self.every

    def first_from(self, day: date) -> date | None:
        """The first occurrence on or after a day; None if it has ended before."""
        return self.nth(self._before(day))

    def _before(self, day: date) -> int:
        """How many occurrences are before a day, up to the last."""
        number = max(self._steps_to(day), 0)
        found = self.nth(number)
        return number + 1 if found and found < day else number

    def after(self, day: date) -> date | None:
        """The first occurrence later than a day."""
        return self.first_from(day + ONE_DAY)

    def count(self, start: date, end: date) -> int:
        """How many occurrences there are from one day to another, both included."""
        last = min(end, self.ends_on or LAST_DAY)
        return max(self._before(last + ONE_DAY) - self._before(start), 0)

    def between(self, start: date, end: date) -> Iterator[date]:
        """The occurrences from one day to another, both included."""
        day = self.first_from(start)
        while day and day <= end:
            yield day
            day = self.after(day)


@dataclass(frozen=True, slots=True)
class Seen:
    """A record, as far as it tells of coming again."""

    id: int
    category: int
    key: str
    amount: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class Pattern:
    """Records that come again: the newest of them, and when it is expected next."""

    record: int
    rhythm: Rhythm
    next_on: date


def are_alike(one: Decimal, other: Decimal) -> bool:
    """Whether two amounts differ by 5 % at most."""
    return max(one, other) * 100 <= min(one, other) * (100 + PERCENT)


def find_rhythm(days: Sequence[date]) -> Rhythm | None:
    """The rhythm of days in order, if each distance between them is about the same. Of months, the
    latest day of the month counts: the shorter ones have cut it."""
    gaps = [(later - day).days for day, later in pairwise(days)]
    for least, most, unit, every in _DISTANCES:
        if gaps and all(least <= gap <= most for gap in gaps):
            first = max(days, key=lambda day: day.day) if unit is Unit.MONTH else days[-1]
            return Rhythm(unit, every, first)
    return None


def find_patterns(records: Sequence[Seen], today: date) -> list[Pattern]:
    """What comes again among records, the newest first, and has not stopped: three of one category
    and note, of about one amount, at about one distance."""
    groups: dict[tuple[int, str], list[Seen]] = {}
    for record in records:
        groups.setdefault((record.category, record.key), []).append(record)
    found = (_find_pattern(group, today) for group in groups.values())
    return [pattern for pattern in found if pattern]


def _find_pattern(group: Sequence[Seen], today: date) -> Pattern | None:
    for newest in group[: len(group) - ALIKE + 1][:ALIKE]:
        days = {
            record.day: None
            for record in group
            if record.day <= newest.day and are_alike(record.amount, newest.amount)
        }
        last = sorted(days)[-ALIKE:]
        rhythm = find_rhythm(last) if len(last) == ALIKE else None
        if rhythm and (pattern := _going_on(newest, rhythm, today)):
            return pattern
    return None


def _going_on(newest: Seen, rhythm: Rhythm, today: date) -> Pattern | None:
    """A rhythm that has missed a whole turn is over."""
    next_on = rhythm.after(newest.day)
    if next_on is None or (next_on - newest.day).days < _least(rhythm):
        next_on = rhythm.after(next_on) if next_on else None
    missed = rhythm.after(next_on) if next_on else None
    if next_on is None or (missed and missed <= today):
        return None
    return Pattern(newest.id, rhythm, next_on)


def _least(rhythm: Rhythm) -> int:
    """What is paid a few days early has been paid: the next is not due at once."""
    return next(
        least // 2
        for least, _, unit, every in _DISTANCES
        if (unit, every) == (rhythm.unit, rhythm.every)
    )
