"""SIGKILL at random moments under a load of transfers, debts, payments and orders: what was
acknowledged stands, once.

KOSHELOK_CRASH_ROUNDS asks for more rounds of kills than the suite has time for.
"""

import http.client
import json
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from koshelok.infra.db import db
from tests.conftest import Api, Page, Person
from tests.reliability.house import MONEY, PEOPLE, House

CLIENTS = 4
ROUNDS = int(os.environ.get("KOSHELOK_CRASH_ROUNDS", "1"))
PAUSE = 0.05  # two cores serve, are killed and recover
PATIENCE = 20  # seconds, for one answer: bounded, whatever is dead
KINDS = (
    "kill_web_worker", "kill_redis", "kill_backend", "kill_worker", "kill_postgres", "kill_web",
)  # fmt: skip
KEPT = {201, 409}
TRANSFERS, COUNTER = "/api/v1/transfers", "/debtors/entries"
ORDERS, CART = "/api/v1/shop/orders", "/api/v1/shop/cart"
_ENTRIES = {
    "/api/v1/debts": "SELECT id, debtor_id, amount::text, client_id::text FROM debts",
    "/api/v1/payments": "SELECT id, debtor_id, amount::text, client_id::text FROM payments",
}


@pytest.fixture
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="koshelok-crashes-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database's account passes through
        house = House(folder)
        try:
            house.run("-m", "flask", "--app", "wsgi", "db", "upgrade")
            yield house
        finally:
            house.stop()


@dataclass
class Asked:
    """What was asked for, where, as whom, and what was answered for good, if anything was."""

    path: str
    headers: dict[str, str]
    key: str
    body: str
    answer: tuple[int, bytes] | None = None


@dataclass
class Client:
    """Asks one thing after another; what got no answer is asked again with the same key."""

    port: int
    people: list[dict[str, Any]]
    number: int = 0  # of the person whose cart is this client's
    cancelled: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)

    def load(self, seed: int, until: threading.Event) -> None:
        """Until told to stop."""
        chance = random.Random(seed)
        while not until.is_set():
            asked = self._think_of(chance)
            self.asked.append(asked)
            self.ask(asked)
            time.sleep(PAUSE)
            if asked.answer is None and asked in self.asked and chance.random() < 0.7:
                time.sleep(4 * PAUSE)
                self.ask(asked)  # the others at the end
            if asked.path == ORDERS and asked.answer and chance.random() < 0.5:
                self._cancel(asked)

    def _think_of(self, chance: random.Random) -> Asked:
        """A transfer between people; or what a debtor of the first took or gave, so that all
        clients meet at the same few."""
        one, other = chance.sample(self.people, 2)
        shop, key = self.people[0], str(uuid4())
        path = chance.choice((TRANSFERS, TRANSFERS, *_ENTRIES, COUNTER, ORDERS, ORDERS))
        if path == ORDERS:
            return self._fill_a_cart(chance, key)
        body = {"amount": f"{chance.randint(200_000, 300_000) / 100:.2f}"}
        if path == TRANSFERS:
            body |= {"from_card": one["card"], "to_card": other["number"]}
        else:
            one = shop
            body |= {"debtor": chance.choice(shop["debtors"])}
        if path == COUNTER:  # as the page sends it, under an identifier of its own
            body |= {"kind": chance.choice(("debt", "payment")), "client_id": key}
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            return Asked(path, shop["page"] | form, key, urlencode(body))
        return Asked(path, _headers(one, key), key, json.dumps(body))

    def _fill_a_cart(self, chance: random.Random, key: str) -> Asked:
        """Some of the goods; then all that is in the cart by now is to be ordered by card."""
        one = self.people[self.number]
        for product in chance.sample(self.people[0]["goods"], 2):
            body = json.dumps({"product": product, "quantity": 1})
            with suppress(OSError, http.client.HTTPException):
                self._post(Asked(CART, _headers(one, str(uuid4())), "", body))
        body = json.dumps({"payment": "card", "card": one["card"]})
        return Asked(ORDERS, _headers(one, key), key, body)

    def _cancel(self, asked: Asked) -> None:
        """Perhaps told so, perhaps not; never half."""
        assert asked.answer
        for id_ in json.loads(asked.answer[1]):
            with suppress(OSError, http.client.HTTPException):
                status, _, _ = self._post(Asked(f"{ORDERS}/{id_}/cancel", asked.headers, "", ""))
                self.cancelled |= {id_} if status == 200 else set()

    def ask(self, asked: Asked) -> None:
        """Once; an answer for good must stay what it was."""
        try:
            status, headers, body = self._post(asked)
        except (OSError, http.client.HTTPException) as error:
            self.answers[type(error).__name__] += 1
            if isinstance(error, TimeoutError):
                self.strange.append(f"no answer in {PATIENCE} s")
            return
        said = json.loads(body) if body.startswith(b"{") else {}
        code = said.get("code", "")
        if asked.path == COUNTER and status == 200:  # told again, of a person who owes more by now
            status = 201
        if asked.path == COUNTER and status == 201:
            body = json.dumps([said["kind"], said["id"]]).encode()
        if asked.path == ORDERS and status == 201:  # where they stand by now is another matter
            body = json.dumps([order["id"] for order in said["orders"]]).encode()
        self.answers[f"{status} {code}".strip()] += 1
        if code == "cart_empty":  # nothing was put in, or an earlier one has it; no key is kept
            self.asked.remove(asked)
            return
        if status in KEPT and code != "request_in_progress":
            if asked.answer not in {None, (status, body)}:
                self.strange.append(f"{asked.answer} became {(status, body)}")
            asked.answer = (status, body)
        elif not (code == "request_in_progress" or (status == 503 and "Retry-After" in headers)):
            self.strange.append(f"{status} {body!r}")

    def _post(self, asked: Asked) -> tuple[int, Any, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", asked.path, asked.body, asked.headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()


def _headers(one: dict[str, Any], key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {one['token']}", "Idempotency-Key": key,
            "Content-Type": "application/json"}  # fmt: skip


def fold_all_the_time(house: House, until: threading.Event) -> None:
    """Give the worker something to be killed at."""
    while not until.wait(0.2):
        with suppress(RedisError), Redis.from_url(house.endpoints.redis_url) as redis:
            if (queue := Queue("default", connection=redis)).count < 3:
                queue.enqueue("koshelok.ledger.tasks.fold")


@pytest.mark.slow
def test_whatever_is_killed_nothing_is_lost_and_nothing_doubled(house: House) -> None:
    people = json.loads(house.run("-m", "tests.reliability.house").splitlines()[-1])
    house.start("web")
    house.start("worker")
    house.wait_until_ready()
    until, chance = threading.Event(), random.Random(7)
    clients = [Client(house.port, people, number) for number in range(CLIENTS)]
    threads = [threading.Thread(target=client.load, args=(seed, until))
               for seed, client in enumerate(clients)]  # fmt: skip
    threads.append(threading.Thread(target=fold_all_the_time, args=(house, until)))
    for thread in threads:
        thread.start()
    acknowledged: Counter[str] = Counter()
    try:
        for kind in KINDS * ROUNDS:
            time.sleep(chance.uniform(0.2, 1.0))
            before = _done(clients)
            getattr(house, kind)()
            house.wait_until_ready()
            acknowledged[kind] += _done(clients) - before
    finally:
        until.set()
        for thread in threads:
            thread.join(60)
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(replay, clients))
    assert [line for client in clients for line in client.strange] == []
    assert acknowledged["kill_redis"] > 0, "transfers go on without Redis"
    asked = [one for client in clients for one in client.asked]
    check_the_shop(house, asked, set().union(*(client.cancelled for client in clients)))
    check_the_books(house, asked)


def test_without_the_database_it_says_when_to_come_back(
    app: Flask, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """In words that need no database, though the caller is known by then; the log names nobody."""
    assert api.get("/cards").status_code == 200

    def refuse(*_: Any) -> None:
        raise psycopg.OperationalError("the database system is starting up")

    def lose(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM cards" in statement:
            connection.invalidate()
            refuse()

    with app.app_context():
        engine = db.engine
    for name, listener in (("before_cursor_execute", lose), ("do_connect", refuse)):
        event.listen(engine, name, listener)
    try:
        response = api.get("/cards")
    finally:
        for name, listener in (("before_cursor_execute", lose), ("do_connect", refuse)):
            event.remove(engine, name, listener)
    assert (response.status_code, response.get_json()["code"]) == (503, "unavailable")
    assert int(response.headers["Retry-After"]) > 0
    assert "FROM cards" in caplog.text
    assert "parameters hidden" in caplog.text
    assert api.get("/cards").status_code == 200


@pytest.mark.usefixtures("limits")
def test_a_page_says_so_too_where_the_limiter_meets_it_first(
    app: Flask, browse: Callable[[Person], Page], person: Person
) -> None:
    """What it asks, and whatever it makes of the answer, are no mistake of the page."""
    page = browse(person)
    lost: list[str] = []

    def lose(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        lost.append(statement)
        connection.invalidate()
        raise psycopg.OperationalError("the database system is shutting down")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lose)
    try:
        response = page.get("/debtors")
    finally:
        event.remove(engine, "before_cursor_execute", lose)
    assert len(lost) == 1
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert page.get("/debtors").status_code == 200


def test_an_answer_is_given_though_the_database_went_after_it(
    app: Flask, browse: Callable[[Person], Page], person: Person
) -> None:
    """What was committed is told so, whatever becomes of the reading that followed."""
    page = browse(person)

    def lose(connection: Any) -> None:
        raise OperationalError("ROLLBACK", {}, psycopg.OperationalError("terminated"))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "rollback", lose)
    try:
        assert page.get("/debtors").status_code == 200
    finally:
        event.remove(engine, "rollback", lose)
    assert page.get("/debtors").status_code == 200


def _done(clients: list[Client]) -> int:
    return sum(client.answers["201"] for client in clients)


def replay(client: Client) -> None:
    """Every key again: those that were answered are so again, the others are at last."""
    for asked in list(client.asked):
        client.ask(asked)
        assert asked.answer is not None or asked not in client.asked, client.strange


def check_the_shop(house: House, asked: list[Asked], cancelled: set[str]) -> None:
    """The orders of a key are those that were acknowledged; what was cancelled is so."""
    with psycopg.connect(house.endpoints.database_url.replace("+psycopg", "")) as connection:
        made = connection.execute(
            "SELECT key, array_agg(orders.id::text) FROM checkouts"
            " LEFT JOIN orders ON checkout_id = checkouts.id GROUP BY key"
        ).fetchall()
        over = connection.execute("SELECT id::text FROM orders WHERE status = 'cancelled'")
        assert cancelled <= {id_ for (id_,) in over.fetchall()}
    told = {one.key: json.loads(one.answer[1]) for one in asked
            if one.path == ORDERS and one.answer}  # fmt: skip
    assert dict(made) == told
    assert len(told) > 0


def check_the_books(house: House, asked: list[Asked]) -> None:
    """One row a key, each what was acknowledged; the money is all there."""
    with psycopg.connect(house.endpoints.database_url.replace("+psycopg", "")) as connection:
        rows = connection.execute(
            "SELECT idempotency_key, id::text FROM ledger_transfers WHERE type = 'transfer'"
        ).fetchall()
        (total,) = connection.execute(
            "SELECT sum(amount) FROM ledger_postings WHERE account_id <> 2"
        ).fetchone()
        entries = {path: connection.execute(query).fetchall() for path, query in _ENTRIES.items()}
    answered = {path: {one.key: json.loads(one.answer[1]) for one in asked
                       if one.answer and one.path == path}
                for path in (TRANSFERS, COUNTER, ORDERS, *_ENTRIES)}  # fmt: skip
    assert sum(map(len, answered.values())) == len(asked)
    assert dict(rows) == {key: body["id"] for key, body in answered[TRANSFERS].items()}
    assert total == PEOPLE * MONEY
    counter = {key: tuple(told) for key, told in answered[COUNTER].items()}
    for path, kept in entries.items():
        told = [(body["id"], body["debtor"], body["amount"]) for body in answered[path].values()]
        assert sorted(row[:3] for row in kept if row[3] is None) == sorted(told)
        kind = path.removeprefix("/api/v1/").removesuffix("s")
        assert {(row[3], row[0]) for row in kept if row[3]} == {
            (key, id_) for key, (what, id_) in counter.items() if what == kind
        }
        assert len(kept) > 0
    assert "all agree" in house.run("-m", "flask", "--app", "wsgi", "verify")
