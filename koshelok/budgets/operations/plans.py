"""How a category carries on from month to month, and what savings are for."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from koshelok.budgets.errors import GoalDatePast, GoalMissing, NotSavings, UnknownCarry
from koshelok.budgets.models import BudgetPlan, Carry
from koshelok.budgets.operations.budgets import check_category, told
from koshelok.core.money import positive
from koshelok.finance.operations import tracked
from koshelok.finance.periods import check_day
from koshelok.infra.db import session

if TYPE_CHECKING:
    from koshelok.finance.models import Category


def hold_plan(category: "Category") -> BudgetPlan:
    """A category's plan, made if there is none, and held until the end."""
    session.execute(
        insert(BudgetPlan)
        .values(
            category_id=category.id,
            workspace_id=category.workspace_id,
            type=category.type,
            carry=Carry.NONE,
        )
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(BudgetPlan)
        .filter_by(category_id=category.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def set_carry(*, actor_id: int, workspace_id: int, category_id: int, carry: str) -> int | None:
    """Say what of a month's rest goes into the next, in all months: none, surplus or both. Answers
    the change; raises UnknownCarry, and for the category as create_budget does."""
    if carry not in set(Carry):
        raise UnknownCarry
    category = check_category(workspace_id=workspace_id, category_id=category_id)
    plan = hold_plan(category)
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="carry_set",
                 details=told(category=category)) as step:  # fmt: skip
        step.watch(BudgetPlan, plan.category_id)
        plan.carry = carry
    return step.change.id if step.change else None


def set_goal(
    *,
    actor_id: int,
    workspace_id: int,
    category_id: int,
    goal: Decimal | None,
    goal_on: date | None,
    today: date,
) -> int | None:
    """Say how much a saving category shall hold, and by when; None and None for no goal. Answers
    the change.

    Raises NotSavings, GoalMissing, GoalDatePast, Invalid for the amount or day.
    """
    category = check_category(workspace_id=workspace_id, category_id=category_id)
    if category.type != "saving":
        raise NotSavings
    if goal is None and goal_on is not None:
        raise GoalMissing
    plan = hold_plan(category)
    if goal_on is not None and goal_on != plan.goal_on and check_day(goal_on, "goal_on") <= today:
        raise GoalDatePast
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="goal_set",
                 details=told(category=category, amount=goal)) as step:  # fmt: skip
        step.watch(BudgetPlan, plan.category_id)
        plan.goal = None if goal is None else positive(goal, field="goal")
        plan.goal_on = goal_on
    return step.change.id if step.change else None
