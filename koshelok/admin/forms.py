"""Forms of the administrators' pages."""

from collections.abc import Sequence
from decimal import Decimal
from typing import cast
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import ValidationError

from koshelok.admin.operations import DESCRIPTION_LIMIT, REASON_LIMIT, Deposit
from koshelok.admin.queries import QUERY_LIMIT, CardFilters, HistoryFilters, TransferFilters
from koshelok.admin.words import ACTIONS, CARD_STATUSES, OUTCOMES, ROLES
from koshelok.core.errors import Invalid
from koshelok.wallet.numbers import masked, read_number
from koshelok.wallet.queries import CardView
from koshelok.web.forms import (
    DayField,
    Form,
    HiddenText,
    MoneyField,
    TextField,
    at_most,
    chosen,
    required,
)
from koshelok.web.problems import message_of

KEY_LIMIT = 200
_ONE = {"default": "", "invalid_choice_message": _l("Choose one.")}
_ANY = SelectChoice("", _l("All"))


def _choices(words: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class _Narrowing(Form):
    """What a list is narrowed to; its values are the address."""

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False


class UserSearch(_Narrowing):
    """Who is looked for."""

    query = TextField(_l("Search"), [at_most(QUERY_LIMIT)])


class CardSearch(_Narrowing):
    """Which cards are looked for."""

    owner = TextField(_l("Owner"), [at_most(QUERY_LIMIT)])
    status = SelectField(_l("Status"), choices=[_ANY, *_choices(CARD_STATUSES)], **_ONE)

    def filters(self) -> CardFilters:
        """As the query takes them."""
        return CardFilters((self.owner.data or "").strip() or None, self.status.data or None)


class TransferSearch(_Narrowing):
    """Which transfers are looked for."""

    card = TextField(_l("Card number"), [at_most(40)])
    status = SelectField(_l("Status"), choices=[_ANY, *_choices(OUTCOMES)], **_ONE)
    start_date = DayField(_l("From"))
    end_date = DayField(_l("To"))
    min_amount = MoneyField(_l("Least amount"))
    max_amount = MoneyField(_l("Most amount"))

    def validate_card(self, field: TextField) -> None:
        """Sixteen digits of ours, if any."""
        if not (field.data or "").strip():
            field.data = None
            return
        try:
            field.data = read_number(field.data)
        except Invalid as error:
            raise ValidationError(message_of(error)) from error

    def filters(self) -> TransferFilters:
        """As the query takes them."""
        return TransferFilters(
            card=self.card.data or None,
            status=self.status.data or None,
            start_date=self.start_date.data,
            end_date=self.end_date.data,
            min_amount=self.min_amount.data,
            max_amount=self.max_amount.data,
        )


class HistorySearch(_Narrowing):
    """What of the history is looked for."""

    actor = TextField(_l("Who"), [at_most(QUERY_LIMIT)])
    action = SelectField(_l("What"), choices=[_ANY, *_choices(ACTIONS)], **_ONE)
    start_date = DayField(_l("From"))
    end_date = DayField(_l("To"))

    def filters(self) -> HistoryFilters:
        """As the query takes them."""
        return HistoryFilters(
            actor=(self.actor.data or "").strip() or None,
            action=self.action.data or None,
            start_date=self.start_date.data,
            end_date=self.end_date.data,
        )


class RoleForm(Form):
    """Another role for somebody."""

    role = RadioField(
        _l("Role"), [chosen()], choices=_choices(ROLES), invalid_choice_message=_l("Choose one.")
    )


class StatusForm(Form):
    """What a card may do from now on."""

    status = SelectField(_l("Status"), choices=_choices(CARD_STATUSES), **_ONE)
    reason = TextField(_l("Reason"), [at_most(REASON_LIMIT)])

    @classmethod
    def towards(cls, status: str) -> "StatusForm":
        """An empty one for a page that has several."""
        return cls(formdata=None, status=status).named()

    def named(self) -> "StatusForm":
        """The same, told apart from the others of its page."""
        self.reason.id = f"reason-{self.status.data.lower()}"
        return self


class ReverseForm(Form):
    """Why a transfer is given back; the key makes it one reversal."""

    reason = TextField(_l("Reason"), [required(), at_most(DESCRIPTION_LIMIT)])
    key = HiddenText(validators=[required(), at_most(KEY_LIMIT)])


class DepositForm(Form):
    """Money onto a card of one's own; the key makes it one deposit."""

    amount = MoneyField(_l("Amount"), [required()])
    card = SelectField(_l("Onto the card"), [chosen()], validate_choice=False)
    description = TextField(_l("Note"), [at_most(DESCRIPTION_LIMIT)])
    key = HiddenText(validators=[required(), at_most(KEY_LIMIT)])

    def offer(self, cards: Sequence[CardView]) -> "DepositForm":
        """Let one of these be chosen, the first one by default."""
        self.card.choices = [SelectChoice(str(card.id), masked(card.number)) for card in cards]
        if not self.card.data and cards:
            self.card.data = str(cards[0].id)
        return self

    def order(self) -> Deposit:
        """What the operation takes."""
        return Deposit(
            amount=cast(Decimal, self.amount.data),
            card=_uuid(self.card.data),
            description=self.description.data or "",
            key=self.key.data,
        )


def _uuid(text: str) -> UUID:
    """The id that was chosen; what is none names no card."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def new_key() -> str:
    """A key for a form that is being rendered."""
    return str(uuid4())
