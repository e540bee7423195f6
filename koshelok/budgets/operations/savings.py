"""Putting money aside and taking it back: earmarked, never spent."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from koshelok.budgets.errors import NotEnoughSaved, NotSavings
from koshelok.budgets.models import NOTE_LIMIT, BudgetPlan, Earmark
from koshelok.budgets.operations.budgets import check_category, told
from koshelok.budgets.operations.plans import hold_plan
from koshelok.budgets.queries import get_earmark
from koshelok.core.money import format_amount, positive
from koshelok.core.text import clean
from koshelok.finance.operations import create_category, tracked
from koshelok.finance.periods import check_day
from koshelok.infra.db import session

if TYPE_CHECKING:
    from koshelok.finance.models import Category


def open_goal(*, actor_id: int, workspace_id: int, name: str) -> "Category":
    """Make another saving category; raises Invalid for a blank, long or taken name."""
    return create_category(actor_id=actor_id, workspace_id=workspace_id, name=name, type="saving")


def put_aside(
    *,
    actor_id: int,
    workspace_id: int,
    category_id: int,
    amount: Decimal,
    day: date,
    note: str = "",
    client_id: UUID | None = None,
) -> tuple[Earmark, int]:
    """Earmark money for a saving category; amount in so'm, positive. The same `client_id` twice is
    the same earmark. Answers it and the change (0 for a repeat).

    Raises NotSavings, Invalid for the amount, day or note, and for the category as
    create_budget does.
    """
    return _earmark(actor_id, workspace_id, category_id, positive(amount), day, note, client_id)


def take_back(
    *,
    actor_id: int,
    workspace_id: int,
    category_id: int,
    amount: Decimal,
    day: date,
    note: str = "",
    client_id: UUID | None = None,
) -> tuple[Earmark, int]:
    """Take some of what is put aside back; raises NotEnoughSaved, and as put_aside does."""
    return _earmark(actor_id, workspace_id, category_id, -positive(amount), day, note, client_id)


def remove_earmark(*, actor_id: int, workspace_id: int, earmark_id: int) -> int:
    """Delete one that should not be; answers the change. Raises NotFound, NotEnoughSaved where
    what it put aside was taken back since."""
    earmark = get_earmark(workspace_id, earmark_id, lock=True)
    category = _category(workspace_id, earmark.category_id)
    plan = hold_plan(category)
    _refuse_below_zero(plan, -earmark.amount)
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="earmark_deleted",
                 details=told(category=category, amount=abs(earmark.amount))) as step:  # fmt: skip
        step.watch(Earmark, earmark.id)
        session.delete(earmark)
        session.flush()
    session.expire(plan)
    return step.change.id if step.change else 0


def _earmark(
    actor_id: int,
    workspace_id: int,
    category_id: int,
    amount: Decimal,
    day: date,
    note: str,
    client_id: UUID | None,
) -> tuple[Earmark, int]:
    category = _category(workspace_id, category_id)
    plan = hold_plan(category)
    if client_id is not None:
        query = select(Earmark).filter_by(workspace_id=workspace_id, client_id=client_id)
        if made := session.scalar(query):
            return made, 0
    _refuse_below_zero(plan, amount)
    earmark = Earmark(
        workspace_id=workspace_id,
        category_id=category_id,
        type="saving",
        amount=amount,
        date=check_day(day),
        note=clean(note, limit=NOTE_LIMIT, field="note"),
        client_id=client_id,
        created_by_id=actor_id,
    )
    kind = "put_aside" if amount > 0 else "taken_back"
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind=kind,
                 details=told(category=category, amount=abs(amount))) as step:  # fmt: skip
        session.add(earmark)
        session.flush()
        step.made(Earmark, earmark.id)
    session.expire(plan)
    return earmark, step.change.id if step.change else 0


def _category(workspace_id: int, category_id: int) -> "Category":
    category = check_category(workspace_id=workspace_id, category_id=category_id)
    if category.type != "saving":
        raise NotSavings
    return category


def _refuse_below_zero(plan: BudgetPlan, amount: Decimal) -> None:
    if plan.saved + amount < 0:
        raise NotEnoughSaved(saved=format_amount(plan.saved))
