"""Forms of pages: one base, fields that speak the domain's rules, refusals put at their field."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import DateField, Field, MultipleFileField, RadioField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput, TextInput

from koshelok.core.errors import DomainError, Invalid
from koshelok.core.money import format_amount, parse_amount
from koshelok.web.addresses import MAX_ID
from koshelok.web.problems import message_of


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """Base of every page's form: what was typed is kept, refusals land at their field."""

    def refuse(self, error: DomainError) -> None:
        """Show a refused rule at its field, or above the form where it names none."""
        message = message_of(error)
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]


class _Required(DataRequired):  # type: ignore[misc]  # wtforms ships no types
    """Something must be typed; what is typed wrong keeps the message that says why."""

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse an empty or blank field."""
        typed = field.raw_data[0] if field.raw_data else None
        if not (isinstance(typed, str) and typed.strip() and field.errors):
            super().__call__(form, field)


def required() -> DataRequired:
    """The field must be filled in; blanks do not count."""
    return _Required(_l("Fill this in."))


def chosen() -> DataRequired:
    """One of the choices must be taken."""
    return DataRequired(_l("Choose one."))


def at_most(limit: int) -> Length:
    """At most `limit` characters."""
    return Length(max=limit, message=_l("At most %(max)d characters."))


class MoneyField(Field):  # type: ignore[misc]  # wtforms ships no types
    """An amount as people type it; the typed text is kept when it is refused."""

    widget = TextInput()
    data: Decimal | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return format_amount(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Parse what was typed; an empty field is None."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = parse_amount(valuelist[0])
        except Invalid as error:
            raise ValueError(message_of(error)) from error


class DayField(DateField):  # type: ignore[misc]  # wtforms ships no types
    """A calendar day from the browser's own date picker."""

    data: date | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Parse an ISO date; an empty field is None."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Write a date, for example 2026-11-21.")) from error


class FilesField(MultipleFileField):  # type: ignore[misc]  # wtforms ships no types
    """The files that were chosen: a browser sends one without a name for none, others text."""

    def process_formdata(self, valuelist: Iterable[object]) -> None:
        """Let only files through."""
        self.data = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]


class OneId:
    """Of a choice of rows: the id of one, or None; whose it is, the query or operation asks."""

    data: int | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a decimal id."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
        if text and not 0 < (self.data or 0) <= MAX_ID:
            self.data = None
            raise ValueError(_("Choose one."))


class IdChoice(RadioField):  # type: ignore[misc]  # wtforms ships no types
    """One of several by its id; whose it is, the operation asks."""

    data: UUID | None

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(
            label, validators, coerce=lambda value: UUID(str(value)), validate_choice=False,
            **kwargs,
        )  # fmt: skip

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read an id."""
        try:
            self.data = UUID(valuelist[0]) if valuelist else None
        except ValueError as error:
            self.data = None
            raise ValueError(_("Choose one.")) from error


class TextField(StringField):  # type: ignore[misc]  # wtforms ships no types
    """A line of text; NUL never reaches the database."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was typed, without NUL."""
        super().process_formdata([value.replace("\0", "") for value in valuelist])


class HiddenText(TextField):
    """What a page carries along, as safe as what is typed."""

    widget = HiddenInput()


def first_errors(form: Any) -> dict[str, list[str]]:
    """The form's errors as plain text, for tests and logs."""
    return {name: [str(e) for e in errors] for name, errors in form.errors.items()}
