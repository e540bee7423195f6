"""The flask commands, as operators run them."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.infra.db import session
from koshelok.infra.difference import last_figures
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.shop.models import Payment, Status
from koshelok.shop.queries import ProductFilters, Sort, list_products
from koshelok.verification import CHECKS
from tests.authenticator import turn_on
from tests.conftest import Api, Person


@pytest.fixture
def run(app: Flask) -> Callable[..., tuple[int, str]]:
    def run_(*arguments: str, **options: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=list(arguments), **options)
        return result.exit_code, result.output

    return run_


def test_seeds_an_empty_database_once(run: Callable[..., tuple[int, str]], app: Flask) -> None:
    code, said = run("seed")
    assert (code, "malika / koshelok-demo-1" in said) == (0, True)
    code, said = run("seed")
    assert (code, "nothing was added" in said) == (0, True)
    api = Api(app).login(Person(0, "malika", "koshelok-demo-1", 0))
    assert len(api.get("/workspaces").get_json()["items"]) == 2
    assert len(api.get("/finance/transactions").get_json()["items"]) == 50
    assert len(api.get("/saved-cards").get_json()["items"]) == 2
    kinds = {(t["type"], t["status"]) for t in api.get("/transfers").get_json()["items"]}
    assert kinds == {("transfer", "success"), ("reversal", "success"), ("payout", "success")}
    with app.app_context():
        states = text(
            "SELECT DISTINCT status FROM orders UNION SELECT DISTINCT payment FROM orders"
        )
        assert set(session.scalars(states)) == {*Status, *Payment}
        shelf = list_products(ProductFilters(sort=Sort.RATED), limit=100).items
    assert all(product.images for product in shelf)
    assert {bool(product.available) for product in shelf} == {True, False}
    assert shelf[0].rating == 5
    boss = Api(app).login(Person(0, "rustam", "koshelok-demo-3", 0))
    assert boss.get("/auth/me").get_json()["role"] == "ADMIN"
    assert run("verify")[0] == 0


def test_makes_and_promotes_an_administrator(
    run: Callable[..., tuple[int, str]], app: Flask, person: Person
) -> None:
    assert run("admin")[0] == 2
    assert run("admin", "--login", "boss", "--password", "a-long-enough-passphrase")[0] == 0
    api = Api(app).login(Person(0, "boss", "a-long-enough-passphrase", 0))
    assert api.get("/auth/me").get_json()["role"] == "ADMIN"
    assert run("admin", "--login", person.login, "--password", person.password)[0] == 0
    assert Api(app).login(person).get("/auth/me").get_json()["role"] == "ADMIN"


def test_support_lets_in_who_lost_the_second_factor(
    run: Callable[..., tuple[int, str]], app: Flask, api: Api, person: Person
) -> None:
    assert run("totp-off", "--login", "nobody")[0] == 1
    assert run("totp-off", "--login", person.login)[0] == 1
    turn_on(app, person)
    login = {"login": person.login, "password": person.password}
    assert Api(app).post("/auth/login", login).get_json()["code"] == "totp_required"
    assert run("totp-off", "--login", person.login)[0] == 0
    assert Api(app).post("/auth/login", login).status_code == 200
    assert api.get("/auth/me").get_json()["totp"] is False


def test_verify_names_what_differs(
    run: Callable[..., tuple[int, str]], app: Flask, api: Api
) -> None:
    category = api.get("/finance/categories").get_json()["items"][0]["id"]
    api.post("/finance/transactions", {"category": category, "amount": "5"})
    assert run("verify") == (0, "3 accounts, 0 postings, 0 days sealed: all agree.\n")
    with app.app_context(), unit_of_work():
        session.execute(text("UPDATE category_totals SET amount = amount + 1 WHERE grain = 'all'"))
    code, said = run("verify")
    assert code == 1
    assert "finance.totals: workspace" in said
    assert "stored 6.00, computed 5.00" in said
    assert said.endswith("days sealed: 1 differ.\n")
    with app.app_context():
        assert last_figures() == dict.fromkeys(CHECKS, 0) | {"finance.totals": 1}
    metrics = app.test_client().get("/metrics").get_data(as_text=True)
    assert 'koshelok_verification_differences{check="finance.totals"} 1.0' in metrics


def test_verify_tells_its_progress_to_a_terminal(
    run: Callable[..., tuple[int, str]], context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work():
        account_id = ledger.open_account()
        ledger.set_status(account_id=account_id, status="ACTIVE")
        ledger.deposit(actor_id=1, key="k", fingerprint="", target=account_id, amount=Decimal(5))
    assert run("verify") == (0, "4 accounts, 2 postings, 0 days sealed: all agree.\n")
    terminal = SimpleNamespace(stderr=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("koshelok.cli.sys", terminal)
    told = "\r0 % of 3 rows\r66 % of 3 rows\r100 % of 3 rows\n"
    assert run("verify") == (0, f"{told}4 accounts, 2 postings, 0 days sealed: all agree.\n")


def test_works_the_queue_off_and_ends(run: Callable[..., tuple[int, str]]) -> None:
    assert run("worker", "--burst")[0] == 0


def test_backs_up_and_restores(
    run: Callable[..., tuple[int, str]], person: Person, tmp_path: Path
) -> None:
    target = str(tmp_path / "all.tar.gz")
    assert run("backup", target)[0] == 0
    assert run("restore", target, input="n\n")[0] == 1
    assert run("restore", target, "--yes")[0] == 0
