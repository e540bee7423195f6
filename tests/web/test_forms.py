"""Fields of pages: what was typed is kept, refusals land at their field."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from koshelok.core.errors import DomainError, Invalid
from koshelok.web.forms import (
    DayField,
    Form,
    MoneyField,
    TextField,
    at_most,
    first_errors,
    required,
)


class Sample(Form):
    amount = MoneyField("Amount", [required()])
    day = DayField("Day")
    name = TextField("Name", [at_most(5)])


@pytest.fixture
def request_(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/"):
        yield
    app.config["WTF_CSRF_ENABLED"] = True


def _form(**typed: str) -> Sample:
    return Sample(MultiDict(typed))


def test_keeps_what_was_typed(request_: None) -> None:
    form = _form(amount="25 apples", day="soon", name="too long")
    assert not form.validate()
    assert set(first_errors(form)) == {"amount", "day", "name"}
    assert form.amount._value() == "25 apples"
    assert 'value="too long"' in str(form.name())


def test_reads_amounts_and_days(request_: None) -> None:
    form = _form(amount="25k", day="2026-11-21", name="a\0b")
    assert form.validate(), form.errors
    assert (form.amount.data, form.day.data, form.name.data) == (
        Decimal(25000),
        date(2026, 11, 21),
        "ab",
    )


def test_an_empty_amount_is_asked_for(request_: None) -> None:
    form = _form(amount="  ", day="")
    assert not form.validate()
    assert form.day.data is None
    assert list(first_errors(form)) == ["amount"]


def test_shows_an_amount_it_was_given(request_: None) -> None:
    assert Sample(amount=Decimal("1250000.50")).amount._value() == "1\u202f250\u202f000.50"
    assert Sample().amount._value() == ""


def test_puts_a_refusal_at_its_field_or_above_the_form(request_: None) -> None:
    form = _form(amount="5")
    form.validate()
    form.refuse(Invalid(field="amount"))
    form.refuse(DomainError())
    assert len(form.amount.errors) == 1
    assert len(form.form_errors) == 1
