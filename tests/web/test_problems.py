"""Errors over JSON are problem+json with a stable code, in the reader's language, never HTML."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from koshelok.core.errors import DomainError
from koshelok.web.problems import domain_problem
from tests.conftest import Api, Page

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_request"),
        (b"", "application/json", 400, "malformed_request"),
        (b'{"name": NaN}', "application/json", 400, "malformed_request"),
        (b"\xff\xfe", "application/json", 400, "malformed_request"),
        (b"[" * 100_000, "application/json", 400, "malformed_request"),
        (b"name=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"[]", "application/json", 422, "invalid"),
        (b"null", "application/json", 422, "invalid"),
        (b'"text"', "application/json", 422, "invalid"),
    ],
)
def test_tells_broken_from_wrong_from_invalid(
    api: Api, data: bytes, content_type: str, status: int, code: str
) -> None:
    response = api.open("POST", "/workspaces", data=data, content_type=content_type)
    assert (response.status_code, response.mimetype) == (status, PROBLEM)
    body = response.get_json()
    assert (body["code"], body["status"]) == (code, status)
    assert set(body) >= {"type", "title", "status", "detail", "code"}


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("PUT", "/workspaces", 405)]
)
def test_unknown_paths_and_methods_are_problems_too(
    api: Api, method: str, path: str, status: int
) -> None:
    response = api.open(method, path)
    assert (response.status_code, response.mimetype) == (status, PROBLEM)


def test_a_path_answers_with_and_without_a_trailing_slash(api: Api) -> None:
    assert api.get("/workspaces/").get_json() == api.get("/workspaces").get_json()


@pytest.mark.parametrize(
    ("language", "words"), [("uz", "To'ldiring"), ("ru", "Заполните"), ("en", "Fill this in")]
)
def test_messages_follow_the_language_and_codes_do_not(api: Api, language: str, words: str) -> None:
    response = api.post("/workspaces", {"kind": "shop"}, headers={"Accept-Language": language})
    body = response.get_json()
    assert body["errors"]["name"][0].startswith(words)
    assert body["code"] == "invalid"


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
def test_refuses_a_key_that_is_not_printable(api: Api, key: str) -> None:
    response = api.post(
        "/workspaces", {"name": "x", "kind": "shop"}, headers={"Idempotency-Key": key}
    )
    assert (response.status_code, response.get_json()["code"]) == (422, "idempotency_key_invalid")


def test_an_unexpected_error_is_a_problem_and_a_page(
    app: Flask, api: Api, page: Page, monkeypatch: Any
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("koshelok.workspaces.queries.list_memberships", broken)
    response = api.get("/workspaces")
    assert (response.status_code, response.mimetype) == (500, PROBLEM)
    assert "mistake" not in response.get_data(as_text=True)


def test_a_dead_database_is_503_with_retry_after(app: Flask, api: Api, monkeypatch: Any) -> None:
    def dead(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("koshelok.workspaces.queries.list_memberships", dead)
    response = api.get("/workspaces")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_error_pages_help(page: Page) -> None:
    response = page.get("/nowhere")
    assert response.status_code == 404
    assert '<html lang="uz"' in response.get_data(as_text=True)
    assert "href=" in response.get_data(as_text=True)


def test_cors_is_closed_by_default(anonymous: Api) -> None:
    response = anonymous.get("/workspaces", headers={"Origin": "https://example.uz"})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_limits_answer_429_with_retry_after(app: Flask, limits: None, api: Api) -> None:
    app.config["SETTINGS"].limit_default = "1 per minute"
    try:
        api.get("/workspaces")
        response = api.get("/workspaces")
    finally:
        app.config["SETTINGS"].limit_default = "300 per minute"
    assert (response.status_code, response.mimetype) == (429, PROBLEM)
    assert 0 < int(response.headers["Retry-After"]) <= 60


def test_a_refusal_may_carry_members_of_its_own(app: Flask) -> None:
    class Refused(DomainError):
        code = "step_up_required"

    with app.test_request_context("/api/v1/"):
        response = domain_problem(Refused(extensions={"methods": ["password"], "status": 200}))
    body = response.get_json()
    assert (body["methods"], body["code"], body["status"]) == (
        ["password"],
        "step_up_required",
        409,
    )
