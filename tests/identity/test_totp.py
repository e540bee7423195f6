"""The second factor's operations, pages and API: refusals first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from koshelok.core.clock import now
from koshelok.core.errors import TooManyRequests
from koshelok.identity import errors, operations, queries
from koshelok.identity.models import RecoveryCode, TotpDevice, User
from koshelok.identity.operations.failures import FREE
from koshelok.identity.tasks import forget_old
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.authenticator import Authenticator, turn_on, wait_a_minute
from tests.conftest import PASSWORD, Api, Page, Person


def do(operation: Callable[..., Any], **arguments: Any) -> Any:
    with unit_of_work():
        return operation(**arguments)


def let_it_wait(app: Flask, hours: int) -> None:
    with app.app_context(), unit_of_work():
        session.execute(update(TotpDevice).values(created_at=now() - timedelta(hours=hours)))


# API


def test_the_api_refuses_before_it_is_started(api: Api) -> None:
    for path in ("/auth/totp/confirm", "/auth/totp/recovery-codes"):
        refusal = api.post(path, {"code": "123456"})
        assert refusal.status_code == 409
    assert refusal.get_json()["code"] == "totp_off"
    assert api.delete("/auth/totp", json={"code": "123456"}).get_json()["code"] == "totp_off"
    assert api.post("/auth/totp", {"extra": 1}).status_code == 422
    assert api.post("/auth/totp/confirm", {}).status_code == 422


def test_the_api_refuses_a_wrong_first_code(api: Api) -> None:
    started = api.post("/auth/totp", {}).get_json()
    refusal = api.post("/auth/totp/confirm", {"code": Authenticator(started["secret"]).wrong()})
    assert refusal.status_code == 422
    assert "code" in refusal.get_json()["errors"]
    assert api.get("/auth/me").get_json()["totp"] is False


def test_the_api_refuses_a_secret_that_waited_too_long_or_was_replaced(
    api: Api, app: Flask
) -> None:
    former = Authenticator(api.post("/auth/totp", {}).get_json()["secret"])
    phone = Authenticator(api.post("/auth/totp", {}).get_json()["secret"])
    assert api.post("/auth/totp/confirm", {"code": former.code()}).status_code == 422
    let_it_wait(app, 2)
    refusal = api.post("/auth/totp/confirm", {"code": phone.code()})
    assert (refusal.status_code, refusal.get_json()["code"]) == (409, "totp_not_started")


def test_the_api_turns_it_on_and_off(api: Api, app: Flask, person: Person) -> None:
    started = api.post("/auth/totp", {}).get_json()
    assert started["uri"].startswith("otpauth://totp/Koshelok:")
    assert started["secret"] in started["uri"]
    assert started["qr"].startswith("data:image/svg+xml")
    phone = Authenticator(started["secret"])
    confirmed = api.post("/auth/totp/confirm", {"code": phone.code()})
    assert confirmed.status_code == 200
    codes = confirmed.get_json()["recovery_codes"]
    assert api.get("/auth/me").get_json()["totp"] is True
    for path, body in (("/auth/totp", {}), ("/auth/totp/confirm", {"code": phone.code(1)})):
        assert api.post(path, body).get_json()["code"] == "totp_already_on"
    replayed = api.delete("/auth/totp", json={"code": phone.code()})
    assert replayed.status_code == 422
    fresh = api.post("/auth/totp/recovery-codes", {"code": codes[0]}).get_json()["recovery_codes"]
    assert set(fresh).isdisjoint(codes)
    assert api.delete("/auth/totp", json={"code": codes[1]}).status_code == 422
    assert api.delete("/auth/totp", json={"code": fresh[0]}).status_code == 204
    assert api.get("/auth/me").get_json()["totp"] is False
    assert api.login(person).get("/auth/me").status_code == 200
    with app.app_context():
        assert session.scalars(select(RecoveryCode)).all() == []
        assert session.scalars(select(TotpDevice)).all() == []


# Proving oneself again


def test_proving_refuses_what_is_wrong(context: Flask, person: Person) -> None:
    with pytest.raises(errors.WrongPassword) as wrong:
        do(operations.prove, actor_id=person.id, password="wrong", code=None)
    assert (wrong.value.field, wrong.value.code, wrong.value.status) == (
        "password",
        "wrong_password",
        422,
    )
    with pytest.raises(errors.InvalidTotp) as none:
        do(operations.prove, actor_id=person.id, password=None, code="123456")
    assert none.value.field == "code"


def test_proving_by_a_password_that_is_not_there_is_refused(context: Flask, person: Person) -> None:
    do(session.execute, statement=update(User).values(password_hash=None))
    with pytest.raises(errors.WrongPassword):
        do(operations.prove, actor_id=person.id, password=PASSWORD)
    assert queries.proofs(person.id) == ()


def test_proving_makes_guesses_wait(context: Flask, person: Person) -> None:
    for _ in range(FREE):
        with pytest.raises(errors.WrongPassword):
            do(operations.prove, actor_id=person.id, password="wrong")
    with pytest.raises(TooManyRequests):
        do(operations.prove, actor_id=person.id, password=PASSWORD)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_proves_nothing(context: Flask, person: Person, nothing: str | None) -> None:
    assert do(operations.prove, actor_id=person.id, password=None, code=nothing) is False


def test_a_password_a_code_or_a_recovery_code_prove(context: Flask, person: Person) -> None:
    assert queries.proofs(person.id) == ("password",)
    assert do(operations.prove, actor_id=person.id, password=PASSWORD)
    phone = turn_on(context, person)
    session.expire_all()
    assert queries.proofs(person.id) == ("password", "code")
    assert do(operations.prove, actor_id=person.id, code=phone.code())
    with pytest.raises(errors.InvalidTotp):
        do(operations.prove, actor_id=person.id, code=phone.code())
    assert do(operations.prove, actor_id=person.id, code=phone.recovery[3])


def test_a_secret_whose_code_never_came_is_forgotten(context: Flask, person: Person) -> None:
    do(operations.start_totp, actor_id=person.id)
    assert forget_old() == 0
    let_it_wait(context, 2)
    assert forget_old() == 1
    turn_on(context, person)
    let_it_wait(context, 2)
    assert forget_old() == 0


# Pages


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person, app: Flask) -> Page:
    with app.app_context(), unit_of_work():
        session.execute(update(User).values(language="en"))
    return browse(person)


def secret_on(page: Page, person: Person, app: Flask) -> Authenticator:
    assert page.post("/settings/totp/start").headers["Location"] == "/settings/totp"
    with app.app_context():
        return Authenticator(queries.find_pending_secret(person.id) or "")


def test_the_page_refuses(mine: Page, person: Person, app: Flask) -> None:
    assert "Start again" in mine.post("/settings/totp", {"code": "123456"}).text
    assert "is not on" in mine.post("/settings/totp/off", {"code": "123456"}).text
    assert "is not on" in mine.post("/settings/totp/codes", {"code": "123456"}).text
    phone = secret_on(mine, person, app)
    for code in ("", phone.wrong()):
        refusal = mine.post("/settings/totp", {"code": code})
        assert refusal.status_code == 422
        assert "field-error" in refusal.text
        assert "data:image/svg" in refusal.text


def test_the_page_refuses_wrong_codes_once_it_is_on(mine: Page, person: Person, app: Flask) -> None:
    phone = turn_on(app, person)
    for form, path in (("codes-code", "codes"), ("off-code", "off")):
        for code in ("", phone.wrong()):
            refusal = mine.post(f"/settings/totp/{path}", {"code": code})
            assert refusal.status_code == 422
            assert f'id="{form}-error"' in refusal.text
    assert "already" in mine.post("/settings/totp", {"code": phone.code()}).text
    assert mine.post("/settings/totp/start").status_code == 303
    for _ in range(FREE):
        waiting = mine.post("/settings/totp/off", {"code": phone.wrong()})
    assert waiting.status_code == 429
    assert int(waiting.headers["Retry-After"]) > 0


def test_the_page_turns_it_on_and_off(mine: Page, person: Person, app: Flask) -> None:
    assert "/settings/totp" in mine.get("/settings").text
    assert "data:image" not in mine.get("/settings/totp").text
    phone = secret_on(mine, person, app)
    shown = mine.get("/settings/totp")
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert phone.secret[:4] + " " + phone.secret[4:8] in shown.text
    assert shown.text.count("data:image/svg+xml") == 1
    told = mine.post("/settings/totp", {"code": phone.code()})
    assert told.status_code == 200
    assert told.headers["Cache-Control"] == "private, no-store"
    assert told.text.count("<li>") >= 10
    wait_a_minute(app)
    renewed = mine.post("/settings/totp/codes", {"code": phone.code()})
    assert renewed.status_code == 200
    settled = mine.get("/settings/totp").text
    assert "Recovery codes left: 10." in settled
    assert phone.secret not in settled
    wait_a_minute(app)
    assert mine.post("/settings/totp/off", {"code": phone.code()}).status_code == 303
    assert "Two-step sign-in is off." in mine.get("/settings/totp").text
