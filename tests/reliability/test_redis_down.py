"""Without Redis the app works on: limits in memory, jobs delayed, nothing lost, no 500."""

import socket
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from koshelok.core.clock import now
from koshelok.web.limits import limiter
from tests.conftest import Api, Page, Person
from tests.ledger.support import Seat, seat, wrong

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def over(another_app: Callable[..., Flask]) -> Iterator[Callable[..., Flask]]:
    """The same database over another Redis, of which the limiter, which is on, knows nothing."""

    def make(redis_url: str, **changes: str) -> Flask:
        limiter.enabled, limiter._storage_dead = True, False  # off, it would keep its storage
        return another_app(redis_url=redis_url, **changes)

    yield make
    limiter.enabled, limiter._storage_dead = False, False


@pytest.fixture
def lonely(over: Callable[..., Flask]) -> Flask:
    """No Redis."""
    return over(NOWHERE)


def test_pages_and_api_work_on(lonely: Flask, make_person: Callable[..., Person]) -> None:
    person = make_person()
    assert Page(lonely).login(person).get("/dashboard").status_code == 200
    api = Api(lonely).login(person)
    category = api.get("/finance/categories").get_json()["items"][0]["id"]
    made = api.post("/finance/transactions", {"category": category, "amount": "5"})
    assert made.status_code == 201
    assert Api(lonely).post("/auth/register", {"contact": "+998901234567"}).status_code == 202


def test_readiness_says_what_is_missing(lonely: Flask) -> None:
    response = lonely.test_client().get("/readyz")
    assert (response.status_code, response.get_json()["redis"]) == (503, False)
    assert lonely.test_client().get("/healthz").status_code == 200
    assert "koshelok_queue_depth -1.0" in lonely.test_client().get("/metrics").get_data(
        as_text=True
    )


@pytest.fixture
def silent() -> Iterator[str]:
    """A Redis that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def house(over: Callable[..., Flask], request: pytest.FixtureRequest, silent: str) -> Flask:
    """Three transfers a minute."""
    url = {"dead": NOWHERE, "silent": silent}[request.param]
    return over(url, limit_transfers="3 per minute")


@pytest.mark.parametrize("house", ["dead", "silent"], indirect=True)
def test_transfers_go_on_and_are_counted(house: Flask, make_person: Callable[..., Person]) -> None:
    """In memory; a retry is answered again all the same, and no answer is far off."""
    one, other = make_person(), make_person()
    with house.app_context():
        sender, receiver = seat(one, balance=100_000), seat(other)
    api = Api(house).login(one)
    limiter._storage_dead = False  # the transfers are to find it out themselves

    def ask(key: str) -> TestResponse:
        begun = now()
        answer = api.post("/transfers", _body(sender, receiver), headers={"Idempotency-Key": key})
        assert (now() - begun).total_seconds() < 10
        return answer

    keys = [str(uuid4()) for _ in range(3)]
    made = [ask(key) for key in keys]
    assert [answer.status_code for answer in made] == [201, 201, 201]
    assert ask("late").status_code == 429
    for key, before in zip(keys, made, strict=True):
        again = ask(key)
        assert (again.status_code, again.data) == (201, before.data)
        assert again.headers["Idempotent-Replayed"] == "true"
    with house.app_context():
        assert wrong() == []


def _body(sender: Seat, receiver: Seat) -> dict[str, Any]:
    return {"from_card": str(sender.card.id), "to_card": receiver.card.number, "amount": "2000"}
