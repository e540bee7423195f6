"""Who may: declared on every route, asked by one guard."""

from collections.abc import Callable

import pytest
from flask import Flask

from koshelok.web import access
from tests.conftest import Api, Page, Person


def test_an_undeclared_route_stops_the_start(another_app: Callable[..., Flask]) -> None:
    app = another_app()
    app.add_url_rule("/forgotten", view_func=lambda: "", endpoint="forgotten")
    with pytest.raises(RuntimeError, match="forgotten"):
        access.check_declared(app)


def test_only_an_administrator_gets_past_an_admin_route(
    another_app: Callable[..., Flask], make_person: Callable[..., Person]
) -> None:
    app = another_app()
    app.add_url_rule("/api/v1/secret", "secret", access.admin(lambda: "secret"))
    app.add_url_rule("/secret", "secret_page", access.admin(lambda: "secret"))
    user, admin = make_person(), make_person(role="ADMIN")
    assert Api(app).get("/secret").status_code == 401
    assert Api(app).login(user).get("/secret").status_code == 403
    assert Api(app).login(admin).get("/secret").get_data() == b"secret"
    assert Page(app).get("/secret").status_code == 303
    assert Page(app).login(user).get("/secret").status_code == 403
    assert Page(app).login(admin).get("/secret").get_data() == b"secret"


def test_a_role_change_works_on_the_next_request(
    another_app: Callable[..., Flask], make_person: Callable[..., Person], app: Flask
) -> None:
    other = another_app()
    other.add_url_rule("/api/v1/secret", "secret", access.admin(lambda: "secret"))
    person = make_person()
    api = Api(other).login(person)
    assert api.get("/secret").status_code == 403
    options = ["admin", "--login", person.login, "--password", person.password]
    assert app.test_cli_runner().invoke(args=options).exit_code == 0
    assert api.get("/secret").status_code == 200


def test_cors_lets_the_named_origins_in(another_app: Callable[..., Flask], person: Person) -> None:
    api = Api(another_app(cors_origins=["https://client.example"])).login(person)
    allowed = api.get("/workspaces", headers={"Origin": "https://client.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://client.example"
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    other = api.get("/workspaces", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
