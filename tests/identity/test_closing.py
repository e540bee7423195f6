"""Closing an account: refused, waited with, taken back, and erased without a trace but a number."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from koshelok.core.clock import now
from koshelok.finance import operations as finance
from koshelok.finance.queries import list_categories
from koshelok.identity.models import User
from koshelok.identity.tasks import erase_closed
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import files
from koshelok.verification import verify_all
from koshelok.worker import run_worker
from tests.conftest import Api, Page, Person
from tests.debtors.calls import write_a_book
from tests.ledger.support import open_cards, pay_in, wrong
from tests.shop.shelf import buy, open_shop

PHONE, MAIL = "+998901112233", "ali@example.uz"


@pytest.fixture
def ali(make_person: Callable[..., Person], app: Flask) -> Person:
    """Somebody who can be reached in both ways."""
    made = make_person(contact=PHONE, full_name="Ali Valiyev")
    with app.app_context(), unit_of_work():
        session.execute(update(User).where(User.id == made.id).values(email=MAIL))
    return made


@pytest.fixture(autouse=True)
def _books_are_right(app: Flask) -> Iterator[None]:
    yield
    with app.app_context():
        assert wrong() == []
        assert verify_all() == []


def user_of(app: Flask, person: Person) -> dict[str, Any]:
    with app.app_context():
        columns = User.__table__.c
        row = session.execute(select(*columns).where(User.id == person.id)).one()
        return row._asdict()


def close(page: Page, person: Person, **other: str) -> Any:
    return page.post("/settings/close", {"password": person.password, **other})


def wait_out(app: Flask) -> int:
    """The week passes, and the night's task runs; answers how many were erased."""
    with app.app_context():
        with unit_of_work():
            session.execute(update(User).where(User.closes_at.is_not(None)).values(closes_at=now()))
        return erase_closed()


@pytest.mark.parametrize("password", ["", "wrong"])
def test_refused_without_a_proof(
    app: Flask, browse: Callable[[Person], Page], ali: Person, password: str
) -> None:
    assert close(browse(ali), ali, password=password).status_code == 422
    assert user_of(app, ali)["closes_at"] is None


def test_who_has_no_password_is_told_to_set_one(
    app: Flask, browse: Callable[[Person], Page], ali: Person
) -> None:
    mine = browse(ali)
    with app.app_context(), unit_of_work():
        session.execute(update(User).values(password_hash=None))
    assert "/settings#password" in mine.get("/settings/close").get_data(as_text=True)
    assert close(mine, ali, password="x").status_code == 422


def test_an_administrator_stays(
    app: Flask, browse: Callable[[Person], Page], make_person: Callable[..., Person]
) -> None:
    admin = make_person(role="ADMIN")
    assert close(browse(admin), admin).status_code == 409
    assert user_of(app, admin)["closes_at"] is None


def test_refused_while_cards_hold_money(
    app: Flask, browse: Callable[[Person], Page], ali: Person
) -> None:
    with app.app_context():
        open_cards(ali, 1, "0.01")
    assert close(browse(ali), ali).status_code == 409
    assert user_of(app, ali)["closes_at"] is None


def test_refused_while_orders_are_open(
    app: Flask, browse: Callable[[Person], Page], ali: Person, make_person: Callable[..., Person]
) -> None:
    """For who waits for the goods and for who is to bring them; those that are over stay."""
    seller = make_person(full_name="Malika")
    with app.app_context():
        shop = open_shop(seller)
        product = shop.product()
        order = buy(ali, product, address="Chilonzor, 5")
    pages = {person.id: (browse(person), person) for person in (ali, seller)}
    for page, person in pages.values():
        assert close(page, person).status_code == 409
    with app.app_context():
        shop.take(order, "confirmed", "packed", "shipped", "delivered")
    for page, person in pages.values():
        assert close(page, person).status_code == 303
    assert wait_out(app) == 2
    with app.app_context():
        found = session.execute(text("SELECT status, address, buyer_id FROM orders")).one()
        assert tuple(found) == ("delivered", "", ali.id)
        assert session.scalar(text("SELECT count(*) FROM products WHERE archived_at IS NULL")) == 0


def test_refused_while_others_would_be_left(
    browse: Callable[[Person], Page], call: Callable[[Person], Api], ali: Person,
    make_person: Callable[..., Person],
) -> None:  # fmt: skip
    api, worker = call(ali), make_person(contact="+998907654321")
    made = api.post("/workspaces", {"name": "Do'kon", "kind": "shop"}).get_json()["id"]
    body = {"contact": "+998907654321", "role": "editor"}
    assert api.post(f"/workspaces/{made}/members", body).status_code == 201
    mine = browse(ali)
    answer = close(mine, ali)
    assert answer.status_code == 409
    assert "Do&#39;kon" in answer.get_data(as_text=True)
    api.patch(f"/workspaces/{made}/members/{worker.id}", {"role": "owner"})
    assert close(mine, ali).status_code == 303


def test_waits_a_week_and_signs_the_others_out(
    app: Flask, browse: Callable[[Person], Page], call: Callable[[Person], Api], ali: Person
) -> None:
    mine, other, phone = browse(ali), browse(ali), call(ali)
    assert close(mine, ali).status_code == 303
    first = user_of(app, ali)["closes_at"]
    assert abs(first - now() - timedelta(days=7)) < timedelta(minutes=1)
    assert other.get("/profile").status_code in {302, 303}
    assert phone.get("/auth/me").status_code == 401
    assert "/settings/keep" in mine.get("/profile").get_data(as_text=True)
    close(mine, ali)
    assert user_of(app, ali)["closes_at"] == first
    with app.app_context():
        assert erase_closed() == 0
        sent = session.execute(text("SELECT channel FROM messages WHERE kind = 'closing'"))
        assert sorted(sent.scalars()) == ["email", "sms"]


def test_is_kept_after_all(app: Flask, browse: Callable[[Person], Page], ali: Person) -> None:
    close(browse(ali), ali)
    later = browse(ali)  # signing in works all the time
    assert later.post("/settings/keep").status_code == 303
    assert user_of(app, ali)["closes_at"] is None
    assert "/settings/keep" not in later.get("/profile").get_data(as_text=True)
    assert wait_out(app) == 0
    assert later.post("/settings/keep").status_code == 303


def test_money_that_came_meanwhile_puts_it_off(
    app: Flask, browse: Callable[[Person], Page], ali: Person
) -> None:
    with app.app_context():
        card = open_cards(ali)[0]
    close(browse(ali), ali)
    with app.app_context():
        pay_in(card.account_id, "5")
    assert wait_out(app) == 0
    assert user_of(app, ali)["closed_at"] is None


def test_nothing_but_a_number_is_left(
    app: Flask, browse: Callable[[Person], Page], call: Callable[[Person], Api], ali: Person,
    make_person: Callable[..., Person],
) -> None:  # fmt: skip
    stays = make_person()
    more = call(ali).post("/workspaces", {"name": "Safar", "kind": "personal"}).get_json()["id"]
    call(ali).post(
        "/expenses", {"amount": 7, "category": "FOOD"}, headers={"X-Workspace": str(more)}
    )
    kept = call(stays).post("/expenses", {"amount": 5, "category": "FOOD"}).get_json()
    api, mine = call(ali), browse(ali)
    write_a_book(api)
    expense = api.post("/expenses", {"amount": 5, "category": "FOOD"}).get_json()["id"]
    api.post("/budgets", {"amount": 5, "category": "SAVINGS"})
    with app.app_context():
        (card,) = open_cards(ali)
        with unit_of_work():
            finance.delete_transaction(
                actor_id=ali.id, workspace_id=ali.workspace_id, transaction_id=expense
            )
    with app.app_context():
        others = set(files.folder().iterdir())
    assert mine.post("/settings/data/export").status_code == 303
    with app.app_context():
        run_worker(app, burst=True)
        session.rollback()
        assert set(files.folder().iterdir()) > others
    assert close(mine, ali).status_code == 303
    assert wait_out(app) == 1
    assert wait_out(app) == 0
    left = user_of(app, ali)
    assert {name: left[name] for name in ("username", "phone_number", "email", "password_hash",
            "first_name", "last_name", "avatar", "totp")} == {
        "username": None, "phone_number": None, "email": None, "password_hash": None,
        "first_name": "", "last_name": "", "avatar": None, "totp": False,
    }  # fmt: skip
    assert mine.get("/profile").status_code in {302, 303}
    assert api.post("/auth/login", {"login": PHONE, "password": ali.password}).status_code == 401
    with app.app_context():
        assert list_categories(ali.workspace_id) == list_categories(more) == []
        assert session.scalar(
            text("SELECT status FROM ledger_accounts WHERE id = :id"), {"id": card.account_id}
        ) == "CLOSED"  # fmt: skip
        assert set(files.folder().iterdir()) == others
        for table, column in (("auth_sessions", "user_id"), ("memberships", "user_id"),
                              ("jobs", "owner_id"), ("workspaces", "personal_of_id"),
                              ("wallets", "user_id")):  # fmt: skip
            left_over = text(f"SELECT count(*) FROM {table} WHERE {column} = :id")  # noqa: S608
            assert session.scalar(left_over, {"id": ali.id}) == 0
        sent = text("SELECT count(*) FROM messages WHERE recipient IN (:phone, :mail)")
        assert session.scalar(sent, {"phone": PHONE, "mail": MAIL}) == 0
    assert call(stays).get(f"/expenses/{kept['id']}").get_json() == kept
    again = make_person(login=ali.login, contact=PHONE)
    assert again.id != ali.id
