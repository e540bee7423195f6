"""Each open debt is in one bucket: the buckets always sum to what is open."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from koshelok.debtors.ageing import Bucket, age, bucket_of, days_of, late_of

TODAY = date(2026, 11, 21)
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
sums = st.lists(st.tuples(days, st.decimals("0.01", "1000000", places=2)))


def naive(late: int) -> str:
    """The rule, in the words of whoever asked for it."""
    if late < 0:
        return "not_due"
    if 0 <= late <= 30:
        return "0-30"
    if 31 <= late <= 60:
        return "31-60"
    return "61-90" if 61 <= late <= 90 else "over-90"


@given(sums, days)
def test_buckets_sum_to_what_is_open(rows: list[tuple[date, Decimal]], today: date) -> None:
    buckets = age(rows, today)
    assert list(buckets) == list(Bucket)
    assert sum(buckets.values()) == sum((amount for _, amount in rows), Decimal(0))
    for bucket, amount in buckets.items():
        assert amount == sum((a for d, a in rows if naive((today - d).days) == bucket), Decimal(0))


@given(days, days)
def test_the_days_of_a_bucket_are_those_that_fall_into_it(day: date, today: date) -> None:
    holding = [b for b in Bucket if days_of(b, today)[0] <= day <= days_of(b, today)[1]]
    assert holding == [bucket_of(day, today)]


def test_borders() -> None:
    late = {d: bucket_of(TODAY - timedelta(d), TODAY) for d in (-1, 0, 30, 31, 60, 61, 90, 91)}
    assert list(late.values()) == [
        "not_due", "0-30", "0-30", "31-60", "31-60", "61-90", "61-90", "over-90",
    ]  # fmt: skip


def test_what_is_due_today_is_late() -> None:
    buckets = age([(TODAY, Decimal(5)), (TODAY + timedelta(1), Decimal(7))], TODAY)
    assert late_of(buckets) == 5
