"""What is written down of the shelf: pieces that came, were counted, or are gone."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectChoice, ValidationError
from wtforms.widgets import TextInput

from koshelok.shop.models import NOTE_LIMIT, STOCK_LIMIT
from koshelok.web.forms import Form, TextField, at_most

_GAPS = dict.fromkeys(map(ord, "  \u202f_"))


class PiecesField(Field):  # type: ignore[misc]  # wtforms ships no types
    """A number of pieces as people type it; the typed text is kept when it is refused."""

    widget = TextInput()
    data: int | None

    def __init__(self, label: Any = None, *, least: int = 0, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.least = least

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a whole number; an empty field is None."""
        self.data = None
        text = valuelist[0].translate(_GAPS) if valuelist else ""
        if not text:
            return
        if not (text.isascii() and text.isdecimal() and len(text) <= len(str(STOCK_LIMIT))):
            raise ValueError(_("Write a whole number, at most %(limit)s.", limit=STOCK_LIMIT))
        self.data = int(text)
        if self.data < self.least:
            raise ValueError(_("At least %(limit)s.", limit=self.least))


class Action(StrEnum):
    """What happened at the shelf."""

    RECEIVED = "received"
    COUNTED = "counted"
    WRITTEN_OFF = "written_off"


class StockForm(Form):
    """One thing that happened at the shelf."""

    action = RadioField(
        _l("What happened at the shelf"),
        choices=[
            SelectChoice(Action.RECEIVED, _l("Came in")),
            SelectChoice(Action.COUNTED, _l("Counted")),
            SelectChoice(Action.WRITTEN_OFF, _l("Went out")),
        ],
        default=Action.RECEIVED,
    )
    stock = PiecesField(_l("Pieces"))
    note = TextField(_l("Note"), [at_most(NOTE_LIMIT)])

    def validate_stock(self, field: PiecesField) -> None:
        """Nothing comes in or goes away by none; none may be counted."""
        if field.data is None and not field.errors:
            raise ValidationError(_("Fill this in."))
        if field.data == 0 and self.action.data != Action.COUNTED:
            raise ValidationError(_("At least %(limit)s.", limit=1))
