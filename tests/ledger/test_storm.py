"""One key from twelve threads at once, again and again: one transfer, twelve identical answers."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from koshelok.infra.db import session
from koshelok.infra.settings import Settings, use
from koshelok.ledger.queries import get_balance
from koshelok.ledger.verification import verify
from tests.conftest import Api, Page, Person
from tests.ledger.support import Seat, seat, wrong

THREADS, TIMES = 12, 60
COUNTED = text("SELECT status, count(*) FROM ledger_transfers WHERE type = 'transfer' GROUP BY 1")


@pytest.fixture
def pair(app: Flask, person: Person, make_person: Callable[..., Person]) -> tuple[Seat, Seat]:
    """`person`'s card, which has 1,000,000, and another's."""
    with app.app_context():
        return seat(person, balance=1_000_000), seat(make_person(), balance=1_000)


def counted(app: Flask) -> dict[str, int]:
    """How many transfers there are by status; what is wrong with the books would show first."""
    with app.app_context():
        assert wrong() == []
        assert list(verify()) == []
        return dict(session.execute(COUNTED).all())


def storm(times: int, ask: Callable[[int, int], TestResponse]) -> Iterator[list[TestResponse]]:
    """Ask twelve times at once for each time, all of them before the next."""
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> list[TestResponse]:
        answers = []
        for time in range(times):
            barrier.wait(60)
            answers.append(ask(number, time))
        return answers

    with ThreadPoolExecutor(THREADS) as pool:
        yield from map(list, zip(*pool.map(run, range(THREADS)), strict=True))


def order(pair: tuple[Seat, Seat], amount: str = "2000") -> dict[str, Any]:
    """The body of a transfer from the one to the other."""
    one, other = pair
    return {"from_card": str(one.card.id), "to_card": other.card.number, "amount": amount}


def again(api: Api, app: Flask) -> Api:
    """Another client of the same person."""
    other = Api(app)
    other.headers = dict(api.headers)
    return other


@pytest.mark.slow
def test_the_api_answers_all_the_same(app: Flask, api: Api, pair: tuple[Seat, Seat]) -> None:
    clients = [again(api, app) for _ in range(THREADS)]

    def ask(number: int, time: int) -> TestResponse:
        key = {"Idempotency-Key": f"storm-{time}"}
        return clients[number].post("/transfers", order(pair), headers=key)

    for answers in storm(TIMES, ask):
        assert {answer.status_code for answer in answers} == {201}
        assert len({(answer.data, answer.location) for answer in answers}) == 1
        replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
        assert sorted(replayed, key=str) == [None, *["true"] * (THREADS - 1)]
    assert counted(app) == {"success": TIMES}
    with app.app_context():
        assert get_balance(pair[0].card.account_id) == 1_000_000 - TIMES * 2020
        assert get_balance(pair[1].card.account_id) == 1_000 + TIMES * 2000


def test_the_api_refuses_all_the_same(app: Flask, api: Api, pair: tuple[Seat, Seat]) -> None:
    """A refusal that is kept is one failed transfer, too."""
    clients = [again(api, app) for _ in range(THREADS)]

    def ask(number: int, time: int) -> TestResponse:
        key = {"Idempotency-Key": f"poor-{time}"}
        return clients[number].post("/transfers", order(pair, "999999"), headers=key)

    for answers in storm(5, ask):
        assert {answer.status_code for answer in answers} == {409}
        assert {answer.get_json()["code"] for answer in answers} == {"insufficient_funds"}
        assert len({answer.data for answer in answers}) == 1
        replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
        assert replayed.count("true") == THREADS - 1
    assert counted(app) == {"failed": 5}


@pytest.mark.slow
def test_the_page_leads_all_to_one_receipt(
    app: Flask, browse: Callable[[Person], Page], person: Person, pair: tuple[Seat, Seat]
) -> None:
    """Twelve taps on one button: the key is the rendered form's."""
    page = browse(person)
    cookie = page.client.get_cookie("session")
    taps = [Page(app) for _ in range(THREADS)]
    for tap in taps:
        tap.token = page.token
        tap.client.set_cookie("session", cookie.value)

    def ask(number: int, time: int) -> TestResponse:
        form = {**order(pair), "key": f"tap-{time}"}
        return taps[number].post("/send/confirm", form)

    for answers in storm(12, ask):
        assert {answer.status_code for answer in answers} == {303}
        assert len({answer.location for answer in answers}) == 1
    assert counted(app) == {"success": 12}


@pytest.fixture
def three_a_minute(limits: None, settings: Settings) -> Iterator[None]:
    """The least of limits."""
    use(settings.model_copy(update={"limit_transfers": "3 per minute"}))
    yield
    use(settings)


@pytest.mark.usefixtures("three_a_minute")
def test_a_retry_never_turns_into_too_many_requests(
    app: Flask, api: Api, person: Person, browse: Callable[[Person], Page], pair: tuple[Seat, Seat]
) -> None:
    def ask(key: str, amount: str = "2000") -> TestResponse:
        return api.post("/transfers", order(pair, amount), headers={"Idempotency-Key": key})

    first, poor, third = ask("first"), ask("poor", "999999"), ask("third")
    assert [first.status_code, poor.status_code, third.status_code] == [201, 409, 201]
    late = ask("late")
    assert (late.status_code, late.get_json()["code"]) == (429, "too_many_requests")
    assert int(late.headers["Retry-After"]) > 0
    for before, now in ((first, ask("first")), (poor, ask("poor", "999999"))):
        assert (now.status_code, now.data) == (before.status_code, before.data)
        assert now.headers["Idempotent-Replayed"] == "true"
    assert ask("first", "2001").get_json()["code"] == "idempotency_key_reused"
    receipt = browse(person).post("/send/confirm", {**order(pair), "key": "third"})
    assert receipt.status_code == 303
    assert receipt.location.endswith(third.get_json()["id"])
    assert counted(app) == {"success": 2, "failed": 1}
