"""What buyers ask most, of shelves with 1,000 products and with 100,000; and checkouts a second.

Each size has a database and a server of its own; they take turns request by request, so that
what else the machine does meets both alike. Every answer has as many rows from the one as from
the other.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import text

from bench.actions import EMPTY
from bench.http import Ask, Connection, request, throughput
from bench.server import server, services
from bench.wallets import Holder, make_holders, vacuum
from koshelok.app import create_app
from koshelok.infra.db import db, session
from koshelok.infra.settings import Settings
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop.verification import verify
from koshelok.workspaces import operations as workspaces

SIZES = (1_000, 100_000)
SHOPS, BUYERS, LINES = 20, 250, 3
ROUNDS, WARM_UP = 40, 4
SLICES, SLICE_SECONDS, CLIENTS = 5, 1.0, 8
FLAT = 1.3
FILL = Path(__file__).with_name("shop.sql")
PAGE, JSON = "page", "JSON"
_COOKIE = re.compile(rb"set-cookie: (session=[^;]+)", re.IGNORECASE)
_TOKEN = re.compile(rb"X-CSRFToken\W+([\w.-]+)")
_ONE, _THREE = 503, (604, 623, 642)  # on every shelf, and never sold out; the three are of one shop
SORTS = ("new", "popular", "cheap", "dear", "rated")

# In every order: all; a common category, a rare one; a large shop, a small one; common prices,
# rare ones; what is there; and several of these.
FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"category": "food"},
    {"category": "stationery"},
    {"shop": "large"},
    {"shop": "small"},
    {"min_price": 100_000, "max_price": 900_000},
    {"min_price": 7_000_000},
    {"available": "1"},
    {"category": "food", "min_price": 100_000, "max_price": 900_000, "available": "1"},
)
# A tenth of the shelf, sixty products, one, none; several words; the beginning of a word; Cyrillic.
SEARCHES = ("choy", "anor", "partiya501", "yoqbunaqa", "choy sifatli", "cho", "анор")


@dataclass(frozen=True)
class Made:
    """A database of some size, and the people in it; the first owns every shop."""

    settings: Settings
    app: Flask
    people: list[Holder]
    shops: dict[str, int]


@dataclass(frozen=True)
class Shelf:
    """The same with its server, and what a buyer's forms need."""

    made: Made
    port: int
    connection: Connection
    cookie: str
    token: str

    def get(self, face: str, path: str, api_path: str, **query: Any) -> Ask:
        """As a visitor opens a page, or the same as JSON."""
        if "shop" in query:
            query["shop"] = self.made.shops[query["shop"]]
        path = path if face == PAGE else f"/api/v1{api_path}"
        return Ask(request("GET", f"{path}?{urlencode(query)}" if query else path))

    def post(self, buyer: Holder, path: str, values: dict[str, Any]) -> Ask:
        """JSON, each request with a key of its own."""
        headers = {"Authorization": f"Bearer {buyer.token}", "Content-Type": "application/json",
                   "Idempotency-Key": os.urandom(16).hex()}  # fmt: skip
        return Ask(request("POST", f"/api/v1{path}", headers, json.dumps(values).encode()), b"201")

    def put_in(self, buyer: Holder, product: int) -> Ask:
        """A piece into a cart."""
        return self.post(buyer, "/shop/cart", {"product": product, "quantity": 1})

    def order(self, buyer: Holder) -> Ask:
        """What is in the cart, by card."""
        return self.post(buyer, "/shop/orders", {"payment": "card", "card": buyer.card})


def products(shelf: Shelf, face: str, variant: int) -> Ask:
    """The list in every order, narrowed in every way."""
    sort, filters = SORTS[variant % len(SORTS)], FILTERS[variant // len(SORTS)]
    return shelf.get(face, "/shop", "/shop/products", sort=sort, **filters)


def search(shelf: Shelf, face: str, variant: int) -> Ask:
    """In every order, by what is common, rare or not there."""
    sort, words = SORTS[variant % len(SORTS)], SEARCHES[variant // len(SORTS)]
    return shelf.get(face, "/shop", "/shop/products", sort=sort, query=words)


def product(shelf: Shelf, face: str, variant: int) -> Ask:
    """One of them."""
    return shelf.get(face, f"/shop/products/{_ONE}", f"/shop/products/{_ONE}")


def add(shelf: Shelf, face: str, variant: int) -> Ask:
    """A piece into the cart of somebody who is signed in."""
    buyer = shelf.made.people[1]
    if face == JSON:
        return shelf.put_in(buyer, _ONE)
    fields = {"csrf_token": shelf.token, "product": _ONE, "quantity": 1}
    headers = {"Cookie": shelf.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    return Ask(request("POST", "/cart/items", headers, urlencode(fields).encode()), b"303")


def checkout(shelf: Shelf, face: str, variant: int) -> Ask:
    """Three lines; they are put into the cart before it is measured."""
    buyer = shelf.made.people[2]
    for each in _THREE:
        shelf.connection.check(shelf.put_in(buyer, each))
    return shelf.order(buyer)


Action = Callable[[Shelf, str, int], Ask]
ACTIONS: tuple[tuple[Action, tuple[str, ...], int], ...] = (
    (products, (PAGE, JSON), len(SORTS) * len(FILTERS)),
    (search, (PAGE, JSON), len(SORTS) * len(SEARCHES)),
    (product, (PAGE, JSON), 1),
    (add, (PAGE, JSON), 1),
    (checkout, (JSON,), 1),
)
Pair = tuple[float, float]  # of the small shelf, of the large one


def run() -> list[str]:
    """Measure and print; answers the bars that are not held."""
    with ExitStack() as stack:
        made = [_make(stack, size) for size in SIZES]
        failed = _verify(made)
        shelves = [_enter(stack, each) for each in made]
        failed += _latencies(shelves)
        _report(*_rates(shelves))
        return failed + _verify(made)


def _make(stack: ExitStack, size: int) -> Made:
    started = time.perf_counter()
    settings = stack.enter_context(services())
    app = create_app(settings)
    people = make_holders(app, BUYERS)
    shops = _fill(app, people, size)
    took = time.perf_counter() - started
    print(f"{size:,} products are on the shelf ({took:.0f} s).", flush=True)
    return Made(settings, app, people, {"large": shops[0], "small": shops[-1]})


def _enter(stack: ExitStack, made: Made) -> Shelf:
    port = stack.enter_context(server(made.settings))
    connection = Connection(port)
    page = connection.send(request("GET", "/shop", {"Cookie": made.people[1].cookie}))
    token, cookie = _TOKEN.search(page), _COOKIE.search(page)
    assert token, "the shop has no token"
    assert cookie, "the token has no cookie"
    return Shelf(made, port, connection, cookie.group(1).decode(), token.group(1).decode())


def _fill(app: Flask, people: list[Holder], size: int) -> list[int]:
    owner, buyer = people[0].id, people[1].id
    with app.app_context():
        with unit_of_work():
            shops = [
                workspaces.open_workspace(
                    actor_id=owner, name=f"Do'kon {number}", kind="shop", language="uz"
                ).workspace_id
                for number in range(SHOPS)
            ]
            session.execute(text("SET LOCAL session_replication_role = replica"))
            values = {"size": size, "shops": shops, "buyer": buyer}
            for statement in FILL.read_text().split(";\n"):
                named = {name: value for name, value in values.items() if f":{name}" in statement}
                session.execute(text(statement), named)
        vacuum()
        _leave()
    return shops


def _leave() -> None:
    session.remove()
    db.engine.dispose()


def _verify(made: list[Made]) -> list[str]:
    failed = []
    for each in made:
        with each.app.app_context():
            failed += [f"shop, {one.check}: {one}" for one in verify()]
            _leave()
    return failed


def _latencies(shelves: list[Shelf]) -> list[str]:
    """Median milliseconds of each variant of each action on both shelves, by turns, printed as
    they come; answers the bars that are not held."""
    print(f"\n{'':16}{SIZES[0]:>10,}{SIZES[1]:>10,}{'ratio':>8}   (ms, means of medians)")
    return [
        bar
        for action, faces, variants in ACTIONS
        for face in faces
        for bar in _show(
            f"{action.__name__:10}{face:>6}",
            [_medians(shelves, action, face, one) for one in range(variants)],
        )
    ]


def _show(name: str, pairs: list[Pair]) -> list[str]:
    small, big = mean(pair[0] for pair in pairs), mean(pair[1] for pair in pairs)
    each = " ".join(f"{big / small:.2f}" for small, big in pairs) if len(pairs) > 1 else ""
    print(f"{name}{small:10.2f}{big:10.2f}{big / small:8.2f}   {each}", flush=True)
    if big / small <= FLAT:
        return []
    return [f"shop, {' '.join(name.split())}: the long shelf costs {big / small:.2f} times"]


def _medians(shelves: list[Shelf], action: Action, face: str, variant: int) -> Pair:
    samples: list[list[float]] = [[] for _ in shelves]
    for turn in range(WARM_UP + ROUNDS):
        for shelf, taken in zip(shelves, samples, strict=True):
            ask = action(shelf, face, variant)
            started = time.perf_counter()
            shelf.connection.check(ask)
            if turn >= WARM_UP:
                taken.append((time.perf_counter() - started) * 1000)
    return median(samples[0]), median(samples[1])


def _rates(shelves: list[Shelf]) -> tuple[list[float], float]:
    """Checkouts a second on each shelf, and what the empty route answers."""
    samples: list[list[float]] = [[] for _ in shelves]
    empty = []
    for _ in range(SLICES):
        for shelf, taken in zip(shelves, samples, strict=True):
            _fill_carts(shelf)
            taken.append(throughput(shelf.port, _checkouts(shelf), SLICE_SECONDS, CLIENTS))
        empty.append(throughput(shelves[0].port, repeat(EMPTY), SLICE_SECONDS, CLIENTS))
    return [median(taken) for taken in samples], median(empty)


def _checkouts(shelf: Shelf) -> Iterator[Ask]:
    """One of each buyer."""
    return (shelf.order(buyer) for buyer in shelf.made.people[2:])


def _fill_carts(shelf: Shelf) -> None:
    """Three products of one shop into the cart of each who buys."""
    buyers = [buyer.id for buyer in shelf.made.people[2:]]
    values = {"buyers": buyers, "shop": shelf.made.shops["large"], "lines": LINES}
    with shelf.made.app.app_context():
        with unit_of_work():
            for statement in _CARTS:
                session.execute(text(statement), values)
        _leave()


_CARTS = (
    "INSERT INTO carts (id, user_id, created_at, updated_at)"
    " SELECT gen_random_uuid(), id, now(), now() FROM unnest(CAST(:buyers AS bigint[])) AS id"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO cart_items (cart_id, product_id, quantity, price_seen, created_at)"
    " SELECT carts.id, mine.id, 1, price, now() FROM carts CROSS JOIN LATERAL ("
    "  SELECT id, price FROM products WHERE workspace_id = :shop AND on_hand - reserved > 100"
    "  AND id > user_id % 10 * 19 * :lines ORDER BY id LIMIT :lines"
    " ) AS mine WHERE user_id = ANY(CAST(:buyers AS bigint[])) ON CONFLICT DO NOTHING",
)


def _report(rates: list[float], empty: float) -> None:
    for size, rate in zip(SIZES, rates, strict=True):
        print(f"{size:,} products: {rate:,.0f} checkouts/s, {rate / empty:.1%} of the empty route.")
    print(f"Bar: {FLAT}.")
