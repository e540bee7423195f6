"""Forms of /add and of a split: a record that a device may send twice, and parts of a payment.

static/js/parts.js reads the same fields while one types.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField
from wtforms.validators import StopValidation

from koshelok.core.errors import Invalid
from koshelok.core.money import parse_amount
from koshelok.finance.forms import TransactionForm
from koshelok.finance.operations import Part
from koshelok.finance.operations.splits import MAX_PARTS
from koshelok.finance.uploads import ReceiptsField
from koshelok.web.addresses import MAX_ID
from koshelok.web.forms import Form, IdChoice
from koshelok.web.problems import message_of

LEAST = 2
SPLIT, MORE, WHOLE = "split", "more", "whole"


@dataclass(slots=True)
class Row:
    """A part as it was typed."""

    category: int | None = None
    typed: str = ""
    amount: Decimal | None = None

    @classmethod
    def read(cls, category: str, typed: str) -> "Row":
        """Of what was sent; raises Invalid for the amount."""
        number = category.strip()
        known = number.isascii() and number.isdecimal() and len(number) < 20
        id_ = int(number) if known and 0 < int(number) <= MAX_ID else None
        return cls(id_, typed, parse_amount(typed) if typed.strip() else None)


class PartsField(Field):  # type: ignore[misc]  # wtforms ships no types
    """The parts of a payment. Blank ones do not count, and one without an amount takes the rest."""

    data: list[Row]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the parts in their order."""
        self.process_errors: list[str] = []
        self.data = list(data) if isinstance(data, list) else []
        if not formdata:
            return
        names = (f"part_{name}" for name in ("category", "amount"))
        sent = list(zip_longest(*(formdata.getlist(name) for name in names), fillvalue=""))
        self.data = [self._read(*row) for row in sent[: MAX_PARTS + 1]]

    def _read(self, category: str, typed: str) -> Row:
        try:
            return Row.read(category, typed.replace("\0", ""))
        except Invalid as error:
            self.process_errors.append(message_of(error))
            row = Row.read(category, "")
            row.typed = typed
            return row

    def pre_validate(self, form: Any) -> None:
        """Each part needs its category, and all but one their amount."""
        rows = self._filled()
        if not rows:
            return
        if any(row.category is None for row in rows):
            raise StopValidation(_("Choose a category for each part."))
        if sum(row.amount is None for row in rows) > 1:
            raise StopValidation(_("Write the amounts: only one may be left empty."))

    def parts(self, whole: Decimal) -> list[Part]:
        """What an operation takes; that they sum to the whole, it asks."""
        rest = whole - sum((row.amount or Decimal(0) for row in self.data), Decimal(0))
        return [
            Part(row.category or 0, max(rest, Decimal(0)) if row.amount is None else row.amount)
            for row in self._filled()
        ]

    def shaped(self, more: bool = False) -> list[Row]:
        """The rows to show: those there are, and blank ones up to two, or one more."""
        count = max(LEAST, len(self.data) + more)
        return [*self.data, *(Row() for _each in range(count - len(self.data)))]

    def _filled(self) -> list[Row]:
        return [row for row in self.data or () if row.category or row.typed.strip()]


class AddForm(TransactionForm):
    """A new record, or parts of one payment; `do` only asks for the form in another shape."""

    client_id = IdChoice()
    split = BooleanField()
    parts = PartsField(_l("Parts"))
    receipts = ReceiptsField(_l("Receipt"))
    do = StringField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Of one category or of parts, only what was asked for counts."""
        ignored = self.category if self.split.data else self.parts
        ignored.validators, ignored.process_errors, ignored.data = (), [], None
        return bool(super().validate(extra_validators))

    @property
    def rows(self) -> list[Row]:
        """The parts to show; none where it is one category."""
        if self.do.data == WHOLE or not (self.split.data or self.do.data == SPLIT):
            return []
        return self.parts.shaped(self.do.data == MORE)

    def split_values(self) -> dict[str, Any]:
        """What record_split takes."""
        return {
            "amount": self.amount.data,
            "parts": self.parts.parts(self.amount.data or Decimal(0)),
            "comment": self.comment.data or "",
            "day": self.date.data,
        }


class SplitForm(Form):
    """The parts that a record is divided into."""

    parts = PartsField(_l("Parts"))
    do = StringField()

    @property
    def rows(self) -> list[Row]:
        """The parts to show."""
        return self.parts.shaped(self.do.data == MORE)


def first_part(category: int) -> list[Row]:
    """A record before it is divided: its category, for what the others leave."""
    return [Row(category)]
