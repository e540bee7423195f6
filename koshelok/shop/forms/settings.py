"""The form of how a shop sells."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, NumberRange

from koshelok.core.phones import readable_phone
from koshelok.shop.models import ABOUT_LIMIT, ADDRESS_LIMIT, STOCK_LIMIT
from koshelok.shop.queries import ShopView
from koshelok.wallet.numbers import masked
from koshelok.wallet.queries import CardView
from koshelok.web.forms import Form, TextField, at_most

PHONE_LIMIT = 30
OLDEST = "oldest"


class StockField(IntegerField):  # type: ignore[misc]  # wtforms ships no types
    """A number of pieces."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a whole number."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            self.data = None
            raise ValueError(_("Write a whole number.")) from error


class ShopForm(Form):
    """What buyers read, how they may pay, and where the money goes."""

    about = TextAreaField(_l("About the shop"), [at_most(ABOUT_LIMIT)])
    address = TextField(_l("Address"), [at_most(ADDRESS_LIMIT)])
    phone_number = TextField(_l("Phone number"), [at_most(PHONE_LIMIT)])
    accepts_cash = BooleanField(_l("Take cash on delivery"))
    low_stock = StockField(
        _l("Few are left from"),
        [
            InputRequired(_l("Fill this in.")),
            NumberRange(0, STOCK_LIMIT, _l("Write a whole number.")),
        ],
    )
    payout_card = SelectField(_l("Card to be paid on"))

    def offer(self, cards: Sequence[CardView], shop: ShopView) -> "ShopForm":
        """Let the shop be paid on one of these, its owner's own; another one stays chosen."""
        active = [card for card in cards if card.status == "ACTIVE"]
        choices = [SelectChoice(str(card.id), masked(card.number)) for card in active]
        chosen = shop.payout_card_id
        if chosen is not None and chosen not in {card.id for card in active}:
            choices.append(SelectChoice(str(chosen), _("The card chosen before")))
        self.payout_card.choices = [SelectChoice(OLDEST, _("My oldest active card")), *choices]
        return self

    def changes(self, shop: ShopView) -> dict[str, Any]:
        """What edit_shop takes."""
        names = ("about", "address", "phone_number", "accepts_cash", "low_stock")
        values: dict[str, Any] = {name: self.data[name] for name in names}
        card = self.payout_card.data
        if card == OLDEST:
            return values | {"clear_payout_card": True}
        return values if card == str(shop.payout_card_id) else values | {"payout_card": UUID(card)}


def shop_form(shop: ShopView) -> ShopForm:
    """The form as the shop is now."""
    values = {name: getattr(shop, name) for name in ("about", "address", "accepts_cash")}
    return ShopForm(
        formdata=None,
        data=values
        | {
            "phone_number": readable_phone(shop.phone_number) if shop.phone_number else "",
            "low_stock": shop.low_stock,
            "payout_card": str(shop.payout_card_id or OLDEST),
        },
    )
