"""The language of the search box: every piece by itself, and that nothing is ever refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koshelok.finance.search_words import Asked, Kind, understand

TODAY = date(2026, 11, 21)


def _asked(text: str, first: int = 1) -> Asked:
    return understand(text, today=TODAY, first=first)


@pytest.mark.parametrize(
    "text", [">abc", ">0", "2026-13", "9999-99", "31 fevral", "100%", "a@b.uz", "mayonez", "mayda",
             "1250", "50k-100k", "=", "-", "!", "#", ">50000000000000000000", "«may»", '"may"'],
)  # fmt: skip
def test_what_is_not_of_the_language_is_words(text: str) -> None:
    asked = _asked(text)
    assert {term.kind for term in asked.terms} == {Kind.WORD}
    assert (asked.least, asked.most, asked.span) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        (">50000", "50000.01", None),
        ("> 50 000", "50000.01", None),
        (">=25k", "25000", None),
        ("≥25k", "25000", None),
        ("<1.5mln", None, "1499999.99"),
        ("<=1.5 mln", None, "1500000"),
        ("=20 000", "20000", "20000"),
        ("10k..50k", "10000", "50000"),
        ("50k..10k", "10000", "50000"),
        (">=5ming <=7 минг", "5000", "7000"),
        (">5k >7k", "7000.01", None),
    ],
)
def test_amounts_as_people_type_them(text: str, least: str | None, most: str | None) -> None:
    asked = _asked(text)
    assert asked.least == (Decimal(least) if least else None)
    assert asked.most == (Decimal(most) if most else None)
    assert asked.wanted == []


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("may", "2026-05-01", "2026-05-31"),
        ("May 2025", "2025-05-01", "2025-05-31"),
        ("2025 may", "2025-05-01", "2025-05-31"),
        ("dekabr", "2025-12-01", "2025-12-31"),
        ("ноября", "2026-11-01", "2026-11-30"),
        ("сентябрь", "2026-09-01", "2026-09-30"),
        ("sentabr", "2026-09-01", "2026-09-30"),
        ("october", "2026-10-01", "2026-10-31"),
        ("2026-05", "2026-05-01", "2026-05-31"),
        ("2026-02-28", "2026-02-28", "2026-02-28"),
        ("14.05.2026", "2026-05-14", "2026-05-14"),
        ("14-may", "2026-05-14", "2026-05-14"),
        ("30 noyabr", "2025-11-30", "2025-11-30"),
        ("14 may 2024", "2024-05-14", "2024-05-14"),
        ("bugun", "2026-11-21", "2026-11-21"),
        ("kecha", "2026-11-20", "2026-11-20"),
        ("kecha bugun", "2026-11-20", "2026-11-21"),
        ("mart-may", "2026-03-01", "2026-05-31"),
        ("noyabr..yanvar", "2025-11-01", "2026-01-31"),
        ("mart..may 2025", "2025-03-01", "2025-05-31"),
        ("2026-07..2026-05", "2026-05-01", "2026-07-31"),
    ],
)
def test_days_and_months(text: str, start: str, end: str) -> None:
    span = _asked(text).span
    assert span
    assert (span.start, span.end) == (date.fromisoformat(start), date.fromisoformat(end))


def test_a_month_begins_on_the_day_of_the_workspace() -> None:
    span = _asked("may", first=25).span
    assert span
    assert (span.start, span.end) == (date(2026, 5, 25), date(2026, 6, 24))


def test_beyond_the_calendar_there_are_words() -> None:
    assert _asked("9999-12 1970-01", first=25).wanted == ["9999-12"]


def test_all_together_and_each_can_be_taken_away() -> None:
    asked = _asked('food >50000 #toy -taxi may -#ish -"katta non"')
    assert asked.wanted == ["food", "#toy"]
    assert asked.unwanted == ["taxi", "#ish", "katta non"]
    assert asked.least == Decimal("50000.01")
    taxi = next(term for term in asked.terms if term.word == "taxi")
    assert asked.but(taxi) == 'food >50000 #toy may -#ish -"katta non"'
    assert asked.but(*asked.terms) == ""


@given(st.text(max_size=100))
def test_any_text_is_understood(text: str) -> None:
    asked = _asked(text)
    assert _asked(asked.but()).but() == asked.but()
    for term in asked.terms:
        assert term.text.strip()
