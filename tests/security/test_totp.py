"""security.md: "TOTP can be turned on and is then asked at sign-in", from each side."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from koshelok.audit.models import AuditEvent
from koshelok.identity.errors import InvalidTotp
from koshelok.identity.models import FailureCount, OneTimeCode
from koshelok.identity.operations import prove
from koshelok.identity.operations.failures import FREE
from koshelok.infra.db import session
from koshelok.infra.settings import Settings, use
from koshelok.infra.unit_of_work import unit_of_work
from tests.authenticator import Authenticator, turn_on, wait_a_minute
from tests.conftest import PASSWORD, Api, Page, Person
from tests.inbox import code_for, messages_to

PHONE, MAIL, NEW = "+998901234567", "malika@example.uz", "besh-nok-va-kofe"


@pytest.fixture
def person(make_person: Callable[..., Person]) -> Person:
    """Somebody with a phone."""
    return make_person(contact=PHONE)


@pytest.fixture
def phone(app: Flask, person: Person) -> Authenticator:
    """Their app, turned on."""
    return turn_on(app, person)


def login(api: Api, person: Person, code: str | None = None, password: str = PASSWORD) -> Any:
    body = {"login": person.login, "password": password}
    return api.post("/auth/login", body if code is None else {**body, "code": code})


def ask(api: Api) -> str:
    return str(api.post("/auth/register", {"contact": PHONE}).get_json()["verification_id"])


def verify(api: Api, verification_id: str, code: str, totp: str | None = None) -> Any:
    body = {"verification_id": verification_id, "code": code}
    return api.post("/auth/verify", body if totp is None else {**body, "totp": totp})


def refused(response: Any, status: int, code: str, field: str = "") -> None:
    assert (response.status_code, response.get_json()["code"]) == (status, code)
    assert list(response.get_json().get("errors", {})) == ([field] if field else [])


# With a password


def test_the_password_alone_does_not_sign_in(
    anonymous: Api, person: Person, phone: Authenticator
) -> None:
    for code in (None, "", "  "):
        refused(login(anonymous, person, code), 401, "totp_required")


def test_without_the_password_nobody_learns_that_a_code_is_asked_for(
    anonymous: Api, person: Person, phone: Authenticator
) -> None:
    refused(login(anonymous, person, password="wrong"), 401, "invalid_credentials")
    refused(login(anonymous, person, phone.code(), "wrong"), 401, "invalid_credentials")
    assert login(anonymous, person, phone.code()).status_code == 200


@pytest.mark.parametrize("code", ["x", "12345", "1234567", "١٢٣٤٥٦", "😀" * 6, "\0", "-"])
def test_what_is_no_code_is_refused(
    anonymous: Api, person: Person, phone: Authenticator, code: str
) -> None:
    refused(login(anonymous, person, code), 422, "invalid_code", "code")


def test_a_wrong_code_is_refused_and_written_down(
    anonymous: Api, app: Flask, person: Person, phone: Authenticator
) -> None:
    refused(login(anonymous, person, phone.wrong()), 422, "invalid_code", "code")
    with app.app_context():
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    assert (last.action, last.details) == ("sign_in.failed", {"factor": "totp"})


def test_a_code_too_old_or_too_early_is_refused(
    anonymous: Api, person: Person, phone: Authenticator
) -> None:
    for offset in (-3, 3):
        refused(login(anonymous, person, phone.code(offset)), 422, "invalid_code", "code")


@pytest.mark.parametrize("offset", [0, 1])
def test_a_clock_may_be_a_little_off(
    anonymous: Api, person: Person, phone: Authenticator, offset: int
) -> None:
    code = phone.code(offset)
    assert login(anonymous, person, f" {code[:3]} {code[3:]} ").status_code == 200


def test_a_code_works_once_and_none_before_it_afterwards(
    anonymous: Api, person: Person, phone: Authenticator
) -> None:
    former, code = phone.code(-1), phone.code()
    assert login(anonymous, person, code).status_code == 200
    for replayed in (code, former):
        refused(login(anonymous, person, replayed), 422, "invalid_code", "code")


def test_a_code_of_somebody_else_is_refused(
    anonymous: Api, app: Flask, make_person: Callable[..., Person], person: Person,
    phone: Authenticator,
) -> None:  # fmt: skip
    other = turn_on(app, make_person())
    for code in (other.code(), other.recovery[0]):
        refused(login(anonymous, person, code), 422, "invalid_code", "code")


def test_a_recovery_code_works_once(anonymous: Api, person: Person, phone: Authenticator) -> None:
    assert len(set(phone.recovery)) == 10
    first, second = phone.recovery[:2]
    assert login(anonymous, person, first).status_code == 200
    refused(login(anonymous, person, first), 422, "invalid_code", "code")
    assert login(anonymous, person, second.replace("-", " ").upper()).status_code == 200


def test_one_code_at_the_same_moment_signs_in_once(
    app: Flask, person: Person, phone: Authenticator
) -> None:
    for code in (phone.code(), phone.recovery[0]):

        def once(code: str = code) -> int:
            return int(login(Api(app), person, code).status_code)

        with ThreadPoolExecutor(8) as pool:
            statuses = Counter(call.result() for call in [pool.submit(once) for _ in range(8)])
        assert statuses == {200: 1, 422: 7}


def test_a_hundred_guesses_at_the_same_moment_are_ten(
    app: Flask, person: Person, phone: Authenticator
) -> None:
    wrong = phone.wrong()

    def guess(_: int) -> str:
        with app.app_context():
            try:
                with unit_of_work():
                    prove(actor_id=person.id, code=wrong)
            except Exception as error:
                return type(error).__name__
            return "let in"

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(guess, range(100)))
    assert outcomes == {"InvalidTotp": FREE, "TooManyRequests": 100 - FREE}


def test_after_ten_wrong_codes_a_wait_that_ends_by_itself(
    anonymous: Api, app: Flask, person: Person, phone: Authenticator
) -> None:
    for _ in range(FREE):
        refused(login(anonymous, person, phone.wrong()), 422, "invalid_code", "code")
    for code in (phone.code(), phone.recovery[0]):
        waiting = login(anonymous, person, code)
        assert waiting.status_code == 429
        assert int(waiting.headers["Retry-After"]) > 0
    with app.app_context(), unit_of_work():
        session.execute(update(FailureCount).values(blocked_until=None))
    assert login(anonymous, person, phone.code()).status_code == 200
    with app.app_context():
        assert session.scalars(select(FailureCount)).all() == []


def test_tries_are_limited(
    limits: None, anonymous: Api, page: Page, person: Person, phone: Authenticator
) -> None:
    page.post("/login", {"login": person.login, "password": PASSWORD})
    answers = [page.post("/login/code", {"code": phone.wrong()}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


# With a code by SMS


def test_a_code_by_sms_alone_does_not_sign_in_and_is_not_burnt_by_asking(
    anonymous: Api, app: Flask, person: Person, phone: Authenticator
) -> None:
    sent = ask(anonymous)
    code = code_for(app, PHONE)
    for _ in range(6):
        refused(verify(anonymous, sent, code), 401, "totp_required")
    refused(verify(anonymous, sent, "000000" if code != "000000" else "1"), 422, "invalid_code",
            "code")  # fmt: skip
    assert verify(anonymous, sent, code, phone.code()).status_code == 200
    refused(verify(anonymous, sent, code, phone.code(1)), 422, "invalid_code", "code")


def test_a_wrong_second_code_costs_a_try_at_the_first(
    anonymous: Api, app: Flask, person: Person, phone: Authenticator
) -> None:
    sent = ask(anonymous)
    code = code_for(app, PHONE)
    for _ in range(5):
        refused(verify(anonymous, sent, code, phone.wrong()), 422, "invalid_code", "totp")
    refused(verify(anonymous, sent, code, phone.code()), 422, "invalid_code", "code")


def test_a_new_password_by_code_does_not_get_around_it(
    anonymous: Api, app: Flask, person: Person, phone: Authenticator
) -> None:
    sent = anonymous.post("/auth/forgot-password", {"contact": PHONE}).get_json()
    body = {"verification_id": sent["verification_id"], "code": code_for(app, PHONE)}
    reset = anonymous.post("/auth/reset-password", {**body, "password": NEW})
    assert reset.status_code == 204
    refused(login(anonymous, person, password=NEW), 401, "totp_required")
    assert login(anonymous, person, phone.code(), NEW).status_code == 200


# On pages


def half(page: Page, person: Person, **more: str) -> None:
    """Prove the password only."""
    response = page.post("/login", {"login": person.login, "password": PASSWORD, **more})
    assert response.headers["Location"] == "/login/code"


def is_signed_in(page: Page) -> bool:
    return page.client.get("/profile").status_code == 200


def test_without_the_first_factor_there_is_no_second(page: Page, phone: Authenticator) -> None:
    for response in (page.get("/login/code"), page.post("/login/code", {"code": phone.code()})):
        assert response.headers["Location"] == "/login"


def test_half_a_sign_in_is_none(page: Page, person: Person, phone: Authenticator) -> None:
    half(page, person)
    assert not is_signed_in(page)
    assert page.client.get("/dashboard").status_code == 303
    for code in ("", phone.wrong()):
        assert page.post("/login/code", {"code": code}).status_code == 422
    assert not is_signed_in(page)


def test_the_second_factor_completes_it_and_leads_where_one_was_going(
    page: Page, person: Person, phone: Authenticator
) -> None:
    half(page, person, next="/settings")
    asked = page.get("/login/code")
    assert asked.headers["Cache-Control"] == "private, no-store"
    assert 'autocomplete="one-time-code"' in asked.text
    done = page.post("/login/code", {"code": phone.code()})
    assert (done.status_code, done.headers["Location"]) == (303, "/settings")
    assert is_signed_in(page)
    with page.client.session_transaction() as own:
        assert "second_factor" not in own


def test_a_recovery_code_completes_it_too(page: Page, person: Person, phone: Authenticator) -> None:
    half(page, person)
    assert "recovery=1" in page.get("/login/code").text
    assert 'maxlength="6"' not in page.get("/login/code?recovery=1").text
    refusal = page.post("/login/code?recovery=1", {"code": "abcd"})
    assert (refusal.status_code, 'maxlength="6"' in refusal.text) == (422, False)
    assert page.post("/login/code?recovery=1", {"code": phone.recovery[0]}).status_code == 303
    assert is_signed_in(page)


def test_a_code_by_sms_is_completed_by_the_app_and_spent(
    page: Page, app: Flask, person: Person, phone: Authenticator
) -> None:
    page.post("/signup", {"contact": PHONE, "next": "/settings"})
    code = code_for(app, PHONE)
    assert page.post("/verify", {"code": code}).headers["Location"] == "/login/code"
    assert not is_signed_in(page)
    with app.app_context():
        assert session.scalars(select(OneTimeCode.used_at)).one() is not None
    assert page.post("/login/code", {"code": phone.code()}).headers["Location"] == "/settings"
    assert is_signed_in(page)


def test_the_first_factor_holds_five_minutes(
    page: Page, person: Person, phone: Authenticator
) -> None:
    half(page, person)
    with page.client.session_transaction() as own:
        user_id, stamp, at = own["second_factor"]
        own["second_factor"] = [user_id, stamp, at - 301]
    response = page.post("/login/code", {"code": phone.code()})
    assert response.headers["Location"] == "/login"
    assert not is_signed_in(page)


def test_the_first_factor_ends_with_the_password(
    page: Page, app: Flask, person: Person, phone: Authenticator
) -> None:
    half(page, person)
    with app.app_context(), unit_of_work():
        session.execute(text("UPDATE users SET password_hash = 'changed'"))
    assert page.post("/login/code", {"code": phone.code()}).status_code == 422
    assert not is_signed_in(page)


def test_the_session_is_new_once_both_are_proved(
    page: Page, person: Person, phone: Authenticator
) -> None:
    half(page, person)
    with page.client.session_transaction() as planted:
        planted["planted"] = "by somebody else"
    page.post("/login/code", {"code": phone.code()})
    with page.client.session_transaction() as fresh:
        assert "planted" not in fresh


# Turned on and off


def test_secrets_are_stored_sealed(app: Flask, phone: Authenticator, settings: Settings) -> None:
    from koshelok.identity.authenticator import unseal

    with app.app_context():
        device = session.execute(text("SELECT * FROM totp_devices")).mappings().one()
        codes = session.execute(text("SELECT code_hash FROM recovery_codes")).scalars().all()
        assert phone.secret not in str(dict(device))
        assert all(re.fullmatch(r"[0-9a-f]{64}", code) for code in codes)
        assert unseal(device["secret"]) == phone.secret
        use(settings.model_copy(update={"secret_key": "another-" + "x" * 40}))
        assert unseal(device["secret"]) is None


def test_no_log_line_holds_a_secret(
    app: Flask, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        phone = turn_on(app, person)
    assert phone.secret not in caplog.text
    assert phone.recovery[0] not in caplog.text


def test_the_browsers_session_is_new_when_it_is_turned_on_and_off(
    app: Flask, browse: Callable[[Person], Page], person: Person
) -> None:
    mine, other = browse(person), browse(person)
    mine.post("/settings/totp/start")
    with app.app_context():
        from koshelok.identity.queries import find_pending_secret

        phone = Authenticator(find_pending_secret(person.id) or "")
    for path in ("/settings/totp", "/settings/totp/codes", "/settings/totp/off"):
        former = mine.client.get_cookie("session")
        assert former is not None
        assert mine.post(path, {"code": phone.code()}).status_code in {200, 303}, path
        assert is_signed_in(mine)
        thief = Page(app)
        thief.client.set_cookie("session", former.value)
        assert not is_signed_in(thief)
        assert is_signed_in(other)
        wait_a_minute(app)


def test_turning_it_on_and_off_is_written_down_and_told(
    app: Flask, api: Api, person: Person
) -> None:
    with app.app_context(), unit_of_work():
        session.execute(text("UPDATE users SET email = 'malika@example.uz', language = 'en'"))
    phone = turn_on(app, person)
    assert api.delete("/auth/totp", json={"code": phone.recovery[0]}).status_code == 204
    with app.app_context():
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [action for action in actions if action.startswith("totp.")] == [
        "totp.turned_on",
        "totp.recovery_code_used",
        "totp.turned_off",
    ]
    for contact in (PHONE, MAIL):
        off, on = messages_to(app, contact)
        assert "sign-in is on now" in on.text
        assert "sign-in is off now" in off.text


def test_guesses_at_proving_oneself_survive_the_refusal(app: Flask, person: Person) -> None:
    phone = turn_on(app, person)
    with app.app_context():
        with pytest.raises(InvalidTotp), unit_of_work():
            prove(actor_id=person.id, code=phone.wrong())
        assert set(session.scalars(select(FailureCount.failures))) == {1}
