"""Days that come again, against counting them one by one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koshelok.finance.forecast import foresee
from koshelok.finance.models import LAST_DAY
from koshelok.finance.rhythm import Rhythm, Seen, are_alike, find_patterns, find_rhythm

ONE_DAY = timedelta(days=1)
TODAY = date(2026, 11, 21)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
rhythms = st.builds(
    Rhythm, st.sampled_from(["day", "week", "month"]), st.integers(1, 40), days,
    st.none() | st.dates(date(2000, 1, 1), LAST_DAY),
)  # fmt: skip


def _all(rhythm: Rhythm, up_to: date) -> list[date]:
    """Step by step from the first."""
    found = []
    for number in range(40_000):
        day = rhythm.nth(number)
        if day is None or day > up_to:
            break
        found.append(day)
    return found


@given(rhythms, st.integers(-400, 4000))
def test_the_first_from_a_day_is_the_first_counted(rhythm: Rhythm, ahead: int) -> None:
    day = rhythm.starts_on + ahead * ONE_DAY
    counted = [found for found in _all(rhythm, day + 3700 * ONE_DAY) if found >= day]
    assert rhythm.first_from(day) == (counted[0] if counted else None)
    assert rhythm.after(day) == next((found for found in counted if found > day), None)


@given(rhythms, st.integers(-100, 1000), st.integers(0, 800))
def test_between_two_days_are_all_and_only_those(rhythm: Rhythm, ahead: int, length: int) -> None:
    start = rhythm.starts_on + ahead * ONE_DAY
    end = start + length * ONE_DAY
    wanted = [day for day in _all(rhythm, end) if day >= start]
    assert list(rhythm.between(start, end)) == wanted
    assert rhythm.count(start, end) == len(wanted)


@given(days, st.integers(1, 12), st.integers(0, 80))
def test_a_month_keeps_its_day_or_its_last(first: date, every: int, number: int) -> None:
    day = Rhythm("month", every, first).nth(number)
    assert day is not None
    assert (day.year - first.year) * 12 + day.month - first.month == number * every
    assert day.day == first.day or (day.day < first.day and (day + ONE_DAY).day == 1)


def test_the_31st_comes_back_after_february() -> None:
    rhythm = Rhythm("month", 1, date(2027, 1, 31))
    assert list(rhythm.between(date(2027, 1, 1), date(2027, 4, 30))) == [
        date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30),
    ]  # fmt: skip
    assert Rhythm("month", 12, date(2024, 2, 29)).nth(4) == date(2028, 2, 29)


def test_nothing_comes_after_the_end_or_the_last_day() -> None:
    assert Rhythm("week", 1, TODAY, TODAY).after(TODAY) is None
    assert Rhythm("month", 366, TODAY).nth(100) is None
    assert Rhythm("day", 366, TODAY).nth(10**6) is None


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [((7, 7), ("week", 1)), ((6, 8), ("week", 1)), ((14, 13), ("week", 2)),
     ((30, 31), ("month", 1)), ((28, 31), ("month", 1)), ((7, 14), None), ((10, 10), None),
     ((1, 1), None), ((60, 60), None)],
)  # fmt: skip
def test_about_a_week_two_weeks_or_a_month(
    gaps: tuple[int, int], expected: tuple[str, int] | None
) -> None:
    first = date(2026, 8, 3)
    second = first + gaps[0] * ONE_DAY
    found = find_rhythm([first, second, second + gaps[1] * ONE_DAY])
    assert (found and (found.unit, found.every)) == expected


def test_of_month_ends_the_latest_day_counts() -> None:
    found = find_rhythm([date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)])
    assert found is not None
    assert found.after(date(2027, 2, 28)) == date(2027, 3, 31)


def _seen(*records: tuple[str, str], key: str = "ijara") -> list[Seen]:
    """Records by amount and day, the newest first."""
    made = [
        Seen(number, 1, key, Decimal(amount), date.fromisoformat(day))
        for number, (amount, day) in enumerate(records)
    ]
    return sorted(made, key=lambda record: record.day, reverse=True)


def test_three_alike_are_a_pattern() -> None:
    seen = _seen(("100", "2026-08-20"), ("104", "2026-09-20"), ("102", "2026-10-20"))
    (found,) = find_patterns(seen, date(2026, 11, 1))
    assert (found.record, found.next_on) == (2, date(2026, 11, 20))


def test_others_between_them_do_not_hide_them() -> None:
    seen = _seen(("100", "2026-10-28"), ("900", "2026-11-01"), ("100", "2026-11-04"),
                 ("100", "2026-11-11"), ("35", "2026-11-12"), ("100", "2026-11-18"))  # fmt: skip
    (found,) = find_patterns(seen, TODAY)
    assert found.next_on == date(2026, 11, 25)


@pytest.mark.parametrize(
    "records",
    [
        [("100", "2026-10-20"), ("100", "2026-11-20")],
        [("100", "2026-09-20"), ("100", "2026-10-20"), ("106", "2026-11-20")],
        [("100", "2026-09-20"), ("100", "2026-10-02"), ("100", "2026-11-20")],
        [("100", "2026-05-20"), ("100", "2026-06-20"), ("100", "2026-07-20")],
        [("100", "2026-11-20"), ("100", "2026-11-20"), ("100", "2026-11-20")],
    ],
    ids=["two", "amounts apart", "days apart", "over since", "one day"],
)
def test_refuses_what_does_not_come_again(records: list[tuple[str, str]]) -> None:
    assert find_patterns(_seen(*records), TODAY) == []


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(95, 110), st.integers(0, 120)), max_size=30)
)
def test_every_pattern_has_three_alike_behind_it(made: list[tuple[int, int, int]]) -> None:
    seen = sorted(
        (
            Seen(number, 1, f"k{key}", Decimal(amount), TODAY - ago * ONE_DAY)
            for number, (key, amount, ago) in enumerate(made)
        ),
        key=lambda record: record.day,
        reverse=True,
    )
    for pattern in find_patterns(seen, TODAY):
        newest = next(record for record in seen if record.id == pattern.record)
        alike = [
            r for r in seen
            if r.key == newest.key and are_alike(r.amount, newest.amount) and r.day <= newest.day
        ]  # fmt: skip
        assert len({record.day for record in alike}) >= 3
        assert pattern.next_on > newest.day
        assert pattern.next_on in list(pattern.rhythm.between(newest.day, pattern.next_on))


@given(
    st.decimals(-1000, 1000, places=2),
    st.lists(st.tuples(st.integers(-30, 90), st.decimals(-500, 500, places=2)), max_size=20),
)
def test_the_forecast_is_the_naive_sum(balance: Decimal, moves: list[tuple[int, Decimal]]) -> None:
    found = foresee(balance, TODAY, 60, [(TODAY + ahead * ONE_DAY, sum_) for ahead, sum_ in moves])
    for number, day in enumerate(found.days):
        soon = ((max(ahead, s > 0), s) for ahead, s in moves)  # income not before tomorrow
        expected = balance + sum((s for ahead, s in soon if ahead <= number), Decimal(0))
        assert (day, found.balances[number]) == (TODAY + number * ONE_DAY, expected)
    assert found.lowest == min(found.balances)
    assert found.balances[(found.lowest_on - TODAY).days] == found.lowest
    assert len(found.balances) == 61
