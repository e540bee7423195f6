"""The pasted text, and what was chosen for each message that was read in it."""

from collections.abc import Sequence
from datetime import date

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from koshelok.core.errors import Invalid
from koshelok.finance.bank import Message
from koshelok.finance.bank_previews import TEXT_LIMIT, end_of, in_order, instant_of
from koshelok.finance.operations.bank import Entry
from koshelok.finance.periods import check_day
from koshelok.web.addresses import MAX_ID
from koshelok.web.forms import Form, at_most, required


class ChoiceMissing(Invalid):
    """A record has a category."""

    code = "choice_missing"
    message = "Choose a category for each message."


class DayMissing(Invalid):
    """A record has a day."""

    code = "day_missing"
    message = "Write a date, for example 2026-11-21."


class PasteForm(Form):
    """Messages as they were copied."""

    text = TextAreaField(_l("Messages"), [required(), at_most(TEXT_LIMIT)])


class SharedForm(PasteForm):
    """What another app shared: it is only looked at, so it needs no token."""

    class Meta:
        """See views/bank.py, share."""

        csrf = False


def chosen_categories() -> dict[int, int | None]:
    """The category chosen for the message at each place; None where it is none."""
    return {place: _number(text) for place, text in _sent("category").items()}


def chosen_days() -> dict[int, str]:
    """The day written for the message at each place that does not say its time."""
    return _sent("day")


def left_out() -> set[int]:
    """The places of messages that are not to be recorded."""
    return chosen_categories().keys() - _taken()


def _sent(field: str) -> dict[int, str]:
    """What was sent of a field, by the place of its message."""
    found: dict[int, str] = {}
    for name, text in request.form.items():
        kind, _dash, place = name.partition("-")
        if kind == field and (number := _number(place)) is not None:
            found[number] = text
    return found


def _taken() -> set[int]:
    places = (_number(value) for value in request.form.getlist("take"))
    return {place for place in places if place is not None}


def entries_of(messages: Sequence[Message], zone: str) -> list[Entry]:
    """What to record, in the order it happened; raises ChoiceMissing, DayMissing."""
    categories, places = chosen_categories(), _taken()
    return [
        _entry(place, messages[place], categories.get(place), zone)
        for place in in_order(messages, zone)
        if place in places
    ]


def _entry(place: int, message: Message, category: int | None, zone: str) -> Entry:
    if category is None:
        raise ChoiceMissing
    day = message.at.date() if message.at else _day(chosen_days().get(place, ""))
    return Entry(message, category, day, instant_of(message, zone, end_of(day, zone)))


def _day(text: str) -> date:
    try:
        return check_day(date.fromisoformat(text.strip()))
    except ValueError as error:
        raise DayMissing from error


def _number(text: str) -> int | None:
    known = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if known and int(text) <= MAX_ID else None
