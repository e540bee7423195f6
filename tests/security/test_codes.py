"""security.md, "Codes and passwords", line by line."""

import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from koshelok.core.clock import now
from koshelok.identity.models import OneTimeCode
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import PASSWORD, Api, Person
from tests.inbox import code_for, messages_to

KNOWN, UNKNOWN = "+998901234567", "+998907654321"
NEW = "besh-nok-va-kofe"


def ask(api: Api, contact: str = KNOWN, path: str = "/auth/register") -> str:
    """Ask for a code; answers the verification id."""
    response = api.post(path, {"contact": contact})
    assert response.status_code == 202
    return str(response.get_json()["verification_id"])


def verify(api: Api, verification_id: str, code: str) -> Any:
    return api.post("/auth/verify", {"verification_id": verification_id, "code": code})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def age(app: Flask, **values: Any) -> None:
    with app.app_context(), unit_of_work():
        session.execute(update(OneTimeCode).values(**values))


def test_a_code_has_six_digits(anonymous: Api, app: Flask) -> None:
    codes = []
    for number in range(20):
        contact = f"+99890123456{number % 10}" if number < 10 else f"u{number}@example.uz"
        ask(anonymous, contact)
        codes.append(code_for(app, contact))
    assert all(re.fullmatch(r"\d{6}", code) for code in codes)
    assert len(set(codes)) > 15


def test_a_code_comes_from_the_secrets_module(
    anonymous: Api, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: 42)
    ask(anonymous)
    assert code_for(app, KNOWN) == "000042"


def test_a_code_is_stored_as_an_hmac(anonymous: Api, app: Flask) -> None:
    ask(anonymous)
    code = code_for(app, KNOWN)
    with app.app_context():
        row = session.execute(text("SELECT * FROM one_time_codes")).mappings().one()
    assert all(code not in str(value) for key, value in row.items() if key != "id")
    assert re.fullmatch(r"[0-9a-f]{64}", row["code_hash"])


def test_no_job_and_no_log_line_holds_a_code(
    anonymous: Api, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    from koshelok.infra.queue import connection

    with caplog.at_level("DEBUG"):
        ask(anonymous)
    code = code_for(app, KNOWN)
    assert code not in caplog.text
    keys = connection().keys("rq:job:*")
    assert keys
    assert all(code.encode() not in b"".join(connection().hgetall(key).values()) for key in keys)


def test_a_code_lives_five_minutes(anonymous: Api, app: Flask) -> None:
    verification_id = ask(anonymous)
    with app.app_context():
        row = session.scalars(select(OneTimeCode)).one()
        assert row.expires_at - row.created_at == pytest.approx(
            timedelta(minutes=5), abs=timedelta(seconds=1)
        )
    age(app, expires_at=now())
    assert verify(anonymous, verification_id, code_for(app, KNOWN)).status_code == 422


def test_a_code_dies_at_the_fifth_wrong_try(anonymous: Api, app: Flask) -> None:
    verification_id, code = ask(anonymous), code_for(app, KNOWN)
    for _ in range(5):
        assert verify(anonymous, verification_id, wrong(code)).status_code == 422
    assert verify(anonymous, verification_id, code).status_code == 422


def test_a_code_survives_four_wrong_tries(anonymous: Api, app: Flask) -> None:
    verification_id, code = ask(anonymous), code_for(app, KNOWN)
    for _ in range(4):
        assert verify(anonymous, verification_id, wrong(code)).status_code == 422
    assert verify(anonymous, verification_id, code).status_code == 200


def test_a_code_works_once(anonymous: Api, app: Flask) -> None:
    verification_id, code = ask(anonymous), code_for(app, KNOWN)
    assert verify(anonymous, verification_id, code).status_code == 200
    assert verify(anonymous, verification_id, code).status_code == 422


def test_a_code_belongs_to_one_purpose(
    anonymous: Api, app: Flask, make_person: Callable[..., Person]
) -> None:
    make_person(contact=KNOWN)
    for_sign_in, first = ask(anonymous), code_for(app, KNOWN)
    body = {"verification_id": for_sign_in, "code": first, "password": NEW}
    assert anonymous.post("/auth/reset-password", body).status_code == 422
    for_reset, second = ask(anonymous, path="/auth/forgot-password"), code_for(app, KNOWN)
    assert verify(anonymous, for_reset, second).status_code == 422


def test_a_code_belongs_to_one_verification(anonymous: Api, app: Flask) -> None:
    first, code = ask(anonymous), code_for(app, KNOWN)
    second, other = ask(anonymous, UNKNOWN), code_for(app, UNKNOWN)
    if code != other:
        assert verify(anonymous, second, code).status_code == 422
        assert verify(anonymous, first, other).status_code == 422


@pytest.mark.parametrize("path", ["/auth/register", "/auth/forgot-password"])
def test_known_and_unknown_contacts_get_the_same_answer(
    anonymous: Api, make_person: Callable[..., Person], path: str
) -> None:
    make_person(contact=KNOWN)
    answers = [anonymous.post(path, {"contact": contact}) for contact in (KNOWN, UNKNOWN)]
    bodies = [answer.get_json() for answer in answers]
    for body in bodies:
        body.pop("verification_id")
    assert bodies[0] == bodies[1]
    assert answers[0].status_code == answers[1].status_code == 202
    assert set(answers[0].headers.keys()) == set(answers[1].headers.keys())


def test_nothing_leaves_to_an_unknown_contact_that_asks_for_a_new_password(
    anonymous: Api, app: Flask
) -> None:
    ask(anonymous, UNKNOWN, "/auth/forgot-password")
    (message,) = messages_to(app, UNKNOWN)
    assert (message.status, message.text) == ("withheld", "")


@pytest.mark.parametrize("path", ["/auth/register", "/auth/forgot-password"])
def test_known_and_unknown_contacts_take_the_same_path(
    anonymous: Api, app: Flask, make_person: Callable[..., Person], queries: Any, path: str
) -> None:
    """The same statements but for the blanking of a text, so the same time."""
    make_person(contact=KNOWN)
    seen = []
    for contact in (KNOWN, UNKNOWN):
        queries.statements.clear()
        ask(anonymous, contact, path)
        kinds = Counter(statement.split()[0] for statement in queries.statements)
        kinds.pop("UPDATE", None)
        seen.append(kinds)
    assert seen[0] == seen[1]


def test_a_known_and_an_unknown_login_take_the_same_time(anonymous: Api, person: Person) -> None:
    def seconds(login: str) -> float:
        started = time.perf_counter()
        body = {"login": login, "password": "wrong-but-long"}
        assert anonymous.post("/auth/login", body).status_code == 401
        return time.perf_counter() - started

    seconds("warm-up")
    pairs = [(seconds(person.login), seconds("nobody-here")) for _ in range(7)]
    known = statistics.median(pair[0] for pair in pairs)
    unknown = statistics.median(pair[1] for pair in pairs)
    assert 0.5 < known / unknown < 2


def test_passwords_may_be_pasted(app: Flask) -> None:
    page = app.test_client().get("/login").text
    assert "onpaste" not in page
    assert 'autocomplete="current-password"' in page


def test_after_ten_failures_a_growing_wait_that_ends_by_itself(
    anonymous: Api, app: Flask, person: Person
) -> None:
    body = {"login": person.login, "password": "wrong"}
    right = {"login": person.login, "password": PASSWORD}
    there = {"environ_overrides": {"REMOTE_ADDR": "198.51.100.9"}}
    statuses = [anonymous.post("/auth/login", body, **there).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    refused = anonymous.post("/auth/login", right)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    with app.app_context(), unit_of_work():
        session.execute(text("UPDATE failure_counts SET blocked_until = now()"))
    assert anonymous.post("/auth/login", right).status_code == 200


def test_no_stranger_can_lock_a_device_that_is_signed_in(
    api: Api, anonymous: Api, person: Person
) -> None:
    there = {"environ_overrides": {"REMOTE_ADDR": "198.51.100.9"}}
    body = {"login": person.login, "password": "wrong"}
    for _ in range(12):
        anonymous.post("/auth/login", body, **there)
    assert api.get("/auth/me").status_code == 200
    right = {"login": person.login, "password": PASSWORD}
    assert anonymous.post("/auth/login", right).status_code == 200


def test_no_stranger_can_keep_an_owner_from_signing_in_by_a_code(
    anonymous: Api, app: Flask, make_person: Callable[..., Person]
) -> None:
    person = make_person(contact=KNOWN)
    for _ in range(12):
        anonymous.post("/auth/login", {"login": person.login, "password": "wrong"})
    assert verify(anonymous, ask(anonymous), code_for(app, KNOWN)).status_code == 200
