"""What is put aside, what for, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select, tuple_

from koshelok.budgets.models import BudgetPlan, Earmark
from koshelok.budgets.months import ZERO, suggest
from koshelok.core.errors import NotFound
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.finance import queries as finance
from koshelok.finance.periods import month_of, month_span
from koshelok.infra.db import session

THOUSAND = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Goal:
    """A saving category: what is there, what it shall be, until when, and so much a month;
    `put` is what was put aside in the running month, which is part of `saved`."""

    category: int
    category_name: str
    code: str | None
    saved: Decimal
    goal: Decimal | None
    goal_on: date | None
    monthly: Decimal | None
    put: Decimal = ZERO

    @property
    def rest(self) -> Decimal:
        """What is missing; nothing without a goal."""
        return max((self.goal or ZERO) - self.saved, ZERO)

    @property
    def due(self) -> Decimal:
        """What is still to be put aside this month, so that the goal comes in time: in whole
        thousands, as people save, but for the last of it."""
        missing = max((self.monthly or ZERO) - self.put, ZERO)
        return min(-(-missing // THOUSAND) * THOUSAND, self.rest)

    @property
    def percent(self) -> int:
        """How far it is, at most 100; 0 without a goal."""
        return min(int(self.saved * 100 / self.goal), 100) if self.goal else 0

    @property
    def reached(self) -> bool:
        """Whether there is reason to celebrate."""
        return self.goal is not None and self.saved >= self.goal


@dataclass(frozen=True, slots=True)
class EarmarkRow:
    """Money put aside, or taken back (below zero)."""

    id: int
    category: int
    amount: Decimal
    date: date
    note: str
    created_at: datetime


def list_goals(workspace_id: int, today: date, first_day: int = 1) -> Sequence[Goal]:
    """Every saving category in use, those with a date first."""
    categories = finance.list_categories(workspace_id, types=("saving",))
    month = month_of(today, first_day)
    plans = _read_plans([category.id for category in categories], month, first_day)
    goals = []
    for category in categories:
        saved, goal, goal_on, put = plans.get(category.id, (ZERO, None, None, ZERO))
        monthly = None
        if goal and saved < goal:
            by = month_of(goal_on, first_day) if goal_on else None
            monthly = suggest(goal, saved - put, by, month)
        goals.append(
            Goal(category.id, category.name, category.code, saved, goal, goal_on, monthly, put)
        )
    return sorted(goals, key=lambda goal: (goal.goal_on is None, goal.goal_on or date.max))


def _read_plans(
    categories: Sequence[int], month: date, first_day: int
) -> dict[int, tuple[Decimal, Decimal | None, date | None, Decimal]]:
    span, plan = month_span(month, first_day), BudgetPlan
    put = (
        select(func.coalesce(func.sum(Earmark.amount), ZERO))
        .where(Earmark.category_id == plan.category_id, Earmark.date.between(span.start, span.end))
        .scalar_subquery()
    )
    rows = session.execute(
        select(plan.category_id, plan.saved, plan.goal, plan.goal_on, put).where(
            plan.category_id.in_(categories)
        )
    )
    return {id_: (saved, goal, goal_on, put_) for id_, saved, goal, goal_on, put_ in rows}


def find_plan(workspace_id: int, category_id: int, *, lock: bool = False) -> BudgetPlan | None:
    """What holds for a category in all months, if anything was said."""
    query = select(BudgetPlan).filter_by(category_id=category_id, workspace_id=workspace_id)
    return session.scalar(query.with_for_update() if lock else query)


def sum_saved(workspace_id: int) -> Decimal:
    """All that is put aside for what is not archived: what the list of goals sums to."""
    category = finance.named()
    query = (
        select(func.sum(BudgetPlan.saved))
        .join(category, category.c.id == BudgetPlan.category_id)
        .where(BudgetPlan.workspace_id == workspace_id, category.c.archived_at.is_(None))
    )
    return session.scalar(query) or ZERO


def get_earmark(workspace_id: int, earmark_id: int, *, lock: bool = False) -> Earmark:
    """One as a row to change; raises NotFound."""
    query = select(Earmark).filter_by(id=earmark_id, workspace_id=workspace_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def list_earmarks(
    workspace_id: int,
    category_id: int,
    *,
    limit: int,
    cursor: str | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Page[EarmarkRow]:
    """What was put aside and taken back, the newest first; days are included."""
    query = select(
        Earmark.id, Earmark.category_id, Earmark.amount, Earmark.date, Earmark.note,
        Earmark.created_at,
    ).where(Earmark.workspace_id == workspace_id, Earmark.category_id == category_id)  # fmt: skip
    if start is not None:
        query = query.where(Earmark.date >= start)
    if end is not None:
        query = query.where(Earmark.date <= end)
    if cursor:
        after = decode_cursor(cursor, date, int)
        query = query.where(tuple_(Earmark.date, Earmark.id) < tuple_(*after))
    order = (Earmark.date.desc(), Earmark.id.desc())
    found = session.execute(query.order_by(*order).limit(limit + 1)).all()
    rows = [EarmarkRow(*row) for row in found[:limit]]
    return Page(rows, encode_cursor(rows[-1].date, rows[-1].id) if len(found) > limit else None)
