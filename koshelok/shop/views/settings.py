"""/shop/manage/settings: what buyers read, how they may pay, where the money goes; its owner's."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.forms.settings import ShopForm, shop_form
from koshelok.shop.queries import ShopView
from koshelok.shop.queries.shops import find_card_to_be_paid_on
from koshelok.shop.views.sections import only_in_shops
from koshelok.wallet.queries import list_cards
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import render, see_other

bp = Blueprint("settings", __name__, url_prefix="/shop/manage/settings")
bp.before_request(only_in_shops)


@bp.get("")
@access.owner
def show() -> Response:
    """As it is."""
    shop = queries.get_shop(current_workspace().id)
    return _page(shop_form(shop), shop)


@bp.post("")
@access.owner
def update() -> Response:
    """Say it anew."""
    shop = queries.get_shop(current_workspace().id)
    form = ShopForm().offer(list_cards(current_actor().id), shop)
    if not form.validate():
        return _page(form, shop, 422)
    try:
        with unit_of_work():
            operations.edit_shop(
                actor_id=current_actor().id, workspace_id=shop.id, **form.changes(shop)
            )
    except DomainError as error:
        form.refuse(error)
        return _page(form, shop, error.status)
    flash(_("Saved"), "success")
    return see_other(url_for(".show"))


def _page(form: ShopForm, shop: ShopView, status: int = 200) -> Response:
    cards = list_cards(current_actor().id)
    used = find_card_to_be_paid_on(shop.id, shop.payout_card_id)
    return render(
        "shop/manage/settings.html",
        status=status,
        form=form.offer(cards, shop),
        shop=shop,
        used=next((card for card in cards if card.id == used), None),
        payable=used is not None,
        has_cards=any(card.status != "CLOSED" for card in cards),
    )
