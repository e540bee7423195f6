"""How late a debt is: one rule for the page, the statement and the API.

A debt ages from `aged_from` (its due date, else the day on which it was taken); days are
calendar days in Asia/Tashkent. Each debt is in exactly one bucket, so that the buckets always
sum to what is open.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum


class Bucket(StrEnum):
    """How many days late, both ends included; the names stand in addresses."""

    NOT_DUE = "not_due"
    UP_TO_30 = "0-30"
    UP_TO_60 = "31-60"
    UP_TO_90 = "61-90"
    OVER_90 = "over-90"


_LAST_DAY_LATE = {Bucket.NOT_DUE: -1, Bucket.UP_TO_30: 30, Bucket.UP_TO_60: 60, Bucket.UP_TO_90: 90}

Ageing = dict[Bucket, Decimal]


def bucket_of(aged_from: date, today: date) -> Bucket:
    """The bucket of a debt that is late from `aged_from` on."""
    late = days_late(aged_from, today)
    return next((bucket for bucket, last in _LAST_DAY_LATE.items() if late <= last), Bucket.OVER_90)


def days_late(aged_from: date, today: date) -> int:
    """How many days have gone since it should have been paid; below 0, how many are left."""
    return (today - aged_from).days


def days_of(bucket: Bucket, today: date) -> tuple[date, date]:
    """The first and the last day from which a debt of this bucket is late."""
    buckets = list(Bucket)
    place = buckets.index(bucket)
    last_late = _LAST_DAY_LATE.get(bucket)
    first = date.min if last_late is None else today - timedelta(last_late)
    if bucket is Bucket.NOT_DUE:
        return first, date.max
    return first, today - timedelta(_LAST_DAY_LATE[buckets[place - 1]] + 1)


def age(open_sums: Iterable[tuple[date, Decimal]], today: date) -> Ageing:
    """Sum what is open, given with the days from which it is late, by bucket; every bucket is
    there. In so'm."""
    sums = dict.fromkeys(Bucket, Decimal(0))
    for aged_from, amount in open_sums:
        sums[bucket_of(aged_from, today)] += amount
    return sums


def late_of(ageing: Ageing) -> Decimal:
    """How much of it is late: due today already counts."""
    return sum((ageing[bucket] for bucket in Bucket if bucket is not Bucket.NOT_DUE), Decimal(0))
