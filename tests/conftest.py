"""Fixtures shared by all tests: the app on real PostgreSQL and Redis, people, and their clients."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from koshelok.app import create_app
from koshelok.cli import register
from koshelok.identity import operations as identity
from koshelok.identity import passwords
from koshelok.infra import queue
from koshelok.infra.db import Cursor, db, session
from koshelok.infra.queue import connection
from koshelok.infra.settings import Settings, use
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web.limits import limiter
from koshelok.workspaces.queries import list_memberships

pytest_plugins = ["tests.services"]

HOUSE_ACCOUNTS = """
    INSERT INTO ledger_accounts (id, kind, status, hot, balance, created_at)
    VALUES (1, 'platform', 'ACTIVE', true, 0, now()), (2, 'issuer', 'ACTIVE', true, 0, now()),
        (3, 'escrow', 'ACTIVE', true, 0, now())
"""  # which a migration makes
PASSWORD = "a-long-enough-passphrase"
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that no worker of the run is left alone with one."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Take pytest-flask's request around each test away: its calls would share one `g`."""


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[PasswordHasher]:
    """Hash with little work, since nearly every test signs somebody in; hands out the real one,
    whose work a test asks for."""
    real, passwords._hasher = passwords._hasher, PasswordHasher(1, 8, 1)
    yield real
    passwords._hasher = real


@pytest.fixture(scope="session")
def settings(
    database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings of the test app."""
    return Settings(
        _env_file=None,
        KOSHELOK_ENV="test",
        secret_key="test-secret-" + "x" * 40,
        data=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        redis_url=redis_url,
    )


@pytest.fixture(scope="session")
def wired(settings: Settings) -> Iterator[Flask]:
    """The app of the run, its connections closed at the end."""
    app = create_app(settings)
    register(app)
    yield app
    with app.app_context():
        db.engine.dispose()
    connection().close()


@pytest.fixture
def app(wired: Flask) -> Iterator[Flask]:
    """The app on an empty database and Redis; limits are off unless the test wants them."""
    limiter.enabled = False
    use(wired.config["SETTINGS"])
    with wired.app_context():
        _empty()
        connection().flushdb()
    yield wired
    limiter.enabled = False


def _empty() -> None:
    """Delete all rows; a page of the last test may still be at work, then once more."""
    try:
        _delete_all()
    except OperationalError:
        session.rollback()
        _delete_all()


def _delete_all() -> None:
    tables = [str(table.delete()) for table in db.metadata.sorted_tables]
    everything = ["SET session_replication_role = replica", *tables, HOUSE_ACCOUNTS,
                  "SET session_replication_role = origin"]  # fmt: skip
    session.connection().exec_driver_sql(";".join(everything))  # in one round trip
    session.commit()
    session.remove()


@pytest.fixture
def limits(app: Flask) -> Iterator[None]:
    """Switch rate limits on for one test."""
    limiter.enabled = True
    yield
    limiter.enabled = False


@pytest.fixture
def another_app(app: Flask, settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make apps with other settings on the same database; this one's are used again after."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        made.append(create_app(settings.model_copy(update=changes)))
        return made[-1]

    yield make
    for other in made:
        with other.app_context():
            db.engine.dispose()
    use(settings)
    queue.configure(settings.redis_url)
    limiter.init_app(app)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """An application context, for tests below the edge."""
    with app.app_context():
        yield app
        session.rollback()


@dataclass
class Person:
    """A user with what a test needs to act as them."""

    id: int
    login: str
    password: str
    workspace_id: int


@pytest.fixture
def make_person(app: Flask) -> Callable[..., Person]:
    """Register people with a user name and a password."""

    def make(
        login: str | None = None, contact: str = "", role: str = "USER", full_name: str = ""
    ) -> Person:
        login = login or f"person{next(_numbers)}"
        with app.app_context(), unit_of_work():
            user = identity.register_with_password(
                username=login, password=PASSWORD, full_name=full_name
            )
            user.role = role
            if "@" in contact:
                user.email = contact
            elif contact:
                user.phone_number = contact
            workspace_id = list_memberships(user.id)[0].workspace_id
            return Person(user.id, login, PASSWORD, workspace_id)

    return make


@pytest.fixture
def person(make_person: Callable[..., Person]) -> Person:
    """One registered person."""
    return make_person()


class Page:
    """A browser without JavaScript: follows cookies, sends the CSRF token of the last page."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = ""

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """GET a page and remember its CSRF token."""
        response = self.client.get(path, **kwargs)
        self._remember(response)
        return response

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST a form with the token; a page is asked for first where none was seen."""
        if not self.token:
            self.get("/login")
        response = self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **kwargs)
        self._remember(response)
        return response

    def htmx(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        """A partial request, as htmx sends it."""
        headers = {"HX-Request": "true", "HX-Request-Type": "partial", "X-CSRFToken": self.token}
        return self.client.open(path, method=method, headers=headers, **kwargs)

    def login(self, person: Person) -> Page:
        """Sign in."""
        self.get("/login")
        response = self.post("/login", {"login": person.login, "password": person.password})
        assert response.status_code == 303, response.get_data(as_text=True)[:2000]
        self.token = ""
        self.get("/profile")
        return self

    def _remember(self, response: TestResponse) -> None:
        if response.mimetype != "text/html":
            return
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', response.get_data(as_text=True))
        if found:
            self.token = found.group(1)


@pytest.fixture
def page(app: Flask) -> Page:
    """A browser, not signed in."""
    return Page(app)


@pytest.fixture
def browse(app: Flask) -> Callable[[Person], Page]:
    """A browser signed in as somebody."""
    return lambda person: Page(app).login(person)


class Api:
    """A JSON client with a bearer token."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.headers: dict[str, str] = {}
        self.tokens: dict[str, Any] = {}

    def login(self, person: Person) -> Api:
        """Sign in and keep the tokens."""
        response = self.post("/auth/login", {"login": person.login, "password": person.password})
        assert response.status_code == 200, response.get_data(as_text=True)
        self.use(response.get_json())
        return self

    def use(self, tokens: dict[str, Any]) -> None:
        """Act with these tokens."""
        self.tokens = tokens
        self.headers["Authorization"] = f"Bearer {tokens['access']}"

    def open(self, method: str, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        """Call the API; `path` is below /api/v1."""
        headers = {**self.headers, **kwargs.pop("headers", {})}
        if json is not None:
            kwargs["json"] = json
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """GET."""
        return self.open("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        """POST."""
        return self.open("POST", path, json, **kwargs)

    def put(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        """PUT."""
        return self.open("PUT", path, json, **kwargs)

    def patch(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        """PATCH."""
        return self.open("PATCH", path, json, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        """DELETE."""
        return self.open("DELETE", path, **kwargs)


@pytest.fixture
def anonymous(app: Flask) -> Api:
    """A JSON client without a token."""
    return Api(app)


@pytest.fixture
def call(app: Flask) -> Callable[[Person], Api]:
    """A JSON client signed in as somebody."""
    return lambda person: Api(app).login(person)


@pytest.fixture
def api(call: Callable[[Person], Api], person: Person) -> Api:
    """A JSON client signed in as `person`."""
    return call(person)


class QueryCounter:
    """Counts the statements that reach the database."""

    def __init__(self) -> None:
        self.statements: list[str] = []


@pytest.fixture
def queries(app: Flask, monkeypatch: pytest.MonkeyPatch) -> QueryCounter:
    """Count statements from here on; `.statements` has their texts."""
    counter = QueryCounter()
    execute = Cursor.execute

    def note(cursor: Cursor, statement: Any, *args: Any, **kwargs: Any) -> Cursor:
        counter.statements.append(str(statement))
        return execute(cursor, statement, *args, **kwargs)

    monkeypatch.setattr(Cursor, "execute", note)
    return counter
