"""Days of Tashkent as instants."""

from datetime import date, datetime, timedelta

from koshelok.core.clock import midnight
from koshelok.finance.errors import DatesReversed

ONE_DAY = timedelta(days=1)


def span(start: date | None, end: date | None) -> tuple[datetime | None, datetime | None]:
    """From the beginning of `start` up to the end of `end`, not included; raises DatesReversed."""
    if start and end and end < start:
        raise DatesReversed
    after = None if end is None or end == date.max else midnight(end + ONE_DAY)
    return (midnight(start) if start else None), after
