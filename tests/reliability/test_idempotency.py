"""A key makes a thing once, whatever the network does: real threads, real connections."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, Response, g
from sqlalchemy import select, update

from koshelok.audit import operations as audit
from koshelok.audit.models import AuditEvent
from koshelok.core.clock import now
from koshelok.core.errors import Invalid
from koshelok.identity.models import User
from koshelok.infra import idempotency
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web.api import create_once
from tests.conftest import Api, Person


def _client(app: Flask, api: Api) -> Api:
    other = Api(app)
    other.headers = dict(api.headers)
    return other


def test_one_key_from_twelve_threads_makes_one_record(app: Flask, api: Api, person: Person) -> None:
    category = api.get("/finance/categories").get_json()["items"][0]["id"]
    start = threading.Barrier(12)

    def send(round_: int) -> tuple[int, Any]:
        client = _client(app, api)
        start.wait()
        response = client.post(
            "/finance/transactions",
            {"category": category, "amount": "5.00"},
            headers={"Idempotency-Key": f"storm-{round_}"},
        )
        return response.status_code, response.get_json()

    for round_ in range(3):
        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(send, [round_] * 12))
        assert {status for status, _ in answers} == {201}
        assert len({body["id"] for _, body in answers}) == 1
    assert len(api.get("/finance/transactions").get_json()["items"]) == 3


def test_a_refused_rule_is_answered_again_and_writes_nothing(api: Api, person: Person) -> None:
    path = f"/workspaces/{person.workspace_id}/members"
    key = {"Idempotency-Key": "again"}
    api.patch("/auth/me", {"first_name": "Ali"})
    body = {"contact": "+998901112233", "role": "viewer"}
    assert api.post(path, body, headers=key).status_code == 422
    assert api.post(path, body, headers=key).status_code == 422
    assert "Idempotent-Replayed" not in api.post(path, body, headers=key).headers


def test_a_rule_that_refused_refuses_the_same_again(
    api: Api, make_person: Any, person: Person
) -> None:
    make_person(contact="+998901112233")
    path = f"/workspaces/{person.workspace_id}/members"
    body = {"contact": "+998901112233", "role": "viewer"}
    api.post(path, body)
    first = api.post(path, body, headers={"Idempotency-Key": "twice"})
    again = api.post(path, body, headers={"Idempotency-Key": "twice"})
    assert (first.status_code, first.get_json()["code"]) == (409, "already_member")
    assert (again.status_code, again.get_json()) == (409, first.get_json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.mimetype == "application/problem+json"


def test_waits_three_seconds_for_the_first_then_says_it_is_in_progress(
    app: Flask, api: Api, person: Person
) -> None:
    with app.app_context():
        assert idempotency.claim(person.id, "slow", "x" * 64)
        answer = _client(app, api)
        result: list[Any] = []
        body = {"name": "Bir", "kind": "shop"}

        def ask() -> None:
            result.append(answer.post("/workspaces", body, headers={"Idempotency-Key": "slow"}))

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join(20)
        session.rollback()
    assert (result[0].status_code, result[0].get_json()["code"]) == (409, "request_in_progress")
    done = api.post("/workspaces", body, headers={"Idempotency-Key": "slow"})
    assert done.status_code == 201


def test_answers_are_forgotten_after_a_day(app: Flask, api: Api) -> None:
    body, headers = {"name": "Bir", "kind": "shop"}, {"Idempotency-Key": "old"}
    api.post("/workspaces", body, headers=headers)
    with app.app_context():
        assert idempotency.forget_old() == 0
        with unit_of_work():
            past = now() - timedelta(hours=26)
            session.execute(update(idempotency.StoredAnswer).values(created_at=past))
        assert idempotency.forget_old() == 1
    assert "Idempotent-Replayed" not in api.post("/workspaces", body, headers=headers).headers


class Miscounted(Invalid):
    """A refusal that keeps what it wrote."""

    code = "miscounted"
    keeps = True


def test_a_refusal_that_keeps_is_counted_and_gives_its_key_back(app: Flask, person: Person) -> None:
    def produce() -> Response:
        audit.record(action="try.counted")
        raise Miscounted

    for tries in (1, 2):
        with app.test_request_context("/api/v1/x", headers={"Idempotency-Key": "k"}):
            g.actor = session.get_one(User, person.id)
            with pytest.raises(Miscounted):
                create_once(produce)
            counted = session.scalars(select(AuditEvent.id).filter_by(action="try.counted")).all()
            assert len(counted) == tries
            assert idempotency.find_answer(person.id, "k") is None
