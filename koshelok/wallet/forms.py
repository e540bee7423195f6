"""Forms of the wallet's pages."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectChoice, SelectField
from wtforms.validators import Length

from koshelok.wallet.models import ALIAS_LIMIT
from koshelok.wallet.numbers import masked
from koshelok.wallet.operations import Order
from koshelok.wallet.queries import CardView, TransferFilters
from koshelok.wallet.queries.saved import SEARCH_LIMIT
from koshelok.wallet.words import DIRECTIONS, KINDS, OUTCOMES
from koshelok.web.forms import (
    DayField,
    Form,
    HiddenText,
    IdChoice,
    MoneyField,
    TextField,
    at_most,
    chosen,
    required,
)

DESCRIPTION_LIMIT = 200  # its twin is ledger.models
NUMBER_LIMIT = 40
KEY_LIMIT = 200


def _any(words: Mapping[str, object]) -> list[SelectChoice]:
    return [SelectChoice("", _l("All")), *(SelectChoice(*item) for item in words.items())]


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None


class SendForm(Form):
    """Money to send: from which card, to which number, how much."""

    from_card = IdChoice(_l("From card"), [chosen()])
    to_card = TextField(_l("To card"), [required(), at_most(NUMBER_LIMIT)])
    amount = MoneyField(_l("Amount"), [required()])
    description = TextField(_l("What for"), [at_most(DESCRIPTION_LIMIT)])

    def offer(self, cards: Sequence[CardView]) -> "SendForm":
        """Let money be sent from one of these; the only one is chosen already."""
        self.from_card.choices = [SelectChoice(card.id, masked(card.number)) for card in cards]
        if self.from_card.data is None and cards:
            self.from_card.data = cards[0].id
        return self

    def order(self, key: str) -> Order:
        """What is asked for, under a key; of a form that has been validated."""
        values: dict[str, Any] = self.data
        names = ("from_card", "to_card", "amount")
        return Order(
            **{name: values[name] for name in names},
            description=values["description"] or "",
            key=key,
        )


class ConfirmForm(SendForm):
    """The same, looked at and confirmed: the key that makes it one, a proof where asked."""

    key = HiddenText(validators=[required(), Length(max=KEY_LIMIT)])
    password = PasswordField(_l("Password"))
    code = TextField(_l("Code"))

    def proof(self) -> dict[str, Any]:
        """What `send_once` takes."""
        return {"password": self.password.data, "code": self.code.data}


class SavedForm(Form):
    """Somebody's card, and a name for it."""

    card_number = TextField(_l("Card number"), [required(), at_most(NUMBER_LIMIT)])
    alias = TextField(_l("Name"), [required(), at_most(ALIAS_LIMIT)])

    def values(self) -> dict[str, Any]:
        """What an operation takes."""
        return {"card_number": self.card_number.data, "alias": self.alias.data}


class SavedSearch(Form):
    """What the list of saved cards is narrowed to; its values are the address."""

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False

    query = TextField(_l("Search"), [at_most(SEARCH_LIMIT)])


class CardSelect(SelectField):  # type: ignore[misc]  # wtforms ships no types
    """One of one's own cards by its id, or any; whose it is, the query asks."""

    data: UUID | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read an id; an empty one is None."""
        self.data = None
        try:
            self.data = _id(valuelist[0]) if valuelist else None
        except ValueError as error:
            raise ValueError(_("Choose one.")) from error


class HistoryForm(Form):
    """What the history is narrowed to; its values are the address."""

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False

    card = CardSelect(_l("Card"), coerce=_id, validate_choice=False)
    direction = SelectField(_l("Direction"), choices=_any(DIRECTIONS), validate_choice=False)
    type = SelectField(_l("Kind"), choices=_any(KINDS), validate_choice=False)
    status = SelectField(_l("Outcome"), choices=_any(OUTCOMES), validate_choice=False)
    start_date = DayField(_l("From"))
    end_date = DayField(_l("To"))
    min_amount = MoneyField(_l("Least amount"))
    max_amount = MoneyField(_l("Most amount"))

    def offer(self, cards: Sequence[CardView]) -> "HistoryForm":
        """Let one of these be chosen."""
        self.card.choices = [
            SelectChoice("", _("All cards")),
            *(SelectChoice(str(card.id), masked(card.number)) for card in cards),
        ]
        return self

    def filters(self) -> TransferFilters:
        """As the query takes them; an unknown word is none."""
        known = {"direction": DIRECTIONS, "type": KINDS, "status": OUTCOMES}
        return TransferFilters(**{
            name: value or None
            for name, value in self.data.items()
            if name not in known or value in known[name]
        })  # fmt: skip


class RecordingForm(Form):
    """Whether transfers become records."""

    records = BooleanField(_l("Record my transfers as income and expenses"))
