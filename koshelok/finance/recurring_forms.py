"""Forms of what comes again."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectChoice, SelectField

from koshelok.finance.forms import CategoryChips, TransactionForm
from koshelok.finance.models import COMMENT_LIMIT, Category, Unit
from koshelok.finance.queries import CategoryRow
from koshelok.web.forms import DayField, Form, MoneyField, TextField, at_most, chosen, required

UNITS = [
    SelectChoice(Unit.DAY, _l("days")),
    SelectChoice(Unit.WEEK, _l("weeks")),
    SelectChoice(Unit.MONTH, _l("months")),
]


class NumberField(TextField):
    """A small whole number; what was typed is kept where it is none."""

    data: str | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read decimal digits."""
        super().process_formdata(valuelist)
        text = (self.data or "").strip()
        if text and not (text.isascii() and text.isdecimal() and len(text) < 5):
            raise ValueError(_("Write a whole number."))
        self.data = text

    @property
    def number(self) -> int:
        """As an operation takes it."""
        return int(self.data or 0)


class RecurrenceForm(Form):
    """A recurring record, new or changed."""

    amount = MoneyField(_l("Amount"), [required()])
    category = CategoryChips(_l("Category"), [chosen()], coerce=int, validate_choice=False)
    comment = TextField(_l("Note"), [at_most(COMMENT_LIMIT)])
    every = NumberField(_l("Every"), [required()], default="1")
    unit = SelectField(_l("Counted in"), choices=UNITS, default=Unit.MONTH, validate_choice=False)
    starts_on = DayField(_l("First day"), [required()])
    ends_on = DayField(_l("Last day"))

    def offer(self, categories: Sequence[Category | CategoryRow]) -> "RecurrenceForm":
        """Let one of these be chosen."""
        self.category.choices = [SelectChoice(item.id, item.name) for item in categories]
        return self

    @property
    def first_day(self) -> date:
        """The day that was asked for; of a valid form there is one."""
        return self.starts_on.data or date.min

    def values(self) -> dict[str, Any]:
        """What both operations take."""
        return {
            "category_id": self.category.data,
            "amount": self.amount.data,
            "comment": self.comment.data or "",
            "unit": self.unit.data or "",
            "every": self.every.number,
            "ends_on": self.ends_on.data,
        }


class OccurrenceForm(TransactionForm):
    """A day's record, otherwise than expected."""

    occurs_on = HiddenField()


def asked_day(text: str | None) -> date | None:
    """The day that a button names; None where it names none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
