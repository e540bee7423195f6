"""Forms of the cart: what to put in, and how many."""

from collections.abc import Sequence

from flask_babel import gettext as _
from wtforms import Field
from wtforms.widgets import TextInput

from koshelok.web.addresses import MAX_ID
from koshelok.web.forms import Form

_DIGITS = len(str(MAX_ID))


class NumberField(Field):  # type: ignore[misc]  # wtforms ships no types
    """A whole number; what was typed is kept. How small or large it may be, the operation says."""

    widget = TextInput()
    data: int

    def _value(self) -> str:
        return str(self.raw_data[0] if self.raw_data else self.data)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read decimal digits, with a minus or none; without a value the default stands."""
        if not valuelist:
            return
        text = "".join(valuelist[0].split())
        digits = text.removeprefix("-")
        known = digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS
        if not known or int(digits) > MAX_ID:
            raise ValueError(_("This must be a whole number."))
        self.data = int(text)


class AddForm(Form):
    """A product and how many of it."""

    product = NumberField(default=0)
    quantity = NumberField(default=1)


class QuantityForm(Form):
    """How many there shall be: what is written, and the button that was pressed on top of it."""

    quantity = NumberField(default=0)
    step = NumberField(default=0)

    @property
    def wanted(self) -> int:
        """As the operation takes it; of a form that has been validated."""
        return self.quantity.data + self.step.data
