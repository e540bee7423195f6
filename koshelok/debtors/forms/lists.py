"""What the lists of the book are narrowed to."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectChoice, SelectField

from koshelok.debtors.models import Status
from koshelok.debtors.queries import DebtFilters
from koshelok.debtors.queries.lists import OVERDUE, QUERY_LIMIT
from koshelok.web.forms import DayField, Form, TextField, at_most

STATUSES = [
    SelectChoice("", _l("All")),
    SelectChoice(OVERDUE, _l("Overdue")),
    SelectChoice(Status.PENDING, _l("Not paid")),
    SelectChoice(Status.PARTIALLY_PAID, _l("Partly paid")),
    SelectChoice(Status.PAID, _l("Paid")),
    SelectChoice(Status.VOIDED, _l("Voided")),
]


class PersonField(HiddenField):  # type: ignore[misc]  # wtforms ships no types
    """The id of a person, or None; what is no id is nobody's."""

    data: int | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a decimal id."""
        text = valuelist[0].strip() if valuelist else ""
        known = text.isascii() and text.isdecimal() and len(text) < 19
        self.data = (int(text) if known else 0) if text else None


class DebtFilterForm(Form):
    """What the list of debts is narrowed to; its values are the address."""

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False

    full_name = TextField(_l("Name"), [at_most(QUERY_LIMIT)])
    status = SelectField(_l("State"), choices=STATUSES, validate_choice=False)
    created_at = DayField(_l("Day"))
    debtor = PersonField()

    def filters(self) -> DebtFilters:
        """As the query takes them; an unknown state is none."""
        known = {choice.value for choice in STATUSES if choice.value}
        return DebtFilters(
            debtor=self.debtor.data,
            status=self.status.data if self.status.data in known else None,
            created_at=self.created_at.data,
            full_name=self.full_name.data,
        )
