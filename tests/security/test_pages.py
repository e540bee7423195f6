"""Sessions and pages: headers, CSRF, redirects, cookies; each test a line of the contract."""

from collections.abc import Callable

import pytest
from flask import Flask

from koshelok.infra.settings import DEVELOPMENT_SECRET, Settings
from koshelok.web.headers import CSP
from koshelok.web.redirects import safe_path
from tests.conftest import Api, Page, Person

PAGES = [
    "/", "/login", "/signup", "/forgot", "/nowhere", "/docs", "/openapi.json", "/healthz", "/sw.js",
    "/manifest-uz.webmanifest", "/session", "/debtors/sync", "/debtors/offline",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_security_headers(page: Page, path: str) -> None:
    headers = page.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "HX-Request" in headers["Vary"]
    assert len(headers["X-Request-Id"]) == 32


@pytest.mark.parametrize("path", ["/", "/login", "/signup", "/debtors/offline"])
def test_pages_have_the_strict_policy(page: Page, path: str) -> None:
    assert page.get(path).headers["Content-Security-Policy"] == CSP
    assert "unsafe" not in CSP


def test_private_pages_are_not_stored(browse: Callable[[Person], Page], person: Person) -> None:
    for path in ("/dashboard", "/transactions", "/profile"):
        response = browse(person).get(path)
        assert (response.status_code, response.headers["Cache-Control"]) == (
            200,
            "private, no-store",
        )


def test_hsts_only_under_https(page: Page) -> None:
    assert "Strict-Transport-Security" not in page.get("/login").headers
    response = page.client.get("/login", base_url="https://localhost")
    assert "max-age" in response.headers["Strict-Transport-Security"]


def test_a_form_without_a_token_is_refused_and_writes_nothing(
    browse: Callable[[Person], Page], api: Api, person: Person
) -> None:
    page = browse(person)
    for token in ({}, {"csrf_token": "forged"}):
        response = page.client.post("/workspaces", data={"name": "x", "kind": "shop", **token})
        assert response.status_code == 400
    response = page.client.post(
        "/workspaces", data={"name": "x", "kind": "shop"}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 400
    assert len(api.get("/workspaces").get_json()["items"]) == 1


def test_cookies_do_not_open_the_api(browse: Callable[[Person], Page], person: Person) -> None:
    assert browse(person).client.get("/api/v1/workspaces").status_code == 401


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)",
     "http:/evil", "/\n/evil", "", None, "evil"],
)  # fmt: skip
def test_redirects_stay_on_this_origin(target: str | None) -> None:
    assert safe_path(target, "/home") == "/home"


def test_sign_in_goes_where_the_reader_wanted(page: Page, person: Person) -> None:
    shown = page.get("/login?next=/summary/daily").get_data(as_text=True)
    assert 'value="/summary/daily"' in shown
    data = {"login": person.login, "password": person.password, "next": "/summary/daily"}
    assert page.post("/login", data).location == "/summary/daily"


def test_sign_in_goes_nowhere_else(page: Page, person: Person) -> None:
    page.get("/login")
    data = {"login": person.login, "password": person.password, "next": "//evil.example"}
    assert page.post("/login", data).location == "/dashboard"


def test_the_cookie_is_host_only_under_https(another_app: Callable[..., Flask]) -> None:
    client = another_app(https=True).test_client()
    response = client.get("/login", base_url="https://localhost")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {
        p.strip() for p in cookie.split(";")
    }
    assert "Domain" not in cookie


def test_production_refuses_an_unsafe_start() -> None:
    given = {"KOSHELOK_ENV": "production", "database_url": "x", "redis_url": "x", "_env_file": None}
    for unsafe in (
        {},
        {"secret_key": DEVELOPMENT_SECRET},
        {"secret_key": "short"},
        {"secret_key": "x" * 40, "FLASK_DEBUG": True},
        {"secret_key": "x" * 40, "database_url": ""},
    ):
        with pytest.raises(ValueError, match="production"):
            Settings(**{**given, **unsafe})
    assert Settings(**{**given, "secret_key": "x" * 40}).production


@pytest.mark.parametrize(
    "url", ["koshelok.uz", "ftp://koshelok.uz", "https://", "https://a.uz/b", "https://a.uz?b",
            "https://a@b.uz"],
)  # fmt: skip
def test_a_public_url_is_an_origin(url: str) -> None:
    with pytest.raises(ValueError, match="PUBLIC_URL"):
        Settings(_env_file=None, public_url=url)
    assert Settings(_env_file=None, public_url="https://a.uz:8443/").public_url == (
        "https://a.uz:8443"
    )
    assert Settings(_env_file=None).public_url == ""


def test_a_forged_forwarded_address_changes_no_limit(app: Flask, limits: None, page: Page) -> None:
    app.config["SETTINGS"].limit_default = "3 per minute"
    try:
        seen = [
            page.client.get("/login", headers={"X-Forwarded-For": f"10.0.0.{i}"}).status_code
            for i in range(5)
        ]
    finally:
        app.config["SETTINGS"].limit_default = "300 per minute"
    assert seen == [200, 200, 200, 429, 429]


def test_the_page_speaks_the_chosen_language(page: Page) -> None:
    assert '<html lang="uz"' in page.get("/login").get_data(as_text=True)
    page.post("/language", {"language": "ru", "next": "/login"})
    assert '<html lang="ru"' in page.get("/login").get_data(as_text=True)
    page.post("/language", {"language": "xx", "next": "/login"})
    assert '<html lang="ru"' in page.get("/login").get_data(as_text=True)


def test_the_theme_is_kept(page: Page) -> None:
    page.post("/theme", {"theme": "dark", "next": "/login"})
    assert 'data-theme="koshelok-dark"' in page.get("/login").get_data(as_text=True)
    page.post("/theme", {"theme": "system", "next": "/login"})
    assert 'data-theme="koshelok-dark"' not in page.get("/login").get_data(as_text=True)
