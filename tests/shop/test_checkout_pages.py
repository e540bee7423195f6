"""/checkout: ways to pay and what closes them, refusals kept, one order however often sent."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from koshelok.core import clock
from koshelok.debtors import operations as book
from koshelok.debtors.queries import find_by_phone
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.queries import OrderView, ProductView
from koshelok.wallet import operations as wallet
from tests.conftest import Page, Person, QueryCounter
from tests.shop.apart import Apart
from tests.shop.shelf import Seller, fill, is_sound, on_card, open_shop
from tests.shop.test_cart_pages import archive, cart_of, inside, price, text_of
from tests.wallet.support import open_with

MakePerson = Callable[..., Person]
Browse = Callable[[Person], Page]
PHONE = "+998901112233"
ADDRESS = "Chilonzor 5, 12-uy"


@pytest.fixture
def page(app: Flask) -> Page:
    return Apart(app)


@pytest.fixture
def browse(app: Flask) -> Browse:
    return lambda person: Apart(app).login(person)


@pytest.fixture
def seller(context: Flask, make_person: MakePerson) -> Seller:
    return open_shop(make_person(contact="+998901110000"))


@pytest.fixture
def buyer(make_person: MakePerson) -> Person:
    return make_person(contact=PHONE, full_name="Aziz Karimov")


@pytest.fixture
def tea(seller: Seller) -> ProductView:
    return seller.product(stock=5, price="12000")


def key_of(shown: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', shown)
    assert found, shown[:3000]
    return found[1]


def ways_of(shown: str) -> dict[str, bool]:
    """Each way by what it sends, and whether it is open."""
    found = re.findall(r'name="payment" value="([^"]+)"( disabled)?', shown)
    return {value: not closed for value, closed in found}


def orders_of(person: Person) -> list[OrderView]:
    session.rollback()
    return list(queries.list_orders(buyer_id=person.id, limit=50).items)


def confirm(page: Page, payment: str = "cash", **more: Any) -> Any:
    key = key_of(text_of(page.get("/checkout")))
    return page.post("/checkout", {"payment": payment, "address": ADDRESS, "key": key, **more})


def let_buy_on_credit(seller: Seller, buyer: Person, limit: str | None) -> None:
    whose: dict[str, Any] = {"actor_id": seller.person.id, "workspace_id": seller.workspace_id}
    with unit_of_work():
        if find_by_phone(seller.workspace_id, PHONE) is None:
            book.create_debtor(**whose, full_name="Aziz Karimov", phone_number=PHONE)
        operations.set_credit(
            **whose, user_id=buyer.id, credit=True, limit=Decimal(limit) if limit else None
        )


def test_visitors_sign_in_and_come_back(page: Page, tea: ProductView) -> None:
    page.post("/cart/items", {"product": str(tea.id)})
    assert page.get("/checkout").location.endswith("/login?next=/checkout")
    for path, back in (("/checkout/start", "/login?next=/checkout"), ("/checkout", "/login")):
        assert page.post(path).location.endswith(back)


@pytest.mark.usefixtures("tea")
def test_an_empty_cart_is_not_checked_out(browse: Browse, buyer: Person) -> None:
    page = browse(buyer)
    assert page.get("/checkout").location == "/cart"
    assert page.post("/checkout/start").location == "/cart"
    answer = page.post("/checkout", {"payment": "cash", "key": "k"})
    assert (answer.status_code, answer.location) == (303, "/cart")
    assert orders_of(buyer) == []


@pytest.mark.parametrize(
    "wrong",
    [{"payment": ""}, {"payment": "gold"}, {"payment": "card"}, {"payment": "card:x"},
     {"payment": f"card:{uuid4()}"}, {"key": ""}, {"key": "k" * 201}, {"address": "u" * 301},
     {"comment": "u" * 501}],
)  # fmt: skip
def test_what_is_wrong_is_said_and_all_typed_is_kept(
    browse: Browse, buyer: Person, seller: Seller, tea: ProductView, wrong: dict[str, str]
) -> None:
    open_with(seller.person, "1")
    fill(buyer, (tea, 1))
    page = browse(buyer)
    body = {"payment": "cash", "address": ADDRESS, "comment": "Kechqurun", "key": "k1", **wrong}
    for answer in (page.post("/checkout", body), page.htmx("POST", "/checkout", data=body)):
        assert answer.status_code == 422
        shown = text_of(answer)
        assert "field-error" in shown or "notice-error" in shown or wrong.keys() == {"key"}
        assert (wrong.get("address") or ADDRESS) in shown
        assert (wrong.get("comment") or "Kechqurun") in shown
        assert key_of(shown) not in {"k1", wrong.get("key")}
    assert orders_of(buyer) == []
    is_sound()


def test_closed_ways_say_why_and_are_refused(
    browse: Browse, buyer: Person, seller: Seller, tea: ProductView
) -> None:
    with unit_of_work():
        operations.edit_shop(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, accepts_cash=False
        )
    fill(buyer, (tea, 2))
    page = browse(buyer)
    shown = text_of(page.get("/checkout"))
    assert ways_of(shown) == {"card": False, "credit": False, "cash": False}
    assert re.search(r'id="place"[^>]*disabled|disabled[^>]*id="place"', shown)
    for way, status in (("cash", 409), ("credit", 409)):
        assert confirm(page, way).status_code == status
    open_with(seller.person, "1")
    assert ways_of(text_of(page.get("/checkout")))["card"] is False  # the buyer has none
    mine, _ = open_with(buyer, "23999.99")
    assert ways_of(text_of(page.get("/checkout")))[f"card:{mine}"] is False
    assert confirm(page, f"card:{mine}").status_code == 409
    let_buy_on_credit(seller, buyer, "23999")
    assert ways_of(text_of(page.get("/checkout")))["credit"] is False
    assert confirm(page, "credit").status_code == 409
    let_buy_on_credit(seller, buyer, "24000")
    assert ways_of(text_of(page.get("/checkout")))["credit"] is True
    assert orders_of(buyer) == []
    assert inside(cart_of(buyer)) == {tea.name: 2}
    is_sound()


def test_no_other_way_takes_the_place_of_one_that_is_closed(
    browse: Browse, buyer: Person, seller: Seller, tea: ProductView
) -> None:
    open_with(seller.person, "1")
    mine, _ = open_with(buyer, "100000")
    fill(buyer, (tea, 1))
    page = browse(buyer)
    assert re.search(rf'value="card:{mine}" checked', text_of(page.get("/checkout")))
    refused = confirm(page, "credit")
    assert (refused.status_code, " checked" in text_of(refused)) == (409, False)


def test_a_way_is_open_where_each_shop_takes_it(
    browse: Browse, buyer: Person, make_person: MakePerson, seller: Seller, tea: ProductView
) -> None:
    second = open_shop(make_person(contact="+998901110001"), "Anvar savdo")
    fill(buyer, (tea, 1), (second.product(), 1))
    card, _ = open_with(buyer, "100000")
    open_with(seller.person, "1")
    let_buy_on_credit(seller, buyer, None)
    page = browse(buyer)
    assert ways_of(text_of(page.get("/checkout"))) == {"card": False, "credit": False, "cash": True}
    open_with(second.person, "1")
    let_buy_on_credit(second, buyer, None)
    opened = {f"card:{card}": True, "credit": True, "cash": True}
    assert ways_of(text_of(page.get("/checkout"))) == opened
    chosen = queries.find_payout_card_id(seller.workspace_id)
    assert chosen is not None
    whose: dict[str, Any] = {"actor_id": seller.person.id}
    with unit_of_work():
        operations.edit_shop(**whose, workspace_id=seller.workspace_id, payout_card=chosen)
    assert ways_of(text_of(page.get("/checkout"))) == opened
    with unit_of_work():
        wallet.change_status(**whose, card_id=chosen, status="FROZEN")
    assert ways_of(text_of(page.get("/checkout")))["card"] is False


@pytest.mark.parametrize("change", ["price", "stock", "gone"])
def test_what_changes_meanwhile_is_settled_in_the_cart_and_typed_words_wait(
    browse: Browse, buyer: Person, make_person: MakePerson, seller: Seller, change: str
) -> None:
    product = seller.product(stock=2)
    fill(buyer, (product, 2))
    page = browse(buyer)
    key = key_of(text_of(page.get("/checkout")))
    if change == "price":
        price(seller, product, "13000")
    elif change == "gone":
        archive(seller, product)
    else:
        other = make_person()
        fill(other, (product, 1))
        assert confirm(browse(other)).status_code == 303
    body = {"payment": "cash", "address": ADDRESS, "comment": "Kechqurun", "key": key}
    answer = page.htmx("POST", "/checkout", data=body)
    assert (answer.status_code, '"/cart"' in answer.headers["HX-Location"]) == (200, True)
    assert page.post("/checkout", body).location == "/cart"
    shown = text_of(page.get("/cart"))
    assert "cart-line-marked" in shown
    assert orders_of(buyer) == []
    if change == "gone":
        return
    (item,) = cart_of(buyer).items
    settle = (
        ("/cart/prices", {}) if change == "price" else (f"/cart/items/{item.id}", {"quantity": "1"})
    )
    page.post(*settle)
    shown = text_of(page.get("/checkout"))
    assert ADDRESS in shown
    assert "Kechqurun" in shown
    assert confirm(page).status_code == 303
    assert "Kechqurun" not in str(page.client.get_cookie("session"))
    is_sound()


def test_one_key_orders_once_and_answers_alike(
    browse: Browse, buyer: Person, tea: ProductView
) -> None:
    fill(buyer, (tea, 1))
    page = browse(buyer)
    body = {"payment": "cash", "address": ADDRESS, "key": key_of(text_of(page.get("/checkout")))}
    first, again = page.post("/checkout", body), page.post("/checkout", body)
    (order,) = orders_of(buyer)
    assert first.location == again.location == f"/orders/{order.id}"
    inplace = page.htmx("POST", "/checkout", data=body)
    assert str(order.id) in inplace.headers["HX-Location"]
    another = page.post("/checkout", {**body, "address": "Boshqa joy"})
    assert another.location == "/cart"
    assert len(orders_of(buyer)) == 1


@pytest.mark.parametrize("payment", ["card", "credit", "cash"])
def test_each_way_is_paid(
    browse: Browse, buyer: Person, seller: Seller, tea: ProductView, payment: str
) -> None:
    mine, _ = open_with(buyer, "100000")
    open_with(seller.person, "1")
    let_buy_on_credit(seller, buyer, "50000")
    fill(buyer, (tea, 2))
    page = browse(buyer)
    answer = confirm(page, f"card:{mine}" if payment == "card" else payment, comment="Tez")
    (order,) = orders_of(buyer)
    assert answer.location == f"/orders/{order.id}"
    assert (order.payment, order.total, order.address, order.comment) == (
        payment,
        24000,
        ADDRESS,
        "Tez",
    )
    assert on_card(mine) == (76000 if payment == "card" else 100000)
    fill(buyer, (tea, 1))
    assert ADDRESS in text_of(page.get("/checkout"))  # where the last one went
    is_sound()


def test_orders_of_several_shops_are_shown_together(
    browse: Browse, buyer: Person, make_person: MakePerson, seller: Seller, tea: ProductView
) -> None:
    second = open_shop(make_person(), "Anvar savdo")
    fill(buyer, (tea, 1), (second.product(), 2))
    page = browse(buyer)
    answer = confirm(page)
    orders = orders_of(buyer)
    shown = text_of(page.get(answer.location))
    assert len(orders) == 2
    assert all(f"/orders/{order.id}" in shown for order in orders)
    for id_ in (UUID(int=0), orders[0].id):
        assert browse(seller.person).get(f"/checkout/placed/{id_}").status_code == 404


def test_what_is_checked_out_is_kept_for_ten_minutes(
    browse: Browse, buyer: Person, make_person: MakePerson, tea: ProductView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    fill(buyer, (tea, 5))
    page, other = browse(buyer), browse(make_person())
    shown = text_of(page.get("/checkout"))
    assert "<time" not in shown
    assert 'name="keep"' in shown
    assert page.post("/checkout/start").location == "/checkout"
    shown = text_of(page.get("/checkout"))
    assert re.search(r'<time datetime="[^"]+">\d\d:\d\d</time>', shown)
    refused = other.htmx("POST", "/cart/items", data={"product": str(tea.id)})
    assert refused.status_code == 409
    later = clock.now() + timedelta(minutes=11)
    for module in ("carts", "products"):
        monkeypatch.setattr(f"koshelok.shop.queries.{module}.now", lambda: later)
    assert "<time" not in text_of(page.get("/checkout"))
    answer = page.post("/checkout", {"keep": "1", "address": "Yangi joy"})
    assert (answer.status_code, "Yangi joy" in text_of(answer)) == (200, True)
    assert confirm(page).status_code == 303
    is_sound()


def test_pages_ask_little(
    browse: Browse, buyer: Person, make_person: MakePerson, seller: Seller, queries: QueryCounter
) -> None:
    shops = [seller, *(open_shop(make_person()) for _ in range(3))]
    fill(buyer, *((shop.product(), 1) for shop in shops))
    open_with(buyer, "100000")
    page = browse(buyer)
    queries.statements.clear()
    assert page.get("/checkout").status_code == 200
    assert len(queries.statements) <= 10
    answer = confirm(page)
    queries.statements.clear()
    assert page.get(answer.location).status_code == 200
    assert len(queries.statements) <= 10
