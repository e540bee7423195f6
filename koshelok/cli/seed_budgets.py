"""Demo budgets: some months that carry on, one category overspent, savings on their way, and what
comes again every month."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from koshelok.budgets import operations as budgets
from koshelok.budgets.months import last_month
from koshelok.core.clock import today
from koshelok.finance import operations as finance
from koshelok.finance.queries import find_category_by_code, list_categories

MONTHS = 4
BUDGETS = {"FOOD": 2_600_000, "TRANSPORT": 420_000, "DATA": 250_000, "MISCELLANEOUS": 900_000}
CARRY = {"FOOD": "none", "TRANSPORT": "both", "MISCELLANEOUS": "surplus"}
GOAL, A_MONTH = Decimal(18_000_000), Decimal(1_500_000)
HOLIDAY = Decimal(3_000_000)


def seed_budgets(*, actor_id: int, workspace_id: int) -> None:
    """Budgets of the last months, two savings goals, and recurring records."""
    whose: dict[str, Any] = {"actor_id": actor_id, "workspace_id": workspace_id}
    by_code = {category.code: category.id for category in list_categories(workspace_id)}
    month = today().replace(day=1)
    for _ in range(MONTHS):
        for code, amount in BUDGETS.items():
            budgets.create_budget(
                **whose, category_id=by_code[code], month=month, amount=Decimal(amount)
            )
        month = last_month(month)
    for code, carry in CARRY.items():
        budgets.set_carry(**whose, category_id=by_code[code], carry=carry)
    _save_up(whose)
    _expect(whose, by_code)


def _save_up(whose: dict[str, Any]) -> None:
    savings = find_category_by_code(whose["workspace_id"], "SAVINGS")
    if savings is None:
        return
    now = today()
    budgets.set_goal(
        **whose, category_id=savings.id, goal=GOAL, goal_on=now + timedelta(days=300), today=now
    )
    for back in range(MONTHS, -1, -1):
        day = now - timedelta(days=30 * back)
        budgets.put_aside(**whose, category_id=savings.id, amount=A_MONTH, day=day)
    holiday = budgets.open_goal(**whose, name="Dam olishga")
    budgets.set_goal(**whose, category_id=holiday.id, goal=HOLIDAY, goal_on=None, today=now)
    budgets.put_aside(**whose, category_id=holiday.id, amount=HOLIDAY, day=now - timedelta(days=12))


def _expect(whose: dict[str, Any], by_code: dict[str | None, int]) -> None:
    last = today()
    for code, amount, note, day in (
        ("SALARY", 7_500_000, "Oylik", 5),
        ("DATA", 110_000, "Internet", 12),
        ("MISCELLANEOUS", 350_000, "Bog'cha", 20),
    ):
        starts = date(last.year, last.month, day)
        finance.make_recurrence(
            **whose,
            category_id=by_code[code],
            amount=Decimal(amount),
            comment=note,
            unit="month",
            every=1,
            starts_on=starts,
        )
