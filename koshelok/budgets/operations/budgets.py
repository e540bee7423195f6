"""Setting, changing, copying and deleting the budgets of months."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from psycopg.errors import UniqueViolation
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from koshelok.budgets.errors import (
    BudgetExists,
    NoBudgetForIncome,
    NothingToCopy,
)
from koshelok.budgets.models import DESCRIPTION_LIMIT, Budget
from koshelok.budgets.months import last_month
from koshelok.budgets.queries import get_budget
from koshelok.core.money import positive, to_json
from koshelok.core.text import clean
from koshelok.finance.errors import CategoryArchived
from koshelok.finance.operations import tracked
from koshelok.finance.periods import check_day
from koshelok.finance.queries import get_category, list_categories
from koshelok.infra.db import session

if TYPE_CHECKING:
    from koshelok.finance.models import Category


def create_budget(
    *,
    actor_id: int,
    workspace_id: int,
    category_id: int,
    month: date,
    amount: Decimal,
    description: str = "",
) -> tuple[Budget, int]:
    """Set what a category may take in a month, named by any of its days; amount in so'm, positive.

    Answers the budget and the change. Raises BudgetExists, Invalid for the amount, month or
    description, NotFound, CategoryArchived or NoBudgetForIncome for the category.
    """
    budget = Budget(
        workspace_id=workspace_id,
        created_by_id=actor_id,
        amount=positive(amount),
        month=check_month(month),
        description=_describe(description),
    )
    category = check_category(workspace_id=workspace_id, category_id=category_id)
    _put_into(budget, category)
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="budget_set",
                 details=told(category=category, amount=amount)) as step:  # fmt: skip
        _save(budget)
        step.made(Budget, budget.id)
    return budget, step.change.id if step.change else 0


def edit_budget(
    *,
    actor_id: int,
    workspace_id: int,
    budget_id: int,
    amount: Decimal | None = None,
    description: str | None = None,
    category_id: int | None = None,
    month: date | None = None,
) -> tuple[Budget, int | None]:
    """Change what is given and keep the rest; later carries follow by themselves. Raises as
    create_budget does; the change is None where nothing changed."""
    budget = get_budget(workspace_id, budget_id, lock=True)
    if category_id is not None and category_id != budget.category_id:
        category = check_category(workspace_id=workspace_id, category_id=category_id)
    else:
        category = get_category(workspace_id, budget.category_id)
    details = told(category=category, amount=amount or budget.amount)
    with tracked(
        actor_id=actor_id, workspace_id=workspace_id, kind="budget_set", details=details
    ) as step:
        step.watch(Budget, budget.id)
        if amount is not None:
            budget.amount = positive(amount)
        if description is not None:
            budget.description = _describe(description)
        if month is not None:
            budget.month = check_month(month)
        _put_into(budget, category)
        _save(budget)
    return budget, step.change.id if step.change else None


def set_budget(
    *,
    actor_id: int,
    workspace_id: int,
    category_id: int,
    month: date,
    amount: Decimal,
    description: str | None = None,
) -> tuple[Budget, int | None]:
    """Make a month's budget, or change the one there is; raises as create_budget does."""
    check_category(workspace_id=workspace_id, category_id=category_id)
    there = session.scalar(
        select(Budget.id).filter_by(
            workspace_id=workspace_id, category_id=category_id, month=check_month(month)
        )
    )
    if there is None:
        return create_budget(
            actor_id=actor_id,
            workspace_id=workspace_id,
            category_id=category_id,
            month=month,
            amount=amount,
            description=description or "",
        )
    return edit_budget(
        actor_id=actor_id,
        workspace_id=workspace_id,
        budget_id=there,
        amount=amount,
        description=description,
    )


def delete_budget(*, actor_id: int, workspace_id: int, budget_id: int) -> int:
    """Take a month's budget away; what was spent stays spent. Answers the change."""
    budget = get_budget(workspace_id, budget_id, lock=True)
    category = get_category(workspace_id, budget.category_id)
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="budget_deleted",
                 details=told(category=category, amount=budget.amount)) as step:  # fmt: skip
        step.watch(Budget, budget.id)
        session.delete(budget)
        session.flush()
    return step.change.id if step.change else 0


def copy_last_month(*, actor_id: int, workspace_id: int, month: date) -> tuple[int, int]:
    """Give a month the budgets of the one before, but for those it has already. Answers how many,
    and the change; raises NothingToCopy."""
    month = check_month(month)
    there = select(Budget.category_id).filter_by(workspace_id=workspace_id, month=month)
    open_ = [item.id for item in list_categories(workspace_id, types=("expense", "saving"))]
    before = session.scalars(
        select(Budget)
        .filter_by(workspace_id=workspace_id, month=last_month(month))
        .where(Budget.category_id.not_in(there), Budget.category_id.in_(open_), Budget.amount > 0)
        .order_by(Budget.category_id)
    ).all()
    if not before:
        raise NothingToCopy
    copies = [
        Budget(
            workspace_id=workspace_id,
            category_id=budget.category_id,
            type=budget.type,
            month=month,
            amount=budget.amount,
            description=budget.description,
            created_by_id=actor_id,
        )
        for budget in before
    ]
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="budgets_copied") as step:
        _save(*copies)
        step.made(Budget, *(copy.id for copy in copies))
    return len(copies), step.change.id if step.change else 0


def check_category(*, workspace_id: int, category_id: int) -> "Category":
    """A category that can have a budget, held until the end; raises NotFound, CategoryArchived,
    NoBudgetForIncome."""
    category = get_category(workspace_id, category_id, lock=True)
    if category.type == "income":
        raise NoBudgetForIncome
    if category.archived_at is not None:
        raise CategoryArchived
    return category


def told(*, category: "Category", amount: Decimal | None = None) -> dict[str, str]:
    """What the history says of a step beside its kind."""
    named = {"category": category.name}
    return named if amount is None else {**named, "amount": to_json(amount)}


def check_month(month: date) -> date:
    """The 1st of a day's month; raises DayOutOfRange."""
    return check_day(month, "month").replace(day=1)


def _put_into(budget: Budget, category: "Category") -> None:
    budget.category_id, budget.type = category.id, category.type


def _describe(description: str) -> str:
    return clean(description, limit=DESCRIPTION_LIMIT, field="description")


def _save(*budgets: Budget) -> None:
    try:
        with session.begin_nested():
            session.add_all(budgets)
            session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise BudgetExists from error
        raise
