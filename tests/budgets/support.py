"""Savings for tests of everything."""

from datetime import date
from decimal import Decimal
from typing import Any

from koshelok.budgets import operations, queries
from koshelok.core.clock import today
from koshelok.finance.queries import find_category_by_code
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Person

DAY = date(2026, 11, 21)


def put_aside_something(person: Person) -> tuple[int, int]:
    """A goal half reached; answers the savings and what was put aside. Needs an app context."""
    savings = queries.list_goals(person.workspace_id, DAY)[0].category
    whose: dict[str, Any] = {
        "actor_id": person.id,
        "workspace_id": person.workspace_id,
        "category_id": savings,
    }
    with unit_of_work():
        operations.set_goal(**whose, goal=Decimal(1_000_000), goal_on=date(2030, 1, 1), today=DAY)
        made, _ = operations.put_aside(**whose, amount=Decimal(500_000), day=DAY, note="Bonus")
        return savings, made.id


def plan_pages(person: Person) -> list[str]:
    """Budgets overspent, near their limit and fine, and savings; the pages that show them."""
    savings, _ = put_aside_something(person)
    whose: dict[str, Any] = {"actor_id": person.id, "workspace_id": person.workspace_id}
    for code, amount in (("FOOD", 1000), ("DATA", 90_000_000), ("SAVINGS", 700_000)):
        found = find_category_by_code(person.workspace_id, code)
        assert found is not None
        with unit_of_work():
            operations.create_budget(
                **whose, category_id=found.id, month=today().replace(day=1), amount=Decimal(amount)
            )
    goal = f"/savings/{savings}"
    return ["/budgets", "/budgets?month=2026-03", f"/budgets/move/{savings}", "/budgets/new",
            "/budgets/move", "/savings", "/savings/new", goal, f"{goal}/goal",
            f"{goal}/put"]  # fmt: skip
