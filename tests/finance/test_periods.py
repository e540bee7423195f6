"""Days, weeks, months and years, cut and put together."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koshelok.finance.errors import DateMissing, DatesReversed, DayOutOfRange
from koshelok.finance.models import Grain
from koshelok.finance.periods import (
    Kind,
    Span,
    asked_span,
    following,
    is_whole,
    month_of,
    month_span,
    preceding,
    same_days_last_month,
    span_of,
)
from koshelok.finance.queries.totals import cut

TODAY = date(2026, 11, 21)
days = st.dates(date(1971, 1, 1), date(2199, 12, 31))


def test_refuses_broken_ranges() -> None:
    for start, end, error in (
        (TODAY, None, DateMissing),
        (None, TODAY, DateMissing),
        (TODAY, TODAY - timedelta(days=1), DatesReversed),
        (date(1, 1, 1), TODAY, DayOutOfRange),
        (TODAY, date.max, DayOutOfRange),
    ):
        with pytest.raises(error):
            asked_span(Kind.DAILY, start, end, TODAY)


def test_the_current_periods() -> None:
    assert asked_span(Kind.DAILY, None, None, TODAY) == Span(TODAY, TODAY)
    assert span_of(Kind.WEEKLY, TODAY) == Span(date(2026, 11, 16), date(2026, 11, 22))
    assert span_of(Kind.MONTHLY, date(2028, 2, 5)) == Span(date(2028, 2, 1), date(2028, 2, 29))
    assert span_of(Kind.YEARLY, TODAY) == Span(date(2026, 1, 1), date(2026, 12, 31))


@given(kind=st.sampled_from(Kind), day=days)
def test_a_period_meets_its_neighbours(kind: Kind, day: date) -> None:
    span = span_of(kind, day)
    assert span.start <= day <= span.end
    assert is_whole(kind, span)
    assert preceding(kind, following(kind, span)) == span
    assert preceding(kind, span).end + timedelta(days=1) == span.start
    assert following(kind, span).start - timedelta(days=1) == span.end


@given(start=days, length=st.integers(1, 800))
def test_a_custom_range_moves_by_its_length(start: date, length: int) -> None:
    span = Span(start, start + timedelta(days=length - 1))
    for kind in Kind:
        if not is_whole(kind, span):
            assert preceding(kind, span).days == length
            assert following(kind, span).days == length


@pytest.mark.parametrize(
    ("today", "last_start", "last_end"),
    [
        (date(2026, 11, 21), date(2026, 10, 1), date(2026, 10, 21)),
        (date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 1)),
    ],
)
def test_the_same_days_of_last_month(today: date, last_start: date, last_end: date) -> None:
    this, last = same_days_last_month(today)
    assert this == Span(today.replace(day=1), today)
    assert last == Span(last_start, last_end)


@given(day=days, first=st.integers(1, 28))
def test_a_day_is_in_one_month_whichever_day_months_begin_on(day: date, first: int) -> None:
    span = month_span(month_of(day, first), first)
    assert span.start <= day <= span.end
    assert (span.start.day, (span.end + timedelta(days=1)).day) == (first, first)
    assert month_of(span.end + timedelta(days=1), first) > month_of(day, first)


@given(
    start=days,
    length=st.integers(1, 800),
    grain=st.sampled_from([Grain.DAY, Grain.MONTH]),
    first=st.integers(1, 28),
)
def test_a_span_is_cut_without_gaps(start: date, length: int, grain: Grain, first: int) -> None:
    end = start + timedelta(days=length - 1)
    named = list(cut(Span(start, end), grain, first))
    assert [name for name, _ in named] == sorted({name for name, _ in named})
    pieces = [piece for _, piece in named]
    assert (pieces[0].start, pieces[-1].end) == (start, end)
    for one, next_ in itertools.pairwise(pieces):
        assert one.end + timedelta(days=1) == next_.start
