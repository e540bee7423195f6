"""What a device keeps: whose book, how fresh, how heavy."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.debtors import operations
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Api, Page, Person, QueryCounter

JSON = {"Accept": "application/json"}
PEOPLE = """
    INSERT INTO debtors (workspace_id, full_name, phone_number, note, debt_total, credit, reminders,
        last_entry_at, created_at)
    SELECT :workspace,
        (ARRAY['Malika', 'Sardor', 'Ўткир', 'O''tkir'])[1 + i % 4] || ' Aliyev ' || i,
        '+99890' || lpad(i::text, 7, '0'), '', 0, 0, true, now() - i * interval '1 minute', now()
    FROM generate_series(1, 5000) AS i
"""
DEBTS = """
    INSERT INTO debts (workspace_id, debtor_id, amount, remaining, description, created_at)
    SELECT :workspace, id, 25000, 25000, 'Non, sut', now() - i * interval '1 day'
    FROM debtors, generate_series(1, 4) AS i WHERE workspace_id = :workspace AND id % 2 = 0
"""
DUE_DAYS = """
    INSERT INTO debt_books (workspace_id, reminders, receipts, due_days, language)
    SELECT DISTINCT workspace_id, false, false, 14, 'uz' FROM debtors
"""
UNCHANGED, WHOLE = 3, 6  # the session, the workspaces, the version; how it is run, people, debts


@pytest.fixture
def malika(app: Flask, person: Person) -> int:
    """Somebody who owes two sums."""
    with app.app_context(), unit_of_work():
        who = {"actor_id": person.id, "workspace_id": person.workspace_id}
        made = operations.create_debtor(
            **who, full_name="Malika Karimova", phone_number="+998901234567",
            credit_limit=Decimal(900),
        )  # fmt: skip
        for amount, words in ((150, "Non"), (500, "")):
            operations.record_debt(
                **who, debtor_id=made.id, amount=Decimal(amount), description=words
            )
        return made.id


@pytest.fixture
def seen(browse: Callable[[Person], Page], person: Person, malika: int) -> Page:
    """`person`'s browser."""
    return browse(person)


def sync(page: Page, **headers: str) -> dict[str, Any]:
    """The whole book as a device gets it."""
    response = page.client.get("/debtors/sync", headers=JSON | headers)
    assert response.status_code == 200
    found: dict[str, Any] = response.get_json()
    return found


def test_nobody_gets_nothing(page: Page) -> None:
    assert page.client.get("/debtors/sync", headers=JSON).status_code == 401


def test_another_workspace_is_not_there(
    seen: Page, browse: Callable[[Person], Page], make_person: Callable[..., Person], person: Person
) -> None:
    stranger = browse(make_person())
    assert sync(stranger)["people"] == []
    asked = JSON | {"X-Workspace": str(person.workspace_id)}
    assert stranger.client.get("/debtors/sync", headers=asked).status_code == 404


def test_a_viewer_may_look(
    seen: Page, api: Api, browse: Callable[[Person], Page], make_person: Callable[..., Person],
    person: Person,
) -> None:  # fmt: skip
    viewer = make_person(contact="+998907654321")
    path = f"/workspaces/{person.workspace_id}/members"
    assert api.post(path, {"contact": "+998907654321", "role": "viewer"}).status_code == 201
    book = sync(browse(viewer), **{"X-Workspace": str(person.workspace_id)})
    assert (book["user"], book["workspace"], book["role"]) == (
        viewer.id, person.workspace_id, "viewer",
    )  # fmt: skip
    assert len(book["people"]) == 1


def test_people_with_what_they_owe(seen: Page, person: Person, malika: int) -> None:
    book = sync(seen)
    assert (book["user"], book["workspace"], book["role"]) == (
        person.id, person.workspace_id, "owner",
    )  # fmt: skip
    (found,) = book["people"]
    assert (found["id"], found["name"], found["phone"]) == (
        malika, "Malika Karimova", "+998901234567",
    )  # fmt: skip
    assert (found["debt"], found["credit"], found["limit"]) == ("650.00", "0.00", "900.00")
    owed = [(debt["remaining"], debt["description"], debt["due"]) for debt in found["open"]]
    assert owed == [("150.00", "Non", None), ("500.00", "", None)]


def test_the_page_that_is_kept_tells_nobody_what_was_done(seen: Page) -> None:
    made = {"full_name": "Zuhra Tosheva", "phone_number": "901112233"}
    assert seen.post("/debtors/new", made).status_code == 303
    assert "Zuhra" not in seen.client.get("/debtors/offline").get_data(as_text=True)
    assert "Zuhra" in seen.get("/profile").get_data(as_text=True)


def test_the_usual_due_days_come_and_no_token(app: Flask, seen: Page, malika: int) -> None:
    before = sync(seen)
    assert (before["due_days"], "csrf" in before) == (None, False)
    _change(app, DUE_DAYS)
    assert sync(seen)["due_days"] == 14


def _change(app: Flask, statement: str, **values: Any) -> None:
    with app.app_context():
        session.execute(text(statement), values)
        session.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE debtors SET full_name = 'M. Karimova'",
        "UPDATE debts SET due_date = '2027-01-01' WHERE amount = 150",
        "UPDATE debts SET description = 'Sut' WHERE amount = 150",
        "UPDATE debtors SET last_entry_at = now()",
        DUE_DAYS,
    ],
)
def test_a_book_as_it_was_is_not_sent_again(app: Flask, seen: Page, statement: str) -> None:
    first = seen.client.get("/debtors/sync", headers=JSON)
    tag = {"If-None-Match": first.headers["ETag"]}
    again = seen.client.get("/debtors/sync", headers=JSON | tag)
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-store"
    _change(app, statement)
    assert seen.client.get("/debtors/sync", headers=JSON | tag).status_code == 200


def test_another_reader_gets_their_own(
    api: Api, seen: Page, browse: Callable[[Person], Page], make_person: Callable[..., Person],
    person: Person,
) -> None:  # fmt: skip
    tag = seen.client.get("/debtors/sync", headers=JSON).headers["ETag"]
    editor = make_person(contact="+998907654321")
    path = f"/workspaces/{person.workspace_id}/members"
    assert api.post(path, {"contact": "+998907654321", "role": "editor"}).status_code == 201
    asked = {"If-None-Match": tag, "X-Workspace": str(person.workspace_id)}
    assert sync(browse(editor), **asked)["user"] == editor.id


def test_the_oldest_hundred_debts_are_enough(app: Flask, seen: Page, malika: int) -> None:
    _change(app, """
        INSERT INTO debts (workspace_id, debtor_id, amount, remaining, description, created_at)
        SELECT workspace_id, debtor_id, 1, 1, '', now() - i * interval '1 day'
        FROM debts, generate_series(1, 150) AS i WHERE amount = 150
    """)  # fmt: skip
    (found,) = sync(seen)["people"]
    days = [debt["created"] for debt in found["open"]]
    assert (len(days), days, found["debt"]) == (100, sorted(days), "800.00")


def test_five_thousand_people_come_in_few_queries_and_little_room(
    app: Flask, seen: Page, queries: QueryCounter, person: Person
) -> None:
    for statement in (PEOPLE, DEBTS):
        _change(app, statement, workspace=person.workspace_id)
    queries.statements.clear()
    packed = seen.client.get("/debtors/sync", headers=JSON | {"Accept-Encoding": "gzip"})
    assert len(queries.statements) == WHOLE
    assert len(packed.get_data()) < 400_000
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()).count(b'"phone"') == 5001
    queries.statements.clear()
    tag = {"If-None-Match": packed.headers["ETag"]}
    assert seen.client.get("/debtors/sync", headers=JSON | tag).status_code == 304
    assert len(queries.statements) == UNCHANGED


def test_the_page_that_is_kept_is_nobodys(
    seen: Page, page: Page, person: Person, malika: int
) -> None:
    for reader in (page, seen):
        response = reader.client.get("/debtors/offline")
        shown = response.get_data(as_text=True)
        assert (response.status_code, "Set-Cookie" in response.headers) == (200, False)
        assert 'id="entry"' in shown
        assert 'id="people"' in shown
        for private in ("Malika", person.login, 'name="account"', "data-override"):
            assert private not in shown
        assert 'name="csrf_token" value=""' in shown
