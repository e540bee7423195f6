"""Many at once over the API, and how much each call asks of the database."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Api, Person, QueryCounter
from tests.shop.calls import Counter, confirm, open_counter, order_one, put
from tests.shop.shelf import is_sound

THREADS = 8


@pytest.fixture
def counter(app: Flask, call: Callable[[Person], Api], person: Person) -> Counter:
    """A shop."""
    with app.app_context():
        return open_counter(call, person)


@pytest.fixture
def buyer(app: Flask, call: Callable[[Person], Api], make_person: Callable[..., Person]) -> Api:
    """Somebody who buys."""
    return call(make_person(full_name="Aziz Karimov"))


def _at_once(app: Flask, buyer: Api, act: Callable[[Api], TestResponse]) -> list[TestResponse]:
    """The same person from so many clients."""
    barrier = threading.Barrier(THREADS)

    def one(_: int) -> TestResponse:
        client = Api(app)
        client.headers = dict(buyer.headers)
        barrier.wait()
        return act(client)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def test_one_key_from_many_clients_orders_once(app: Flask, counter: Counter, buyer: Api) -> None:
    product = counter.product(stock=100)["id"]
    put(buyer, product, 2)
    answers = _at_once(app, buyer, lambda client: confirm(client, key="k"))
    assert [answer.status_code for answer in answers] == [201] * THREADS
    assert len({answer.get_data() for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert len(buyer.get("/shop/orders").get_json()["items"]) == 1
    with app.app_context():
        is_sound()


def test_a_cart_is_ordered_once_under_many_keys(app: Flask, counter: Counter, buyer: Api) -> None:
    product = counter.product(stock=100)["id"]
    put(buyer, product, 2)
    answers = _at_once(app, buyer, confirm)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (THREADS - 1)
    codes = {answer.get_json().get("code") for answer in answers} - {None}
    assert codes == {"cart_empty"}
    with app.app_context():
        is_sound()


def test_an_order_is_cancelled_once(app: Flask, counter: Counter, buyer: Api) -> None:
    order = order_one(buyer, counter.product(stock=3)["id"], 3)
    path = f"/shop/orders/{order['id']}/cancel"
    answers = _at_once(app, buyer, lambda client: client.post(path))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (THREADS - 1)
    with app.app_context():
        is_sound()


@pytest.mark.parametrize(
    "path", ["/shop/products?query=choy", "/shop/cart", "/shop/orders", "/shop/orders?as=seller"]
)
def test_lists_ask_few_queries_however_long(
    counter: Counter, buyer: Api, queries: QueryCounter, path: str
) -> None:
    client = counter.api if "seller" in path else buyer
    products = [counter.product(name=f"Choy {place}")["id"] for place in range(6)]
    asked = []
    for few in (products[:2], products[2:]):
        for product in few:
            order_one(buyer, product)
        for product in few:
            put(buyer, product)
        queries.statements.clear()
        answer = client.get(path)
        assert answer.status_code == 200
        asked.append(len(queries.statements))
        confirm(buyer)
    assert asked[1] <= asked[0] <= 10
