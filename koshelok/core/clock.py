"""The one source of time: aware UTC instants, and days cut in a workspace's zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

TASHKENT = "Asia/Tashkent"


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str = TASHKENT) -> date:
    """Today's date as people in `zone` (an IANA name) see it."""
    return now().astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str = TASHKENT) -> datetime:
    """The instant at which a day begins in `zone`."""
    return datetime.combine(day, time.min, ZoneInfo(zone))
