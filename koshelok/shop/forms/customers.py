"""Forms of who may take on credit."""

from typing import Any

from flask_babel import lazy_gettext as _l

from koshelok.web.forms import Form, MoneyField, TextField, at_most, required

PHONE_LIMIT = 30


class LimitForm(Form):
    """Up to how much; empty is as much as the shop delivers."""

    credit_limit = MoneyField(_l("Credit limit"))

    def limit(self) -> dict[str, Any]:
        """What an operation takes."""
        return {"limit": self.credit_limit.data}


class ApproveForm(LimitForm):
    """Whom to let take on credit, by a phone number in any spelling."""

    phone_number = TextField(_l("Phone number"), [required(), at_most(PHONE_LIMIT)])

    def values(self) -> dict[str, Any]:
        """What approve_customer takes."""
        return {"phone_number": self.phone_number.data, **self.limit()}
