"""What goods cost moves with their order: administration gives none of it back."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Api, Page, Person
from tests.shop.shelf import buy, is_sound, open_shop
from tests.wallet.support import open_with


@pytest.mark.parametrize("which", ["purchase", "payout"])
def test_the_money_of_an_order_goes_back_with_the_order(
    app: Flask, boss: Api, desk: Page, make_person: Callable[..., Person], which: str
) -> None:
    buyer, owner = make_person(), make_person()
    with app.app_context():
        card, _ = open_with(buyer, "50000")
        open_with(owner, "1")
        seller = open_shop(owner)
        order = buy(buyer, seller.product(price="10000"), payment="card", card=card)
        order = seller.take(order, "confirmed", "packed", "shipped", "delivered")
        transfer = getattr(order, which)
    answer = boss.post(f"/admin/transfers/{transfer}/reverse", {"reason": "Xato"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "belongs_to_an_order")
    shown = desk.get(f"/admin/transfers/{transfer}").get_data(as_text=True)
    assert 'id="reverse"' not in shown
    form = {"reason": "Xato", "key": "k"}
    assert desk.post(f"/admin/transfers/{transfer}/reverse", form).status_code == 409
    with app.app_context():
        is_sound()
