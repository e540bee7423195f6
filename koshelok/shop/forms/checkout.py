"""The form of a checkout: where to, a word to the shop, and which way to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import Length

from koshelok.core.errors import DomainError
from koshelok.core.money import format_amount
from koshelok.shop.errors import (
    CardsNotTaken,
    CashNotTaken,
    CreditLimitReached,
    CreditNotAllowed,
)
from koshelok.shop.models import ADDRESS_LIMIT, COMMENT_LIMIT, KEY_LIMIT, Payment
from koshelok.shop.operations import Wanted
from koshelok.shop.queries import CartView
from koshelok.shop.queries.checkout import Terms
from koshelok.wallet.queries import CardView
from koshelok.web.forms import Form, HiddenText, at_most, chosen, required
from koshelok.web.problems import message_of

_OF_PAYING = {"card", "from_card"}


class CheckoutForm(Form):
    """How a buyer confirms a cart; `payment` is a way's value: "credit", "cash" or "card:<id>"."""

    address = TextAreaField(_l("Where to bring it"), [at_most(ADDRESS_LIMIT)])
    comment = TextAreaField(_l("A word to the shop"), [at_most(COMMENT_LIMIT)])
    payment = RadioField(_l("How to pay"), [chosen()], validate_choice=False)
    key = HiddenText(validators=[required(), Length(max=KEY_LIMIT)])

    def refuse(self, error: DomainError) -> None:
        """What is wrong with a card is said where it is chosen."""
        if error.field in _OF_PAYING:
            error.field = "payment"
        super().refuse(error)

    def renew(self) -> "CheckoutForm":
        """A form that is shown carries a key of its own."""
        self.key.data = str(uuid4())
        return self

    def wanted(self) -> Wanted:
        """As the operation takes it; of a form that has been validated."""
        payment, _colon, card = str(self.payment.data).partition(":")
        return Wanted(
            payment=payment,
            key=str(self.key.data),
            card=_read_id(card),
            address=self.address.data or "",
            comment=self.comment.data or "",
        )


def _read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay; `reason` says why it is closed, `amount` what is there to pay with."""

    value: str
    payment: Payment
    digits: str = ""
    amount: Decimal | None = None
    reason: str = ""


def list_ways(cart: CartView, terms: Sequence[Terms], cards: Sequence[CardView]) -> list[Way]:
    """Every way to pay for a cart, the closed ones with what closes them."""
    return [*_by_card(cart, terms, cards), _on_credit(cart, terms), _in_cash(terms)]


def _by_card(cart: CartView, terms: Sequence[Terms], cards: Sequence[CardView]) -> list[Way]:
    refusing = next((shop for shop in terms if not shop.card), None)
    if refusing:
        return [Way("card", Payment.CARD, reason=message_of(CardsNotTaken(shop=refusing.name)))]
    active = [card for card in cards if card.status == "ACTIVE"]
    if not active:
        return [Way("card", Payment.CARD, reason=_("You have no active card."))]
    return [
        Way(
            f"card:{card.id}",
            Payment.CARD,
            card.number[-4:],
            card.balance,
            "" if card.balance >= cart.total else _("There is not enough on this card."),
        )
        for card in active
    ]


def _on_credit(cart: CartView, terms: Sequence[Terms]) -> Way:
    due = {id_: sum((i.total for i in items), Decimal(0)) for id_, _name, items in cart.shops}
    for shop in terms:
        if not shop.credit:
            reason = message_of(CreditNotAllowed(shop=shop.name))
            return Way("credit", Payment.CREDIT, reason=reason)
        if shop.room is not None and due[shop.shop] > shop.room:
            refusal = CreditLimitReached(shop=shop.name, room=format_amount(shop.room))
            return Way("credit", Payment.CREDIT, reason=message_of(refusal))
    only = terms[0].room if len(terms) == 1 else None
    return Way("credit", Payment.CREDIT, amount=only)


def _in_cash(terms: Sequence[Terms]) -> Way:
    refusing = next((shop for shop in terms if not shop.cash), None)
    reason = message_of(CashNotTaken(shop=refusing.name)) if refusing else ""
    return Way("cash", Payment.CASH, reason=reason)
