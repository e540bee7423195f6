"""A key makes a thing once, whatever the network does: real threads, real connections."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

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
