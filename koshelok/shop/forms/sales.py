"""The form that takes an order a step further."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from koshelok.shop.models import NOTE_LIMIT
from koshelok.web.forms import Form, HiddenText, TextField, at_most

PATH_LIMIT = 2000


class StepForm(Form):
    """What becomes of an order; `next` is the page that goes on."""

    status = HiddenText()
    restock = BooleanField(_l("Put the pieces back on the shelf"))
    note = TextField(_l("Why"), [at_most(NOTE_LIMIT)])
    next = HiddenText(validators=[at_most(PATH_LIMIT)])

    def step(self) -> dict[str, Any]:
        """What change_status takes."""
        return {
            "status": self.status.data or "",
            "restock": self.restock.data,
            "note": self.note.data or "",
        }
