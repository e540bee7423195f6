"""security.md, "Sessions and pages" and "History", as far as they speak of sessions."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from koshelok.app import create_app
from koshelok.audit.models import AuditEvent
from koshelok.core.clock import now
from koshelok.identity.models import AuthSession
from koshelok.infra.db import db, session
from koshelok.infra.settings import Settings
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import PASSWORD, Page, Person
from tests.inbox import code_for

PHONE, NEW = "+998901234567", "besh-nok-va-kofe"


def cookie_of(page: Page) -> str | None:
    found = page.client.get_cookie("session")
    return found.value if found else None


def session_cookie(response: TestResponse, name: str) -> Any:
    for header in response.headers.getlist("Set-Cookie"):
        found = SimpleCookie(header)
        if name in found:
            return found[name]
    raise AssertionError(f"no cookie {name}")


def is_signed_in(page: Page) -> bool:
    return page.client.get("/profile").status_code == 200


def test_the_cookie_is_http_only_and_lax(page: Page) -> None:
    cookie = session_cookie(page.get("/login"), "session")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]


def test_the_cookie_is_host_only_and_secure_under_https(app: Flask, settings: Settings) -> None:
    secure = create_app(settings.model_copy(update={"https": True}))
    response = secure.test_client().get("/login", base_url="https://koshelok.uz")
    cookie = session_cookie(response, "__Host-session")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert "max-age=31536000" in response.headers["Strict-Transport-Security"]
    with secure.app_context():
        db.engine.dispose()


def test_the_session_is_new_at_sign_in(page: Page, person: Person, app: Flask) -> None:
    page.get("/login")
    with page.client.session_transaction() as planted:
        planted["planted"] = "by somebody else"
        planted["workspace_id"] = "1"
        former_token = planted["csrf_token"]
    page.post("/login", {"login": person.login, "password": PASSWORD})
    with page.client.session_transaction() as fresh:
        assert "planted" not in fresh
        assert "workspace_id" not in fresh
        assert fresh.get("csrf_token") != former_token


def test_each_sign_in_is_a_session_of_its_own(
    browse: Callable[[Person], Page], person: Person
) -> None:
    first, second = browse(person), browse(person)
    assert cookie_of(first) != cookie_of(second)
    first.post("/logout")
    assert not is_signed_in(first)
    assert is_signed_in(second)


def test_the_session_is_new_at_a_change_of_password(
    browse: Callable[[Person], Page], person: Person
) -> None:
    page, other = browse(person), browse(person)
    former = cookie_of(page)
    body = {"old_password": PASSWORD, "new_password": NEW}
    assert page.post("/settings/password", body).status_code == 303
    assert is_signed_in(page)
    assert not is_signed_in(other)
    assert former is not None
    page.client.set_cookie("session", former)
    assert not is_signed_in(page)


def test_the_session_is_new_when_a_first_password_is_set(page: Page, app: Flask) -> None:
    page.get("/signup")
    page.post("/signup", {"contact": PHONE})
    page.post("/verify", {"code": code_for(app, PHONE)})
    page.get("/welcome")
    former = cookie_of(page)
    assert page.post("/welcome", {"password": NEW}).status_code == 303
    assert is_signed_in(page)
    page.client.set_cookie("session", former or "")
    assert not is_signed_in(page)


def test_a_workspace_stays_chosen_when_the_session_is_renewed(
    browse: Callable[[Person], Page], person: Person
) -> None:
    page = browse(person)
    with page.client.session_transaction() as own:
        own["workspace_id"] = person.workspace_id
    page.post("/settings/password", {"old_password": PASSWORD, "new_password": NEW})
    with page.client.session_transaction() as own:
        assert own["workspace_id"] == person.workspace_id


def test_sign_out_kills_it_on_the_server(browse: Callable[[Person], Page], person: Person) -> None:
    page = browse(person)
    stolen = cookie_of(page)
    assert page.post("/logout").status_code == 303
    page.client.set_cookie("session", stolen or "")
    assert not is_signed_in(page)


@pytest.mark.parametrize(
    ("column", "days"), [("last_seen_at", 14), ("expires_at", 0)], ids=["idle", "absolute"]
)
def test_it_times_out(
    browse: Callable[[Person], Page], person: Person, app: Flask, column: str, days: int
) -> None:
    page = browse(person)
    with app.app_context(), unit_of_work():
        past = text(f"now() - interval '{days} days 1 minute'")
        session.execute(update(AuthSession).values({column: past}))
    assert not is_signed_in(page)


def test_use_keeps_it_alive_and_writes_it_down_now_and_then(
    browse: Callable[[Person], Page], person: Person, app: Flask
) -> None:
    page = browse(person)

    def seen() -> Any:
        with app.app_context():
            return session.scalars(select(AuthSession.last_seen_at)).one()

    at_sign_in = seen()
    page.get("/profile")
    assert seen() == at_sign_in
    with app.app_context(), unit_of_work():
        session.execute(update(AuthSession).values(last_seen_at=text("now() - interval '1 day'")))
    page.get("/profile")
    assert (now() - seen()).total_seconds() < 60


def test_a_broken_cookie_is_no_session(page: Page) -> None:
    for value in ("", "nonsense", "eyJfdXNlcl9pZCI6IjEifQ.x.y"):
        page.client.set_cookie("session", value)
        assert page.client.get("/profile").status_code == 303
    with page.client.session_transaction() as own:
        own["_user_id"] = "1"
    assert page.client.get("/profile").status_code == 303


POSTS = ["/signup", "/verify", "/resend", "/signup/username", "/login", "/forgot", "/reset"]
SIGNED_IN_POSTS = [
    "/logout", "/welcome", "/profile", "/profile/photo", "/profile/photo/remove",
    "/settings/language", "/settings/password", "/language", "/theme",
]  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_its_token_is_refused(page: Page, path: str) -> None:
    assert page.client.post(path, data={"contact": PHONE}).status_code == 400


@pytest.mark.parametrize("path", SIGNED_IN_POSTS)
def test_a_signed_in_form_without_its_token_is_refused(
    browse: Callable[[Person], Page], person: Person, path: str
) -> None:
    page = browse(person)
    assert page.client.post(path, data={"first_name": "Evil"}).status_code == 400
    assert "Evil" not in page.get("/profile").text
    assert page.client.post(path, headers={"HX-Request": "true"}).status_code == 400


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.uz",
        "//evil.uz",
        "/\\evil.uz",
        "javascript:alert(1)",
        "\t//e.uz",
    ],
)
def test_redirect_targets_are_same_origin(page: Page, person: Person, target: str) -> None:
    page.get("/login", query_string={"next": target})
    body = {"login": person.login, "password": PASSWORD, "next": target}
    assert page.post("/login", body).headers["Location"] == "/dashboard"


def test_a_path_of_ours_is_gone_to(page: Page, person: Person) -> None:
    body = {"login": person.login, "password": PASSWORD, "next": "/settings?a=b"}
    assert page.post("/login", body).headers["Location"] == "/settings?a=b"


def test_private_pages_are_not_stored(browse: Callable[[Person], Page], person: Person) -> None:
    page = browse(person)
    for path in ("/profile", "/settings"):
        assert "no-store" in page.get(path).headers["Cache-Control"]


def test_the_history_tells_who_what_when_and_from_where(
    page: Page, person: Person, app: Flask
) -> None:
    page.post("/login", {"login": person.login, "password": "wrong"})
    page.login(person)
    page.post("/settings/password", {"old_password": PASSWORD, "new_password": NEW})
    page.get("/profile")
    page.post("/logout")
    with app.app_context():
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    done = [event.action for event in events if event.action != "user.registered"]
    assert done == [
        "sign_in.failed", "session.started", "password.changed", "session.replaced",
        "session.started", "session.ended",
    ]  # fmt: skip
    assert {event.actor_id for event in events[-4:]} == {person.id}
    assert {event.ip for event in events[1:]} == {"127.0.0.1"}
    details = " ".join(str(event.details) for event in events)
    assert PASSWORD not in details
    assert NEW not in details
