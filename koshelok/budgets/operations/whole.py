"""Bringing back what an archive holds of budgets, into a workspace where nothing is yet."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, insert

from koshelok.budgets.models import Budget, BudgetMove, BudgetPlan, Earmark
from koshelok.budgets.queries.whole import BudgetRow, EarmarkRow, MoveRow, PlanRow, has_budgets
from koshelok.finance.operations.whole import Bringing
from koshelok.infra.db import Base, session


def is_empty(*, workspace_id: int) -> bool:
    """Whether an archive may be brought here."""
    return not has_budgets(workspace_id)


def clear_plans(*, categories: Sequence[int]) -> None:
    """Take away how categories carry on that are to go."""
    session.execute(delete(BudgetPlan).where(BudgetPlan.category_id.in_(categories)))


def bring_plans(*, into: Bringing, rows: Sequence[PlanRow]) -> None:
    """Make plans; what is saved follows from what was put aside."""
    _insert(BudgetPlan, [_of_category(into, row) for row in rows])


def bring_budgets(*, into: Bringing, rows: Sequence[BudgetRow]) -> None:
    """Make budgets, in their order."""
    _insert(Budget, [{**_of_category(into, row), **_by(into)} for row in rows])


def bring_moves(*, into: Bringing, rows: Sequence[MoveRow]) -> None:
    """Make moves, in their order."""
    values = []
    for row in rows:
        giver, taker = into.category(row.from_category), into.category(row.to_category)
        value = row.model_dump(exclude={"from_category", "to_category"})
        ends = {
            "from_id": giver["category_id"], "from_type": giver["type"],
            "to_id": taker["category_id"], "to_type": taker["type"],
        }  # fmt: skip
        values.append({**value, **ends, **_by(into), "workspace_id": into.workspace_id})
    _insert(BudgetMove, values)


def bring_earmarks(*, into: Bringing, rows: Sequence[EarmarkRow]) -> None:
    """Make what was put aside and taken back."""
    _insert(Earmark, [{**_of_category(into, row), **_by(into)} for row in rows])


def _of_category(into: Bringing, row: Any) -> dict[str, Any]:
    return {**row.model_dump(exclude={"category"}), **into.category(row.category)}


def _by(into: Bringing) -> dict[str, int]:
    return {"created_by_id": into.actor_id}


def _insert(model: type[Base], values: list[dict[str, Any]]) -> None:
    """One row after the other, so that their ids rise as they do."""
    for value in values:
        session.execute(insert(model).values(value))


LOADERS: dict[str, Callable[..., None]] = {
    "plans": bring_plans,
    "budgets": bring_budgets,
    "moves": bring_moves,
    "earmarks": bring_earmarks,
}
