"""What a transfer may cost, by role and at each edge, to the tiyin."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from koshelok.core.errors import Invalid
from koshelok.wallet.numbers import (
    check_digit,
    dashed,
    mask_name,
    masked,
    new_number,
    read_number,
)
from koshelok.wallet.policy import check_minimum, commission_on, maximum_for
from tests.conftest import Api, Person
from tests.wallet.support import problem, send


@pytest.mark.parametrize("amount", ["1999", "1999.99", "0.01"])
def test_refuses_less_than_the_minimum(context: Flask, amount: str) -> None:
    with pytest.raises(Invalid, match="amount_below_minimum"):
        check_minimum(Decimal(amount))


@pytest.mark.parametrize("amount", ["0", "-5000", "NaN", "Infinity", "5000.001", "1E+20"])
def test_refuses_what_is_no_money(context: Flask, amount: str) -> None:
    with pytest.raises(Invalid):
        check_minimum(Decimal(amount))


def test_takes_the_minimum(context: Flask) -> None:
    assert check_minimum(Decimal(2000)) == Decimal("2000.00")


@pytest.mark.parametrize(
    ("role", "amount", "commission"),
    [
        ("USER", "2000", "20.00"), ("USER", "500000", "5000.00"), ("USER", "2000000", "20000.00"),
        ("USER", "2000.49", "20.00"), ("USER", "2000.50", "20.01"), ("USER", "2001.50", "20.02"),
        ("USER", "12345.67", "123.46"), ("PREMIUM", "4000000", "0.00"),
        ("ADMIN", "12345.67", "0.00"),
    ],
)  # fmt: skip
def test_commission_by_role_rounds_half_up(
    context: Flask, role: str, amount: str, commission: str
) -> None:
    assert str(commission_on(Decimal(amount), role)) == commission


@given(st.decimals("2000", "4000000", places=2))
def test_commission_is_never_off_by_more_than_half_a_tiyin(wired: Flask, amount: Decimal) -> None:
    assert abs(commission_on(amount, "USER") * 100 - amount) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("role", "limit"), [("USER", 2_000_000), ("PREMIUM", 4_000_000), ("ADMIN", 4_000_000)]
)
@pytest.mark.parametrize(("over", "allowed"), [("0", True), ("-0.01", True), ("0.01", False)])
def test_the_most_at_once_by_role(
    call: Callable[[Person], Api],
    make_person: Callable[..., Person],
    card_of: Callable[..., Any],
    role: str,
    limit: int,
    over: str,
    allowed: bool,
) -> None:
    sender, receiver = make_person(role=role), make_person()
    source, target = card_of(sender, "9000000"), card_of(receiver)
    amount = Decimal(limit) + Decimal(over)
    answer = send(call(sender), source, target, str(amount), password=sender.password)
    if allowed:
        assert answer.status_code == 201, answer.get_json()
        assert Decimal(answer.get_json()["commission"]) == commission_on(amount, role)
    else:
        assert problem(answer) == (409, "transfer_limit_exceeded", ["amount"])
        assert f"{limit:,}".replace(",", "\u202f") in answer.get_json()["detail"]
    assert maximum_for(role) == limit


@given(st.integers(0, 10**11 - 1))
def test_a_number_is_read_as_people_write_it(body: int) -> None:
    digits = f"7777{body:011}"
    number = digits + check_digit(digits)
    for written in (number, dashed(number), f" {number[:4]} {number[4:]}\u00a0"):
        assert read_number(written) == number


@given(st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(place: int, by: int) -> None:
    number = new_number()
    place += 1
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(Invalid):
        read_number(wrong)


@pytest.mark.parametrize(
    "text",
    ["", "7777", "8600123412341234", "٧٧٧٧٠٠٠٠٠٠٠٠٠٠٠٠", "7777-0000-0000-000x", "7" * 400,
     "7777000000000000"],
)  # fmt: skip
def test_refuses_what_is_no_number_of_ours(text: str) -> None:
    """The platform's number is exempt from the last digit, and nobody sends to it."""
    with pytest.raises(Invalid):
        read_number(text)


def test_a_stranger_sees_no_more_of_a_name_than_this() -> None:
    assert mask_name("Malika Karimova") == "M***a K."
    assert mask_name("Malika Anvarovna Karimova") == "M***a K."
    assert mask_name("Bo") == "B***"
    assert mask_name("Ali") == "A***i"
    assert mask_name("") == "***"
    assert masked("7777123456789012") == "7777 •••• 9012"
