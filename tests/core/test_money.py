"""Amounts as people type them, as they read them, and as JSON."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koshelok.core.errors import Invalid
from koshelok.core.money import (
    MAX_AMOUNT,
    AmountOutOfRange,
    AmountTooPrecise,
    InvalidAmount,
    format_amount,
    parse_amount,
    positive,
    round_half_up,
    to_json,
)

amounts = st.decimals(min_value="0.01", max_value=MAX_AMOUNT, places=2)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "so'm", "abc", "1e5", "NaN", "inf", "-5", "+5", "5+", "5++5", "1 2,3,4", "12..5",
     "0x10", "5 apples", "5kk", "٣٤٥", "1/2", "5*3", "9" * 101, "<b>5</b>", "5; DROP TABLE users"],
)  # fmt: skip
def test_refuses_what_is_not_an_amount(text: str) -> None:
    with pytest.raises(Invalid):
        parse_amount(text)


@pytest.mark.parametrize(
    "text", ["0", "0.00", "5 - 5", "3 - 5", "10000000000000000", "99999999 mlrd"]
)
def test_refuses_what_is_out_of_range(text: str) -> None:
    with pytest.raises(AmountOutOfRange):
        parse_amount(text)


@pytest.mark.parametrize(
    "text", ["0.001", "1.2345", "0.000001k", f"1.{'0' * 30}1", f"1.{'0' * 30}1 + 5"]
)
def test_refuses_what_is_finer_than_a_tiyin(text: str) -> None:
    with pytest.raises(AmountTooPrecise):
        parse_amount(text)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_refuses_what_is_not_finite(value: str) -> None:
    with pytest.raises(InvalidAmount):
        positive(Decimal(value))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("25k", "25000"), ("25 K", "25000"), ("25к", "25000"), ("25 ming", "25000"),
        ("25 минг", "25000"), ("25 тыс.", "25000"), ("1.5mln", "1500000"), ("1,5 млн", "1500000"),
        ("2m", "2000000"), ("1 mlrd", "1000000000"), ("12 000 + 3 500", "15500"),
        ("20k-500", "19500"), ("1\u202f250\u202f000", "1250000"), ("1'250'000", "1250000"),
        ("1.250.000,50", "1250000.50"), ("1,250,000.5", "1250000.50"), ("1.500", "1500"),
        ("10.5", "10.50"), ("99,99", "99.99"), ("0.01", "0.01"), (",5", "0.50"),
        ("50 000 so'm", "50000"), ("50000 сум", "50000"), ("50000 UZS", "50000"),
        ("9999999999999999.99", "9999999999999999.99"), ("100 \u2212 40", "60"),
    ],
)  # fmt: skip
def test_reads_amounts_as_people_type_them(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)
    assert parse_amount(text).as_tuple().exponent == -2


@given(amounts)
def test_reads_back_what_it_writes(amount: Decimal) -> None:
    assert parse_amount(format_amount(amount)) == amount
    assert Decimal(to_json(amount)) == amount
    assert "E" not in to_json(amount)


@given(amounts, amounts)
def test_adds_what_is_joined_by_a_plus(left: Decimal, right: Decimal) -> None:
    if left + right <= MAX_AMOUNT:
        assert parse_amount(f"{left:f} + {right:f}") == left + right


@given(st.text(max_size=120))
def test_answers_an_amount_or_a_clear_refusal(text: str) -> None:
    try:
        amount = parse_amount(text)
    except Invalid:
        return
    else:
        assert 0 < amount <= MAX_AMOUNT


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1250000", "1\u202f250\u202f000"), ("-1250000.5", "\u22121\u202f250\u202f000.50"),
        ("0", "0"), ("0.05", "0.05"), ("999", "999"), ("-0.00", "0"),
    ],
)  # fmt: skip
def test_writes_amounts_for_people(amount: str, text: str) -> None:
    assert format_amount(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68")]
)
def test_rounds_halves_up(amount: str, rounded: str) -> None:
    assert round_half_up(Decimal(amount)) == Decimal(rounded)
