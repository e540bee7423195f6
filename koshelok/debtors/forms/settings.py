"""Forms of what is wanted of debtors: promises, and how the book asks."""

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectChoice
from wtforms.validators import Optional

from koshelok.core.clock import today
from koshelok.debtors.models import Book
from koshelok.web.forms import DayField, Form
from koshelok.web.locale import LANGUAGES

Day = date  # which a field's name hides
PROMISES = {"tomorrow": 1, "three": 3, "week": 7}


class PromiseForm(Form):
    """When somebody promised to pay: one of a few days, or another; none forgets it."""

    day = DayField(_l("Promised for"))
    other = DayField(_l("Another day"))

    def chosen(self) -> date | None:
        """The one of the two that was filled in."""
        found: list[date] = [day for day in (self.data["day"], self.data["other"]) if day]
        return found[0] if found else None


class DayForm(Form):
    """Which day is looked at; it changes nothing, so it needs no token."""

    class Meta:
        """Its values are the address."""

        csrf = False

    date = DayField(_l("Day"))

    def chosen(self) -> Day | None:
        """The day, where one is given."""
        found: Day | None = self.data["date"]
        return found


class DaysField(IntegerField):  # type: ignore[misc]  # wtforms ships no types
    """A number of days; an empty field is None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a whole number; the operation says which are allowed."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            self.data = None
            raise ValueError(_l("Write a number of days from 0 to 3650.")) from error


class BookForm(Form):
    """How the book asks for money."""

    reminders = BooleanField(_l("Remind debtors by SMS"))
    receipts = BooleanField(_l("Send an SMS after each entry"))
    language = RadioField(
        _l("Language of the SMS"), choices=[SelectChoice(*item) for item in LANGUAGES.items()]
    )
    due_days = DaysField(_l("A debt is due after so many days"), [Optional()])

    def values(self) -> dict[str, Any]:
        """What edit_book takes."""
        names = ("reminders", "receipts", "language", "due_days")
        return {name: self.data[name] for name in names}


def book_form(book: Book) -> BookForm:
    """The form as the book is now."""
    return BookForm(formdata=None, obj=book)


def promise_days() -> dict[str, Any]:
    """The days that are promised most, by name."""
    return {name: today() + timedelta(days) for name, days in PROMISES.items()}
