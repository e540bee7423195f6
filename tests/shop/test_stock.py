"""What comes to the shelf and leaves it: by operations, on the page, and many at once."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask

from koshelok.core.errors import DomainError, Invalid
from koshelok.core.page import BadCursor
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.errors import BelowReserved, ProductNotFound, TooMuchStock
from koshelok.shop.models import STOCK_LIMIT, MovementKind
from koshelok.shop.queries import ProductView
from koshelok.shop.queries.movements import MovementView, list_movements
from tests.conftest import Page, Person
from tests.shop.apart import Apart
from tests.shop.shelf import Seller, buy, is_sound, open_shop
from tests.shop.test_products_pages import LIST, at_work


@pytest.fixture
def seller(context: Flask, person: Person) -> Seller:
    """A shop of `person`."""
    return open_shop(person)


@pytest.fixture
def mine(seller: Seller, app: Flask) -> Page:
    """Its owner at work in it."""
    return at_work(seller, Apart(app).login(seller.person))


def move(seller: Seller, product: ProductView, quantity: int, kind: str = "received") -> None:
    """Write down a movement."""
    with unit_of_work():
        operations.move_stock(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, product_id=product.id,
            kind=kind, quantity=quantity,
        )  # fmt: skip


def history(seller: Seller, product: ProductView) -> list[MovementView]:
    """All movements of a product, the newest first."""
    return list(list_movements(seller.workspace_id, product.id, limit=100).items)


def test_refuses_to_take_what_buyers_were_promised(
    seller: Seller, make_person: Callable[..., Person]
) -> None:
    product = seller.product(stock=5)
    buy(make_person(), product, 3)
    for quantity in (-3, -5, -100):
        with pytest.raises(BelowReserved):
            move(seller, product, quantity, MovementKind.WRITTEN_OFF)
    for counted in (2, 0, -1):
        with pytest.raises(BelowReserved), unit_of_work():
            operations.count_stock(
                actor_id=seller.person.id, workspace_id=seller.workspace_id,
                product_id=product.id, counted=counted,
            )  # fmt: skip
    assert seller.see(product).on_hand == 5
    assert len(history(seller, product)) == 1


def test_refuses_too_many_and_anothers(seller: Seller, make_person: Callable[..., Person]) -> None:
    product = seller.product(stock=1)
    with pytest.raises(TooMuchStock):
        move(seller, product, STOCK_LIMIT)
    with pytest.raises(ProductNotFound):
        move(open_shop(make_person()), product, 1)
    with pytest.raises(TooMuchStock), unit_of_work():
        operations.create_product(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, name="Un",
            category="food", price=Decimal(1), stock=STOCK_LIMIT + 1,
        )  # fmt: skip
    with pytest.raises((Invalid, ValueError)):
        move(seller, product, 1, "magic")
    for cursor in ("x", "WyJhIl0"):
        with pytest.raises(BadCursor):
            list_movements(seller.workspace_id, product.id, limit=1, cursor=cursor)


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"action": "received"}, 422), ({"action": "received", "stock": "0"}, 422),
     ({"action": "received", "stock": "-2"}, 422), ({"action": "received", "stock": "2,5"}, 422),
     ({"action": "received", "stock": "12x"}, 422), ({"action": "received", "stock": "१२"}, 422),
     ({"action": "received", "stock": "1000000"}, 422),
     ({"action": "received", "stock": "10000000000000000000"}, 422),
     ({"action": "written_off", "stock": "4"}, 409), ({"action": "counted", "stock": "1"}, 409),
     ({"action": "counted", "stock": ""}, 422), ({"action": "written_off", "stock": "0"}, 422)],
)  # fmt: skip
def test_the_page_refuses_at_the_number(
    seller: Seller, mine: Page, make_person: Callable[..., Person], sent: dict[str, str],
    status: int,
) -> None:  # fmt: skip
    product = seller.product(stock=5)
    buy(make_person(), product, 2)
    answer = mine.post(f"{LIST}/{product.id}/stock", sent | {"note": "Yozilgan izoh"})
    assert answer.status_code == status
    assert 'id="stock-error"' in answer.text
    assert "Yozilgan izoh" in answer.text
    if sent.get("stock"):
        assert f'value="{sent["stock"]}"' in answer.text
    assert f'value="{sent["action"]}" checked' in answer.text
    assert seller.see(product).on_hand == 5


def test_the_page_refuses_what_did_not_happen(seller: Seller, mine: Page) -> None:
    product = seller.product(stock=5)
    long = {"action": "received", "stock": "1", "note": "x" * 301}
    for sent in ({"action": "stolen", "stock": "1"}, long):
        assert mine.post(f"{LIST}/{product.id}/stock", sent).status_code == 422
    assert seller.see(product).on_hand == 5


@pytest.mark.parametrize(
    ("action", "stock", "left", "kind", "moved"),
    [("received", "1 000", 1010, "received", 1000), ("written_off", "4", 6, "written_off", -4),
     ("counted", "7", 7, "corrected", -3), ("counted", "12", 12, "corrected", 2),
     ("counted", "0", 0, "corrected", -10)],
)  # fmt: skip
def test_the_page_writes_down(
    seller: Seller, mine: Page, action: str, stock: str, left: int, kind: str, moved: int
) -> None:
    product = seller.product(stock=10)
    sent = {"action": action, "stock": stock, "note": " Ombordan <b> "}
    answer = mine.post(f"{LIST}/{product.id}/stock", sent)
    assert answer.headers["Location"] == f"{LIST}/{product.id}"
    assert seller.see(product).on_hand == left
    latest = history(seller, product)[0]
    assert (latest.kind, latest.quantity, latest.note) == (kind, moved, "Ombordan <b>")
    shown = mine.get(f"{LIST}/{product.id}").text
    assert "Ombordan &lt;b&gt;" in shown
    assert f"{'+' if moved > 0 else '−'}{abs(moved)}<" in shown
    is_sound()


def test_a_full_shelf_takes_nothing_back(
    seller: Seller, make_person: Callable[..., Person]
) -> None:
    product = seller.product(stock=STOCK_LIMIT)
    order = buy(make_person(), product, 2)
    seller.take(order, "confirmed", "packed", "shipped", "delivered")
    move(seller, product, 1)
    with pytest.raises(TooMuchStock):
        seller.take(order, "returned")
    assert seller.see(product).on_hand == STOCK_LIMIT - 1
    assert seller.take(order, "returned", restock=False).status == "returned"
    is_sound()


def test_a_count_that_agrees_is_no_movement(seller: Seller, mine: Page) -> None:
    product = seller.product(stock=10)
    same = {"action": "counted", "stock": "10"}
    assert mine.post(f"{LIST}/{product.id}/stock", same).status_code == 303
    assert len(history(seller, product)) == 1


def test_a_refusal_comes_in_part(seller: Seller, mine: Page) -> None:
    product = seller.product(stock=1)
    answer = mine.htmx(
        "POST", f"{LIST}/{product.id}/stock", data={"action": "written_off", "stock": "2"}
    )
    assert answer.status_code == 409
    assert 'id="stock-error"' in answer.text
    assert "<html" not in answer.text


def test_the_history_names_orders_and_people(
    seller: Seller, make_person: Callable[..., Person]
) -> None:
    product = seller.product(stock=5)
    order = seller.take(buy(make_person(), product, 2), "confirmed", "packed", "shipped")
    seller.take(order, "delivered", "returned", restock=True)
    came_back, sold, received = history(seller, product)
    assert (received.kind, received.quantity, received.order) == ("received", 5, None)
    assert (sold.kind, sold.quantity, sold.number) == ("sold", -2, order.number)
    assert (came_back.kind, came_back.quantity, came_back.order) == ("returned", 2, order.id)


def test_the_history_goes_on_without_a_slip(seller: Seller, mine: Page) -> None:
    product = seller.product(stock=1)
    for _ in range(24):
        move(seller, product, 1)
    first = list_movements(seller.workspace_id, product.id, limit=20)
    rest = list_movements(seller.workspace_id, product.id, limit=20, cursor=first.next_cursor)
    assert (len(first.items), len(rest.items), rest.next_cursor) == (20, 5, None)
    part = mine.htmx("GET", f"{LIST}/{product.id}?cursor={first.next_cursor}").text
    assert part.count('id="movement-') == 5
    assert "<html" not in part


def test_many_at_once_lose_no_piece(seller: Seller, app: Flask) -> None:
    product = seller.product(stock=10)
    refused: list[DomainError] = []
    start = threading.Barrier(16)

    def work(number: int) -> None:
        with app.app_context():
            start.wait()
            for quantity in (3, -2) if number % 2 else (-2, -1):
                kind = MovementKind.RECEIVED if quantity > 0 else MovementKind.WRITTEN_OFF
                try:
                    move(seller, product, quantity, kind)
                except BelowReserved as error:
                    refused.append(error)

    session.remove()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    moved = sum(movement.quantity for movement in history(seller, product))
    assert seller.see(product).on_hand == moved >= 0
    is_sound()
