"""Which days a statement is of; its values are the address."""

from datetime import date

from flask_babel import lazy_gettext as _l

from koshelok.web.forms import DayField, Form


class StatementForm(Form):
    """From one day to another; an open end is the first entry, or today."""

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False

    start_date = DayField(_l("From"))
    end_date = DayField(_l("To"))

    def days(self) -> dict[str, date | None]:
        """As the queries and operations take them."""
        return {"start": self.start_date.data, "end": self.end_date.data}
