"""/cart by plain forms and in place, a visitor's and a person's; refusals first."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.models import Cart
from koshelok.shop.queries import CartView, ProductView
from tests.conftest import Page, Person, QueryCounter
from tests.shop.apart import Apart
from tests.shop.shelf import Seller, fill, open_shop

MakePerson = Callable[..., Person]
Browse = Callable[[Person], Page]


@pytest.fixture
def page(app: Flask) -> Page:
    return Apart(app)


@pytest.fixture
def browse(app: Flask) -> Browse:
    return lambda person: Apart(app).login(person)


@pytest.fixture
def seller(context: Flask, make_person: MakePerson) -> Seller:
    return open_shop(make_person())


@pytest.fixture
def tea(seller: Seller) -> ProductView:
    return seller.product(stock=5, name="Ko'k choy")


def cart_of(person: Person) -> CartView:
    session.expire_all()
    session.rollback()
    return queries.get_cart(queries.find_cart_id(user_id=person.id, cart_id=None))


def inside(cart: CartView) -> dict[str, int]:
    return {item.product.name: item.quantity for item in cart.items}


def visitors() -> list[Any]:
    session.rollback()
    return list(session.query(Cart.id).filter(Cart.user_id.is_(None)).all())


def text_of(response: Any) -> str:
    found: str = response.get_data(as_text=True)
    return found


def price(seller: Seller, product: ProductView, price: str) -> None:
    with unit_of_work():
        operations.edit_product(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, product_id=product.id,
            price=Decimal(price),
        )  # fmt: skip


def archive(seller: Seller, product: ProductView) -> None:
    with unit_of_work():
        operations.archive_product(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, product_id=product.id
        )


def take(seller: Seller, product: ProductView, quantity: int) -> None:
    with unit_of_work():
        operations.count_stock(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, product_id=product.id,
            counted=quantity,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "status"), [("0", 422), ("1000", 422), ("-1", 422), ("ikki", 422), ("6", 409)]
)
def test_what_cannot_be_put_in_is_not(
    browse: Browse, person: Person, tea: ProductView, typed: str, status: int
) -> None:
    page = browse(person)
    body = {"product": str(tea.id), "quantity": typed}
    answer = page.htmx("POST", "/cart/items", data=body)
    assert (answer.status_code, "toast" in text_of(answer)) == (status, True)
    assert page.post("/cart/items", body).status_code == 303
    assert inside(cart_of(person)) == {}


@pytest.mark.parametrize("product", ["0", "999999", "9" * 30, "x", ""])
def test_what_is_nowhere_is_not_put_in(browse: Browse, person: Person, product: str) -> None:
    answer = browse(person).htmx("POST", "/cart/items", data={"product": product})
    assert answer.status_code in {409, 422}


def test_lines_of_others_are_not_found(
    browse: Browse, person: Person, make_person: MakePerson, page: Page, tea: ProductView
) -> None:
    other = make_person()
    fill(other, (tea, 2))
    (item,) = cart_of(other).items
    for client in (browse(person), page):
        changed = client.post(f"/cart/items/{item.id}", {"quantity": "1"})
        assert changed.status_code == 404
        assert client.post(f"/cart/items/{item.id}/delete").status_code == 404
        assert client.post("/cart/prices").status_code == 404
    assert inside(cart_of(other)) == {tea.name: 2}


def test_a_cookie_that_we_did_not_sign_opens_no_cart(
    app: Flask, page: Page, tea: ProductView
) -> None:
    page.post("/cart/items", {"product": str(tea.id)})
    ((cart_id,),) = visitors()
    stranger = Apart(app)
    for forged in (cart_id.hex, f"{cart_id.hex}.x", "", "."):
        stranger.client.set_cookie("cart", forged)
        assert tea.name not in text_of(stranger.get("/cart"))


def test_a_quantity_that_is_not_there_is_refused_at_its_line(
    browse: Browse, person: Person, tea: ProductView
) -> None:
    fill(person, (tea, 2))
    page, (item,) = browse(person), cart_of(person).items
    plain = page.post(f"/cart/items/{item.id}", {"quantity": "9"})
    inplace = page.htmx("POST", f"/cart/items/{item.id}", data={"quantity": "9"})
    for answer in (plain, inplace):
        assert answer.status_code == 409
        shown = text_of(answer)
        assert f'id="wrong-{item.id}"' in shown
        assert 'value="9"' in shown
    assert page.post(f"/cart/items/{item.id}", {"quantity": "ko'p"}).status_code == 422
    assert inside(cart_of(person)) == {tea.name: 2}


def test_what_is_put_in_adds_up_and_undo_takes_it_back(
    browse: Browse, person: Person, tea: ProductView
) -> None:
    page = browse(person)
    for quantity in ("2", "1"):
        answer = page.htmx(
            "POST", "/cart/items", data={"product": str(tea.id), "quantity": quantity}
        )
        assert (answer.status_code, "cart-changed" in answer.headers["HX-Trigger"]) == (200, True)
    shown = text_of(answer)
    assert re.search(r'id="cart-badge".*hx-swap-oob="true".*>3<', shown, re.S)
    undo = re.search(r'action="(/cart/back/\d+/2)"', shown)
    assert undo
    assert page.htmx("POST", undo[1]).status_code == 200
    assert inside(cart_of(person)) == {tea.name: 2}
    assert page.post(f"/cart/back/{tea.id}/0").status_code == 303
    assert inside(cart_of(person)) == {}


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ({"quantity": "4"}, 4),
        ({"quantity": "2", "step": "1"}, 3),
        ({"quantity": "2", "step": "-1"}, 1),
    ],
)
def test_a_line_is_changed_in_place_or_by_a_form(
    browse: Browse, person: Person, tea: ProductView, body: dict[str, str], left: int
) -> None:
    fill(person, (tea, 2))
    page, (item,) = browse(person), cart_of(person).items
    inplace = page.htmx("POST", f"/cart/items/{item.id}", data=body)
    assert inplace.status_code == 200
    assert text_of(inplace).lstrip().startswith('<div id="cart"')
    assert inside(cart_of(person)) == {tea.name: left}
    plain = page.post(f"/cart/items/{item.id}", {"quantity": "2"})
    assert (plain.status_code, plain.location) == (303, "/cart")
    assert inside(cart_of(person)) == {tea.name: 2}


def test_a_line_is_taken_out_and_put_back(browse: Browse, person: Person, tea: ProductView) -> None:
    fill(person, (tea, 2))
    page, (item,) = browse(person), cart_of(person).items
    answer = page.htmx("POST", f"/cart/items/{item.id}/delete")
    undo = re.search(r'action="(/cart/back/[^"]+)"', text_of(answer))
    assert undo
    assert inside(cart_of(person)) == {}
    assert page.htmx("POST", undo[1]).status_code == 200
    (item,) = cart_of(person).items
    assert page.post(f"/cart/items/{item.id}/delete").status_code == 303
    assert undo[1] in text_of(page.get("/cart"))


def test_more_of_what_costs_more_now_is_no_consent(
    browse: Browse, person: Person, seller: Seller
) -> None:
    tea = seller.product(stock=5)
    fill(person, (tea, 1))
    [item] = cart_of(person).items
    price(seller, tea, "15000")
    page = browse(person)
    page.htmx("POST", f"/cart/items/{item.id}", data={"quantity": "2"})
    page.htmx("POST", "/cart/items", data={"product": str(tea.id), "quantity": "1"})
    [line] = cart_of(person).items
    assert (line.quantity, line.price_seen, line.changed) == (3, 12000, True)
    page.htmx("POST", "/cart/prices")
    assert not cart_of(person).items[0].changed


def test_what_has_changed_is_settled_before_the_checkout(
    browse: Browse, person: Person, seller: Seller
) -> None:
    dearer, short, gone = (seller.product(stock=5) for _ in range(3))
    fill(person, (dearer, 1), (short, 4), (gone, 1))
    price(seller, dearer, "15000")
    take(seller, short, 2)
    archive(seller, gone)
    page = browse(person)
    lines = {item.product.id: item.id for item in cart_of(person).items}
    shown = text_of(page.get("/cart"))
    assert 'action="/cart/prices"' in shown
    assert re.search(
        r"disabled[^>]*aria-describedby=\"cart-blocked\"|cart-blocked[^>]*disabled", shown
    )
    for path in ("/checkout", "/checkout/start"):
        answer = page.get(path) if path == "/checkout" else page.post(path)
        assert (answer.status_code, answer.location) == (303, "/cart")
    page.htmx("POST", "/cart/prices")
    page.htmx("POST", f"/cart/items/{lines[short.id]}", data={"quantity": "2"})
    assert page.get("/checkout").status_code == 303
    refused = page.htmx("POST", f"/cart/items/{lines[gone.id]}", data={"quantity": "1"})
    assert refused.status_code == 409
    page.htmx("POST", f"/cart/items/{lines[gone.id]}/delete")
    assert page.get("/checkout").status_code == 200


def test_a_visitors_cart_comes_along_whoever_signs_in(
    app: Flask, person: Person, seller: Seller, tea: ProductView
) -> None:
    other = seller.product(stock=9, name="Non")
    fill(person, (tea, 3), (other, 1))
    page = Apart(app)
    page.get("/login")
    page.post("/cart/items", {"product": str(tea.id), "quantity": "2"})
    page.post("/cart/items", {"product": str(other.id), "quantity": "2"})
    shown = text_of(page.get("/cart"))
    assert tea.name.split("'")[0] in shown
    assert page.client.get_cookie("cart")
    page.login(person)  # which ends with a page that is not the shop's
    assert page.client.get_cookie("cart") is None
    assert visitors() == []
    assert inside(cart_of(person)) == {tea.name: 3, "Non": 2}
    page.post("/logout")
    assert "Non" not in text_of(page.get("/cart"))
    assert inside(cart_of(person)) == {tea.name: 3, "Non": 2}


def test_looking_makes_no_cart_and_the_api_no_merge(
    page: Page, person: Person, tea: ProductView, call: Callable[[Person], Any]
) -> None:
    page.get("/cart")
    page.get("/shop")
    assert page.client.get_cookie("cart") is None
    assert visitors() == []
    page.post("/cart/items", {"product": str(tea.id)})
    api = call(person)
    api.client.set_cookie("cart", page.client.get_cookie("cart").value)  # type: ignore[union-attr]
    assert api.get("/workspaces").status_code == 200
    assert len(visitors()) == 1


@pytest.mark.parametrize("https", [False, True])
def test_the_cookie_is_out_of_reach(
    another_app: Callable[..., Flask], tea: ProductView, https: bool
) -> None:
    app = another_app(https=https)
    page, home = Apart(app), "https://localhost"
    page.get("/login", base_url=home)
    given = page.post(
        "/cart/items", {"product": str(tea.id)}, base_url=home, headers={"Referer": f"{home}/shop"}
    )
    cookie = next(c for c in given.headers.getlist("Set-Cookie") if "cart=" in c)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert cookie.startswith("__Host-cart=") == ("Secure" in cookie.split("; ")) == https


def test_pages_ask_little_and_other_pages_nothing_more(
    browse: Browse, person: Person, seller: Seller, queries: QueryCounter
) -> None:
    page = browse(person)
    page.get("/profile")
    queries.statements.clear()
    page.get("/profile")
    before = len(queries.statements)
    fill(person, *[(seller.product(), 1) for _ in range(5)])
    queries.statements.clear()
    page.get("/profile")
    assert len(queries.statements) == before
    queries.statements.clear()
    assert page.get("/cart").status_code == 200
    assert len(queries.statements) <= 10
