"""What the database refuses of budgets, whoever sends it; each constraint by violating it."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from koshelok.budgets import operations
from koshelok.budgets.verification import verify
from koshelok.finance.queries import find_category_by_code
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.finance.conftest import DAY, Book


class Plans:
    """FOOD has 100 for November, of which 30 went to DATA; 50 are saved, of 70 wanted."""

    def __init__(self, book: Book, other: Book) -> None:
        found = find_category_by_code(book.workspace_id, "SAVINGS")
        assert found is not None
        self.book, savings = book, found.id
        food, data = book.categories["FOOD"], book.categories["DATA"]
        budget, _ = book.do(
            operations.create_budget, category_id=food, month=DAY, amount=Decimal(100)
        )
        book.do(
            operations.move_money, month=DAY, first_day=1, from_category=food, to_category=data,
            amount=Decimal(30),
        )  # fmt: skip
        earmark, _ = book.do(operations.put_aside, category_id=savings, amount=Decimal(50), day=DAY)
        self.names = {
            "workspace": book.workspace_id, "food": food, "data": data, "savings": savings,
            "salary": book.categories["SALARY"], "budget": budget.id, "earmark": earmark.id,
            "elsewhere": other.workspace_id, "theirs": other.categories["FOOD"],
        }  # fmt: skip

    def run(self, statement: str) -> None:
        """Send a statement and commit."""
        with unit_of_work():
            named = {name: id_ for name, id_ in self.names.items() if f":{name}" in statement}
            session.execute(text(statement), named)

    def refused(self, statement: str) -> str:
        """What the database says to a statement."""
        with pytest.raises(IntegrityError) as caught:
            self.run(statement)
        assert list(verify()) == []
        return str(caught.value.orig)


@pytest.fixture
def plans(book: Book, other_book: Book) -> Plans:
    return Plans(book, other_book)


def _budget(**other: str) -> str:
    values = {"workspace_id": ":workspace", "category_id": ":data", "type": "'expense'",
              "month": "'2026-11-01'", "amount": "1"} | other  # fmt: skip
    return _insert("budgets", {**values, "description": "''", "created_at": "now()"})


def _move(**other: str) -> str:
    values = {"workspace_id": ":workspace", "month": "'2026-11-01'", "from_id": ":food",
              "from_type": "'expense'", "to_id": ":data", "to_type": "'expense'",
              "amount": "1"} | other  # fmt: skip
    return _insert("budget_moves", {**values, "created_at": "now()"})


def _earmark(**other: str) -> str:
    values = {"workspace_id": ":workspace", "category_id": ":savings", "type": "'saving'",
              "amount": "1", "date": "'2026-11-21'"} | other  # fmt: skip
    return _insert("earmarks", {**values, "note": "''", "created_at": "now()"})


def _plan(**other: str) -> str:
    values = {"workspace_id": ":workspace", "category_id": ":data", "type": "'expense'",
              "carry": "'none'"} | other  # fmt: skip
    return _insert("budget_plans", values)


def _insert(table: str, values: dict[str, str]) -> str:
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())})"  # noqa: S608  # our own names


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (_budget(amount="-0.01"), "ck_budgets_amount_not_negative"),
        (_budget(month="'2026-11-02'"), "ck_budgets_month"),
        (_budget(month="'1969-12-01'"), "ck_budgets_month"),
        (_budget(month="'2201-01-01'"), "ck_budgets_month"),
        (_budget(category_id=":food"), "uq_budgets_category_id_month"),
        (_budget(category_id=":salary", type="'income'"), "ck_budgets_type"),
        (_budget(category_id=":salary"), "fk_budgets_category_id"),
        (_budget(type="'saving'"), "fk_budgets_category_id"),
        (_budget(category_id=":theirs"), "fk_budgets_category_id"),
        (_budget(workspace_id=":elsewhere"), "fk_budgets_category_id"),
        (_move(amount="0"), "ck_budget_moves_amount_positive"),
        (_move(amount="-1"), "ck_budget_moves_amount_positive"),
        (_move(to_id=":food"), "ck_budget_moves_two_categories"),
        (_move(month="'2026-11-30'"), "ck_budget_moves_month"),
        (_move(to_id=":salary", to_type="'income'"), "ck_budget_moves_to_type"),
        (_move(from_id=":salary", from_type="'income'"), "ck_budget_moves_from_type"),
        (_move(from_id=":theirs"), "fk_budget_moves_from_id"),
        (_move(to_id=":theirs"), "fk_budget_moves_to_id"),
        (_move(to_type="'saving'"), "fk_budget_moves_to_id"),
        (_earmark(amount="0"), "ck_earmarks_amount_not_zero"),
        (_earmark(date="'1969-12-31'"), "ck_earmarks_date_range"),
        (_earmark(date="'2201-01-01'"), "ck_earmarks_date_range"),
        (_earmark(category_id=":food", type="'expense'"), "ck_earmarks_type"),
        (_earmark(category_id=":food"), "fk_earmarks_category_id"),
        (_earmark(workspace_id=":elsewhere"), "fk_earmarks_category_id"),
        (_earmark(amount="-50.01"), "ck_budget_plans_saved_not_negative"),
        ("UPDATE earmarks SET amount = -1", "ck_budget_plans_saved_not_negative"),
        ("UPDATE budget_plans SET saved = -1 WHERE type = 'saving'",
         "ck_budget_plans_saved_not_negative"),
        ("UPDATE budget_plans SET goal = 0 WHERE type = 'saving'", "ck_budget_plans_goal_positive"),
        ("UPDATE budget_plans SET goal_on = '2027-01-01'", "ck_budget_plans_date_of_goal"),
        ("UPDATE budget_plans SET goal = 1, goal_on = '2201-01-01' WHERE type = 'saving'",
         "ck_budget_plans_goal_on"),
        ("UPDATE budget_plans SET goal = 1 WHERE category_id = :food",
         "ck_budget_plans_only_savings_have_goals"),
        ("UPDATE budget_plans SET saved = 1 WHERE category_id = :food",
         "ck_budget_plans_only_savings_have_goals"),
        (_plan(carry="'twice'"), "ck_budget_plans_carry"),
        (_plan(category_id=":salary", type="'income'"), "ck_budget_plans_type"),
        (_plan(type="'saving'"), "fk_budget_plans_category_id"),
        (_plan(category_id=":theirs"), "fk_budget_plans_category_id"),
        (_plan(category_id=":food"), "pk_budget_plans"),
        # What has a budget, a plan or savings keeps its type, and is not removed.
        ("UPDATE categories SET type = 'income' WHERE id = :food", "fk_budget"),
        ("UPDATE categories SET type = 'expense' WHERE id = :savings", "fk_budget_plans"),
        ("DELETE FROM categories WHERE id = :food", "fk_budget"),
        ("DELETE FROM categories WHERE id = :savings", "fk_"),
    ],
)  # fmt: skip
def test_a_hand_on_the_plans_is_refused(plans: Plans, statement: str, reason: str) -> None:
    assert reason in plans.refused(statement)


def test_one_identifier_is_one_earmark(plans: Plans) -> None:
    statement = _earmark(client_id="'00000000-0000-4000-8000-000000000000'")
    plans.run(statement)
    assert "uq_earmarks_client" in plans.refused(statement)


def test_what_is_saved_follows_any_statement(plans: Plans) -> None:
    saved: Any = text("SELECT saved FROM budget_plans WHERE type = 'saving'")
    for statement, expected in (
        (_earmark(amount="-50"), 0),
        (_earmark(amount="7"), 7),
        ("UPDATE earmarks SET amount = amount + 1 WHERE amount > 0", 9),
        ("DELETE FROM earmarks WHERE amount = 8", 1),
        ("DELETE FROM earmarks", 0),
    ):
        plans.run(statement)
        assert session.scalar(saved) == expected
        assert list(verify()) == []


def test_who_leaves_takes_no_budget_along(plans: Plans, make_person: Any) -> None:
    """Their name goes from what they set; what they set stands."""
    worker = Book(make_person().id, plans.book.workspace_id, plans.book.categories)
    worker.do(operations.create_budget, category_id=plans.names["data"], month=DAY,
              amount=Decimal(9))  # fmt: skip
    plans.names["worker"] = worker.actor_id
    plans.run("DELETE FROM memberships WHERE user_id = :worker")
    plans.run("DELETE FROM users WHERE id = :worker")
    assert session.scalar(text("SELECT created_by_id FROM budgets WHERE amount = 9")) is None


def test_a_removed_workspace_takes_its_plans_along(plans: Plans) -> None:
    plans.run("DELETE FROM workspaces WHERE id = :workspace")
    for table in ("budgets", "budget_moves", "budget_plans", "earmarks"):
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608
    assert list(verify()) == []
