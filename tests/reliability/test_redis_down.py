"""Without Redis the app works on: limits in memory, jobs delayed, nothing lost, no 500."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from koshelok.web.limits import limiter
from tests.conftest import Api, Page, Person

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def lonely(another_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The same database, no Redis, limits on."""
    lonely = another_app(redis_url=NOWHERE)
    limiter.enabled = True
    yield lonely
    limiter.enabled = False


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
