"""security.md, "Tokens", line by line."""

import re
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from flask import Flask
from pydantic import ValidationError
from sqlalchemy import text, update

from koshelok.core.clock import now
from koshelok.identity import operations
from koshelok.identity.models import AuthSession, User
from koshelok.infra.db import session
from koshelok.infra.settings import DEVELOPMENT_SECRET, Settings
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import PASSWORD, Api, Person
from tests.inbox import code_for

PHONE, NEW = "+998901234567", "besh-nok-va-kofe"


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def forged(api: Api, secret: str, algorithm: str = "HS256", **changes: Any) -> str:
    """The present access token with other claims; None takes a claim away."""
    claims = {**claims_of(api.tokens["access"]), **changes}
    kept = {key: value for key, value in claims.items() if value is not None}
    return jwt.encode(kept, secret, algorithm)


def status_with(api: Api, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return api.client.get("/api/v1/auth/me", headers=headers).status_code


def test_an_honest_token_works(api: Api, settings: Settings) -> None:
    assert status_with(api, forged(api, settings.secret_key)) == 200


def test_one_algorithm_is_pinned(api: Api, settings: Settings) -> None:
    assert jwt.get_unverified_header(api.tokens["access"])["alg"] == "HS256"
    assert status_with(api, forged(api, settings.secret_key * 2, "HS512")) == 401
    assert status_with(api, forged(api, settings.secret_key, "HS384")) == 401
    unsigned = jwt.encode(claims_of(api.tokens["access"]), "", "none")
    assert status_with(api, unsigned) == 401


def test_another_secret_is_refused(api: Api) -> None:
    assert status_with(api, forged(api, "y" * 40)) == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": None},
        {"iss": "another"},
        {"iss": None},
        {"exp": 1},
        {"nbf": 2**40},
        {"type": "refresh"},
        {"exp": None},
        {"jti": None},
        {"sub": None},
        {"sid": None},
        {"sid": "nonsense"},
        {"sid": 5},
        {"sid": "01940000-0000-7000-8000-000000000000"},
    ],
    ids=str,
)
def test_claims_are_checked(api: Api, settings: Settings, changes: dict[str, Any]) -> None:
    assert status_with(api, forged(api, settings.secret_key, **changes)) == 401


def test_a_token_says_who_and_for_how_long(api: Api, person: Person) -> None:
    access, refresh = (claims_of(api.tokens[kind]) for kind in ("access", "refresh"))
    assert (access["sub"], access["username"]) == (str(person.id), person.login)
    assert access["exp"] - access["iat"] == 15 * 60
    assert refresh["exp"] - refresh["iat"] == 7 * 24 * 3600
    assert access["jti"] != refresh["jti"]


def test_a_refresh_token_opens_nothing(api: Api) -> None:
    assert status_with(api, api.tokens["refresh"]) == 401


def test_an_access_token_does_not_refresh(api: Api) -> None:
    response = api.post("/auth/refresh", {"refresh": api.tokens["access"]})
    assert response.status_code == 401


def test_tokens_are_taken_from_the_header_only(api: Api) -> None:
    api.client.set_cookie("access_token_cookie", api.tokens["access"])
    token = api.tokens["access"]
    assert api.client.get(f"/api/v1/auth/me?jwt={token}&access={token}").status_code == 401


def test_a_cookie_session_opens_no_api(browse: Callable[[Person], Any], person: Person) -> None:
    assert browse(person).client.get("/api/v1/auth/me").status_code == 401


@pytest.mark.parametrize("secret", [DEVELOPMENT_SECRET, "short", "x" * 31, ""])
def test_production_refuses_to_start_with_a_weak_secret(secret: str) -> None:
    with pytest.raises(ValidationError, match="SECRET_KEY"):
        Settings(
            _env_file=None, KOSHELOK_ENV="production", secret_key=secret,
            database_url="postgresql://x", redis_url="redis://x",
        )  # fmt: skip


def test_refresh_tokens_are_stored_hashed(api: Api, app: Flask) -> None:
    claims = claims_of(api.tokens["refresh"])
    with app.app_context():
        row = session.execute(text("SELECT * FROM auth_sessions")).mappings().one()
    stored = " ".join(str(value) for value in row.values())
    assert claims["jti"] not in stored
    assert api.tokens["refresh"] not in stored
    assert re.fullmatch(r"[0-9a-f]{64}", row["refresh_hash"])


def test_a_refresh_token_works_once_and_reuse_ends_the_family(api: Api) -> None:
    first = api.tokens
    second = api.post("/auth/refresh", {"refresh": first["refresh"]}).get_json()
    assert status_with(api, second["access"]) == 200
    reused = api.post("/auth/refresh", {"refresh": first["refresh"]})
    assert (reused.status_code, reused.get_json()["code"]) == (401, "refresh_reused")
    assert status_with(api, second["access"]) == 401
    assert status_with(api, first["access"]) == 401
    assert api.post("/auth/refresh", {"refresh": second["refresh"]}).status_code == 401


def test_reuse_does_not_end_other_sessions(
    api: Api, call: Callable[[Person], Api], person: Person
) -> None:
    other = call(person)
    api.post("/auth/refresh", {"refresh": api.tokens["refresh"]})
    api.post("/auth/refresh", {"refresh": api.tokens["refresh"]})
    assert other.get("/auth/me").status_code == 200


def test_sign_out_ends_both_tokens_at_once(api: Api) -> None:
    assert api.post("/auth/logout", {"refresh": api.tokens["refresh"]}).status_code == 204
    assert api.get("/auth/me").status_code == 401
    assert api.post("/auth/refresh", {"refresh": api.tokens["refresh"]}).status_code == 401


def test_a_password_change_ends_the_others_access_tokens_at_once(
    api: Api, call: Callable[[Person], Api], person: Person
) -> None:
    other = call(person)
    body = {"old_password": PASSWORD, "new_password": NEW}
    assert api.post("/auth/change-password", body).status_code == 204
    assert other.get("/auth/me").status_code == 401
    assert other.post("/auth/refresh", {"refresh": other.tokens["refresh"]}).status_code == 401
    assert api.get("/auth/me").status_code == 200


def test_a_password_reset_ends_every_access_token_at_once(
    anonymous: Api, app: Flask, call: Callable[[Person], Api], make_person: Callable[..., Person]
) -> None:
    mine = call(make_person(contact=PHONE))
    sent = anonymous.post("/auth/forgot-password", {"contact": PHONE}).get_json()
    body = {
        "verification_id": sent["verification_id"],
        "code": code_for(app, PHONE),
        "password": NEW,
    }
    assert anonymous.post("/auth/reset-password", body).status_code == 204
    assert mine.get("/auth/me").status_code == 401
    assert mine.post("/auth/refresh", {"refresh": mine.tokens["refresh"]}).status_code == 401


def test_a_session_dies_when_idle_and_at_its_absolute_end(api: Api, app: Flask) -> None:
    for column in ("last_seen_at", "expires_at"):
        with app.app_context(), unit_of_work():
            session.execute(update(AuthSession).values({column: text("now() - interval '61 d'")}))
        assert api.get("/auth/me").status_code == 401
        with app.app_context(), unit_of_work():
            session.execute(update(AuthSession).values({column: text("now() + interval '1 d'")}))
        assert api.get("/auth/me").status_code == 200


def test_a_role_change_works_on_the_next_request(api: Api, app: Flask, person: Person) -> None:
    assert api.get("/auth/me").get_json()["role"] == "USER"
    with app.app_context(), unit_of_work():
        operations.make_admin(login=person.login, password=NEW)
    assert api.get("/auth/me").get_json()["role"] == "ADMIN"


def test_a_deleted_user_is_out_at_once(api: Api, app: Flask, person: Person) -> None:
    with app.app_context(), unit_of_work():
        session.execute(update(AuthSession).values(ended_at=now()))
        session.delete(session.get_one(User, person.id))
    assert api.get("/auth/me").status_code == 401
