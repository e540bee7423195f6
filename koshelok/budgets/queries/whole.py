"""Everything that budgets keep of a workspace, for an archive that can be brought back."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Select, case, exists, or_, select

from koshelok.budgets.models import (
    DESCRIPTION_LIMIT,
    NOTE_LIMIT,
    Budget,
    BudgetMove,
    BudgetPlan,
    Earmark,
)
from koshelok.finance.queries.whole import category_places
from koshelok.infra.db import session
from koshelok.infra.whole import Amount, At, Place, Row, Section, Text

Day = date


class PlanRow(Row):
    """How a category carries on, and what it is saved for."""

    category: Place
    carry: Literal["none", "surplus", "both"]
    goal: Amount | None
    goal_on: date | None


class BudgetRow(Row):
    """What a category may take in a month."""

    category: Place
    month: date
    amount: Amount
    description: Annotated[Text, Field(max_length=DESCRIPTION_LIMIT)]
    created_at: At


class MoveRow(Row):
    """Money that one category gave another."""

    month: date
    from_category: Place
    to_category: Place
    amount: Amount
    created_at: At


class EarmarkRow(Row):
    """Money put aside, or taken back."""

    category: Place
    amount: Amount
    date: Day
    note: Annotated[Text, Field(max_length=NOTE_LIMIT)]
    created_at: At


def has_budgets(workspace_id: int) -> bool:
    """Whether anything was planned or put aside here."""
    asked = [exists().where(m.workspace_id == workspace_id) for m in (Budget, BudgetMove, Earmark)]
    return bool(session.scalar(select(or_(*asked))))


def _select_plans(workspace_id: int) -> Select[*tuple[Any, ...]]:
    category = category_places(workspace_id)
    return (
        select(
            category.c.place.label("category"), BudgetPlan.carry, BudgetPlan.goal,
            BudgetPlan.goal_on,
        )
        .join(category, category.c.id == BudgetPlan.category_id)
        .where(BudgetPlan.workspace_id == workspace_id)
        .order_by(category.c.place)
    )  # fmt: skip


def _select_budgets(workspace_id: int) -> Select[*tuple[Any, ...]]:
    category = category_places(workspace_id)
    return (
        select(
            category.c.place.label("category"), Budget.month, Budget.amount, Budget.description,
            Budget.created_at,
        )
        .join(category, category.c.id == Budget.category_id)
        .where(Budget.workspace_id == workspace_id)
        .order_by(Budget.id)
    )  # fmt: skip


def _select_moves(workspace_id: int) -> Select[*tuple[Any, ...]]:
    giver, taker = category_places(workspace_id), category_places(workspace_id).alias("takers")
    return (
        select(
            BudgetMove.month, giver.c.place.label("from_category"),
            taker.c.place.label("to_category"), BudgetMove.amount, BudgetMove.created_at,
        )
        .join(giver, giver.c.id == BudgetMove.from_id)
        .join(taker, taker.c.id == BudgetMove.to_id)
        .where(BudgetMove.workspace_id == workspace_id)
        .order_by(BudgetMove.id)
    )  # fmt: skip


def _select_earmarks(workspace_id: int) -> Select[*tuple[Any, ...]]:
    """What was put aside before what was taken back, so that there is never less than nothing."""
    category = category_places(workspace_id)
    return (
        select(
            category.c.place.label("category"), Earmark.amount, Earmark.date, Earmark.note,
            Earmark.created_at,
        )
        .join(category, category.c.id == Earmark.category_id)
        .where(Earmark.workspace_id == workspace_id)
        .order_by(case((Earmark.amount > 0, 0), else_=1), Earmark.id)
    )  # fmt: skip


SECTIONS = (
    Section("plans", PlanRow, _select_plans),
    Section("budgets", BudgetRow, _select_budgets),
    Section("moves", MoveRow, _select_moves),
    Section("earmarks", EarmarkRow, _select_earmarks),
)
"""In the order in which they are written and brought back."""
