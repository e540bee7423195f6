"""A dashboard with everything on it asks little of the database."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Flask

from koshelok.budgets import operations as budgets
from koshelok.core.clock import today
from koshelok.debtors import operations as debtors
from koshelok.finance import operations as finance
from koshelok.finance.queries import find_category_by_code
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Page, Person

MAX_QUERIES = 10


def test_a_full_dashboard_takes_few_queries(
    app: Flask, person: Person, browse: Callable[[Person], Page], queries: Any
) -> None:
    whose: dict[str, Any] = {"actor_id": person.id, "workspace_id": person.workspace_id}
    with app.app_context(), unit_of_work():
        food = find_category_by_code(person.workspace_id, "FOOD")
        savings = find_category_by_code(person.workspace_id, "SAVINGS")
        assert food
        assert savings
        day = {"day": today()}
        finance.record_transaction(**whose, category_id=food.id, amount=Decimal(95), **day)
        budgets.set_budget(**whose, category_id=food.id, month=today(), amount=Decimal(100))
        budgets.put_aside(**whose, category_id=savings.id, amount=Decimal(5), **day)
        finance.make_recurrence(
            **whose, category_id=food.id, amount=Decimal(7), unit="month", starts_on=today()
        )
        debtor = debtors.create_debtor(**whose, full_name="Aziza", phone_number="+998901112233")
        debtors.record_debt(**whose, debtor_id=debtor.id, amount=Decimal(50))
    mine = browse(person)
    mine.get("/dashboard")
    queries.statements.clear()
    text = mine.get("/dashboard").get_data(as_text=True)
    for said in ("/budgets", "/savings", "/recurring", "/debtors"):
        assert f'href="{said}' in text
    assert len(queries.statements) <= MAX_QUERIES, queries.statements
