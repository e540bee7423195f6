"""Spans of days that summaries speak of: a day, a week from Monday, a month, a year, or any."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from koshelok.finance.errors import DateMissing, DatesReversed, DayOutOfRange
from koshelok.finance.models import FIRST_DAY, LAST_DAY

ONE_DAY = timedelta(days=1)
MAX_DAYS_BY_DAY = 62


class Kind(StrEnum):
    """The periods that have a page and an API call."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    @property
    def by_day(self) -> bool:
        """Whether it is short enough to be drawn day by day; a longer one is drawn by month."""
        return self.days <= MAX_DAYS_BY_DAY


def check_day(day: date, field: str = "date") -> date:
    """The day, if records may bear it; raises DayOutOfRange."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DayOutOfRange(field=field)
    return day


def month_start(day: date, first: int = 1) -> date:
    """The first day of its month, where months begin on the day `first` (1 to 28)."""
    return month_of(day, first).replace(day=first)


def month_end(day: date, first: int = 1) -> date:
    """The last day of its month."""
    month = month_of(day, first)
    return month.replace(day=monthrange(month.year, month.month)[1]) + (first - 1) * ONE_DAY


def month_of(day: date, first: int = 1) -> date:
    """The month that holds a day, as the 1st of the calendar month in which it begins: with
    `first` 25, the 24th of December is of November."""
    return (day - (first - 1) * ONE_DAY).replace(day=1)


def month_span(month: date, first: int = 1) -> Span:
    """The days of a month that is named by its 1st."""
    start = month.replace(day=first)
    return Span(start, month_end(start, first))


def months_before(day: date, months: int) -> date:
    """The first of the month so many months before its own."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def span_of(kind: Kind, day: date, first: int = 1) -> Span:
    """The period of this kind that holds a day; `first` is the day that months begin on."""
    if kind is Kind.DAILY:
        return Span(day, day)
    if kind is Kind.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return Span(monday, monday + timedelta(days=6))
    if kind is Kind.MONTHLY:
        return Span(month_start(day, first), month_end(day, first))
    return Span(date(day.year, 1, 1), date(day.year, 12, 31))


def asked_span(
    kind: Kind, start: date | None, end: date | None, today: date, first: int = 1
) -> Span:
    """The asked days, or the current period; raises DateMissing, DatesReversed, DayOutOfRange."""
    if start is None and end is None:
        return span_of(kind, today, first)
    if start is None or end is None:
        raise DateMissing(field="start_date" if start is None else "end_date")
    check_day(start, "start_date")
    check_day(end, "end_date")
    if end < start:
        raise DatesReversed
    return Span(start, end)


def is_whole(kind: Kind, span: Span, first: int = 1) -> bool:
    """Whether the span is exactly one period of its kind, not a custom range."""
    return span_of(kind, span.start, first) == span


def preceding(kind: Kind, span: Span, first: int = 1) -> Span:
    """The period before; of a custom range, as many days before it."""
    if is_whole(kind, span, first):
        return span_of(kind, span.start - ONE_DAY, first)
    return Span(span.start - span.days * ONE_DAY, span.start - ONE_DAY)


def following(kind: Kind, span: Span, first: int = 1) -> Span:
    """The period after; of a custom range, as many days after it."""
    if is_whole(kind, span, first):
        return span_of(kind, span.end + ONE_DAY, first)
    return Span(span.end + ONE_DAY, span.end + span.days * ONE_DAY)


def same_days_last_month(today: date, first: int = 1) -> tuple[Span, Span]:
    """This month up to today, and as much of the month before (all of it if it is shorter)."""
    this = Span(month_start(today, first), today)
    last = month_span(months_before(month_of(today, first), 1), first)
    return this, Span(last.start, min(last.start + (this.days - 1) * ONE_DAY, last.end))
