"""/orders: what one has ordered, how it goes, and taking it back."""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from tests.conftest import Page, Person, QueryCounter
from tests.shop.faces import ALL_THE_WAY, Counter
from tests.shop.shelf import fill, order
from tests.wallet.support import open_with

Make = Callable[..., Person]


@pytest.fixture
def counter(app: Flask, make_person: Make) -> Counter:
    owner = make_person(contact="+998901110000", full_name="Malika Yusupova")
    return Counter(app, owner, make_person(contact="+998901112233", full_name="Aziz Karimov"))


@pytest.fixture
def mine(counter: Counter, browse: Callable[[Person], Page]) -> Page:
    return browse(counter.buyer)


def html(page: Page, path: str) -> str:
    return page.get(path).get_data(as_text=True)


def test_a_visitor_is_sent_to_sign_in(page: Page) -> None:
    for path in ("/orders", f"/orders/{uuid4()}"):
        assert page.get(path).status_code in {302, 303}


def test_a_strangers_order_is_not_there(
    counter: Counter, browse: Callable[[Person], Page], make_person: Make
) -> None:
    made = counter.order(counter.product())
    for somebody in (make_person(), counter.seller.person):  # its shop has a page of its own
        page = browse(somebody)
        assert page.get(f"/orders/{made.id}").status_code == 404
        assert page.post(f"/orders/{made.id}/cancel").status_code == 404
        assert page.post(f"/orders/{made.id}/again").status_code == 404
    assert counter.status(made.id) == "pending"


def test_what_was_sent_meanwhile_is_not_cancelled_and_says_so(counter: Counter, mine: Page) -> None:
    made = counter.order(counter.product(), "confirmed", "packed", "shipped")
    answer = mine.post(f"/orders/{made.id}/cancel")
    assert answer.status_code == 409
    assert "has sent it meanwhile" in answer.get_data(as_text=True)
    assert counter.status(made.id) == "shipped"


def test_twice_cancelled_is_cancelled_once(counter: Counter, mine: Page) -> None:
    made = counter.order(counter.product())
    assert mine.post(f"/orders/{made.id}/cancel").status_code == 303
    answer = mine.post(f"/orders/{made.id}/cancel")
    assert answer.status_code == 409
    assert "It is cancelled already." in answer.get_data(as_text=True)


def test_a_reason_too_long_is_refused(counter: Counter, mine: Page) -> None:
    made = counter.order(counter.product())
    assert mine.post(f"/orders/{made.id}/cancel", {"note": "x" * 301}).status_code == 422
    assert counter.status(made.id) == "pending"


def test_a_cursor_that_is_none_is_refused(mine: Page) -> None:
    assert mine.get("/orders?cursor=zzz").status_code == 422


def test_without_orders_there_is_a_way_to_the_shop(mine: Page) -> None:
    assert 'href="/shop"' in html(mine, "/orders")


def test_orders_are_listed_newest_first_and_go_on(counter: Counter, mine: Page) -> None:
    product = counter.product(name="Ko'k choy", stock=30)
    first = counter.order(product)
    for _ in range(20):
        last = counter.order(product)
    said = html(mine, "/orders")
    assert f"/orders/{last.id}" in said
    assert f"/orders/{first.id}" not in said
    page = counter.inside(queries.list_orders, buyer_id=counter.buyer.id, limit=20)
    rows = mine.htmx("GET", f"/orders?cursor={page.next_cursor}").get_data(as_text=True)
    assert f"/orders/{first.id}" in rows
    assert "<html" not in rows


def test_an_order_of_many_names_two(counter: Counter, mine: Page) -> None:
    products = [counter.product(name=f"Choy {letter}") for letter in "ABCD"]
    counter.inside(fill, counter.buyer, *[(product, 1) for product in products])
    counter.inside(order, counter.buyer)
    said = html(mine, "/orders")
    assert "Choy A, Choy B<" in said
    assert "and 2 more" in said


@pytest.mark.parametrize(
    ("steps", "done", "state"),
    [((), 0, "now"), (ALL_THE_WAY[:3], 3, "now"), (ALL_THE_WAY, 5, "done"),
     (("cancelled",), 1, "ended"), ((*ALL_THE_WAY, "returned"), 5, "ended")],
)  # fmt: skip
def test_each_state_shows_how_far_it_came(
    counter: Counter, mine: Page, steps: tuple[str, ...], done: int, state: str
) -> None:
    made = counter.order(counter.product(), *steps)
    said = html(mine, f"/orders/{made.id}")
    assert said.count("step-done") == done
    assert f"step-{state}" in said
    assert ("/cancel" in said) == (not steps)
    assert ("/again" in said) == (steps[-1:] in {("delivered",), ("returned",), ("cancelled",)})


def test_a_line_stays_as_it_was_and_leads_to_what_is_on_the_shelf(
    counter: Counter, mine: Page
) -> None:
    product = counter.product(name="Asal", price="12000")
    made = counter.order(product, quantity=2)
    assert f'href="/shop/products/{product.id}"' in html(mine, f"/orders/{made.id}")

    def rename() -> None:
        who = {"actor_id": counter.seller.person.id, "workspace_id": counter.workspace_id}
        with unit_of_work():
            operations.edit_product(product_id=product.id, name="Boshqa", price=Decimal(99), **who)
            operations.archive_product(product_id=product.id, **who)

    counter.inside(rename)
    said = html(mine, f"/orders/{made.id}")
    assert "Asal" in said
    assert "Boshqa" not in said
    assert f'href="/shop/products/{product.id}"' not in said


def test_where_the_money_of_a_card_is(app: Flask, counter: Counter, mine: Page) -> None:
    card, _ = counter.inside(open_with, counter.buyer, "100000")
    counter.inside(open_with, counter.seller.person, "1000")
    product = counter.product()
    made = counter.order(product, payment="card", card=card)
    path = f"/orders/{made.id}"
    assert "held until delivery" in html(mine, path)
    counter.take(made, *ALL_THE_WAY)
    assert "Paid out to the shop" in html(mine, path)
    counter.take(made, "returned")
    assert "Given back to your card" in html(mine, path)
    assert f"/transfers/{made.purchase}" in html(mine, path)


def test_cancelling_gives_the_money_back_and_says_so(counter: Counter, mine: Page) -> None:
    card, _ = counter.inside(open_with, counter.buyer, "100000")
    counter.inside(open_with, counter.seller.person, "1000")
    made = counter.order(counter.product(), payment="card", card=card)
    assert "come back to your card" in html(mine, f"/orders/{made.id}")
    answer = mine.post(f"/orders/{made.id}/cancel", {"note": "Kerak emas"})
    assert (answer.status_code, answer.location) == (303, f"/orders/{made.id}")
    said = html(mine, f"/orders/{made.id}")
    assert "Kerak emas" in said
    assert "Given back to your card" in said


def test_history_tells_who(counter: Counter, mine: Page) -> None:
    made = counter.order(counter.product(), "confirmed")
    said = html(mine, f"/orders/{made.id}").partition('class="timeline"')[2]
    assert "· You" in said
    assert "· Malika do&#39;koni" in said
    assert "Malika Yusupova" not in said


def test_again_fills_the_cart_with_what_is_left(counter: Counter, mine: Page) -> None:
    here, gone = counter.product(name="Bor"), counter.product(name="Tugagan", stock=1)
    counter.inside(fill, counter.buyer, (here, 2), (gone, 1))
    made = counter.inside(order, counter.buyer).orders[0]
    counter.take(made, "confirmed", "packed", "shipped")
    answer = mine.post(f"/orders/{made.id}/again")
    assert (answer.status_code, answer.location) == (303, "/cart")

    def pieces() -> list[tuple[int, int]]:
        cart = queries.get_cart(queries.find_cart_id(user_id=counter.buyer.id, cart_id=None))
        return [(item.product.id, item.quantity) for item in cart.items]

    assert counter.inside(pieces) == [(here.id, 2)]


def test_again_of_nothing_stays_here(counter: Counter, mine: Page) -> None:
    made = counter.order(counter.product(stock=1), *ALL_THE_WAY)
    answer = mine.post(f"/orders/{made.id}/again")
    assert (answer.status_code, answer.location) == (303, f"/orders/{made.id}")


def test_pages_ask_little(counter: Counter, mine: Page, queries: QueryCounter) -> None:
    product = counter.product()
    made = counter.order(product, *ALL_THE_WAY)
    counter.inside(fill, counter.buyer, (product, 1))  # counted by the badge
    for path in ("/orders", f"/orders/{made.id}"):
        queries.statements.clear()
        assert mine.get(path).status_code == 200
        assert len(queries.statements) <= 10, queries.statements
