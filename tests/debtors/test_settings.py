"""How a book asks for money: only its owner says."""

from collections.abc import Callable

import pytest
from flask import Flask

from koshelok.debtors import operations, queries
from koshelok.debtors.errors import DueDaysOutOfRange, UnknownLanguage
from koshelok.infra.db import session
from tests.conftest import Page, Person
from tests.debtors.books import open_shop

PATH = "/debtors/settings"
SET = {"reminders": True, "receipts": True, "due_days": 14, "language": "ru"}


@pytest.mark.parametrize("days", [-1, 3651, 10**9])
def test_refuses_impossible_days(context: Flask, person: Person, days: int) -> None:
    error = open_shop(person).refused(operations.edit_book, **{**SET, "due_days": days})
    assert isinstance(error, DueDaysOutOfRange)


def test_refuses_an_unknown_language(context: Flask, person: Person) -> None:
    error = open_shop(person).refused(operations.edit_book, **{**SET, "language": "tlh"})
    assert isinstance(error, UnknownLanguage)


def test_is_said_and_said_anew(context: Flask, person: Person) -> None:
    shop = open_shop(person)
    for due_days in (14, None, 0):
        shop.do(operations.edit_book, **{**SET, "due_days": due_days})
        session.expire_all()
        book = queries.find_book(person.workspace_id)
        assert (book.reminders, book.due_days, book.language) == (True, due_days, "ru")


def test_nobody_but_the_owner(
    app: Flask, person: Person, browse: Callable[[Person], Page], make_person: Callable[..., Person]
) -> None:
    cashier = make_person(contact="+998907654321")
    owner = browse(person)
    owner.post(
        f"/workspaces/{person.workspace_id}/members",
        {"contact": "+998907654321", "role": "editor"},
    )
    theirs = browse(cashier)
    theirs.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
    assert theirs.get(PATH).status_code == 403
    assert theirs.post(PATH, {"language": "uz"}).status_code == 403
    assert PATH not in theirs.get("/debtors/collect").get_data(as_text=True)
    assert PATH in owner.get("/debtors/collect").get_data(as_text=True)


@pytest.mark.parametrize("days", ["-1", "many", "3651", "1e3"])
def test_what_was_typed_wrong_is_kept(
    person: Person, browse: Callable[[Person], Page], days: str
) -> None:
    answer = browse(person).post(PATH, {"language": "uz", "due_days": days})
    assert answer.status_code == 422
    assert f'value="{days}"' in answer.get_data(as_text=True)


def test_the_page(app: Flask, person: Person, browse: Callable[[Person], Page]) -> None:
    mine = browse(person)
    assert "SMS" in mine.get(PATH).get_data(as_text=True)
    answer = mine.post(PATH, {"reminders": "y", "language": "en", "due_days": ""})
    assert answer.status_code == 303
    with app.app_context():
        book = queries.find_book(person.workspace_id)
        assert (book.reminders, book.receipts, book.due_days) == (True, False, None)
    assert "Dear Aziza" in mine.get(PATH).get_data(as_text=True)
    region = mine.htmx("GET", f"{PATH}?language=uz").get_data(as_text=True)
    assert "<html" not in region
    assert "Aziza" in region
    assert "Dear" not in region
