"""Forms of the pages that a link opens: what is wrong, and a payment by card."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, TextAreaField
from wtforms.validators import Length

from koshelok.debtors.operations import DISPUTE_LIMIT
from koshelok.web.forms import (
    Form,
    HiddenText,
    IdChoice,
    MoneyField,
    TextField,
    at_most,
    chosen,
    required,
)

KEY_LIMIT = 200


class WrongForm(Form):
    """What a debtor says is wrong with an entry."""

    note = TextAreaField(_l("What is wrong?"), [required(), at_most(DISPUTE_LIMIT)])


class PayForm(Form):
    """From which card, and how much."""

    from_card = IdChoice(_l("From card"), [chosen()])
    amount = MoneyField(_l("Amount"), [required()])


class ConfirmPayForm(PayForm):
    """The same, looked at and confirmed: the key that makes it one, a proof where asked."""

    key = HiddenText(validators=[required(), Length(max=KEY_LIMIT)])
    password = PasswordField(_l("Password"))
    code = TextField(_l("Code"))

    def asked(self) -> dict[str, Any]:
        """What a CardPayment takes, but for the debtor."""
        card: UUID | None = self.from_card.data
        return {"card_id": card, "amount": self.amount.data, "key": self.key.data}

    def proof(self) -> dict[str, Any]:
        """What shows that it is they."""
        return {"password": self.password.data, "code": self.code.data}
