"""Single budgets, and the list of them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, tuple_

from koshelok.budgets.models import Budget
from koshelok.budgets.queries.figures import CategoryMonth, list_figures
from koshelok.core.errors import NotFound
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.infra.db import session


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget with what came of it."""

    id: int
    of: CategoryMonth


def get_budget(workspace_id: int, budget_id: int, *, lock: bool = False) -> Budget:
    """One budget as a row to change; raises NotFound."""
    query = select(Budget).filter_by(id=budget_id, workspace_id=workspace_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def get_budget_row(workspace_id: int, budget_id: int, first_day: int) -> BudgetRow:
    """One budget with its figures; raises NotFound."""
    budget = get_budget(workspace_id, budget_id)
    cell = budget.category_id, budget.month
    return BudgetRow(budget.id, list_figures(workspace_id, {cell}, first_day)[cell])


def list_budgets(
    workspace_id: int,
    first_day: int,
    *,
    limit: int,
    cursor: str | None = None,
    month: date | None = None,
    category_id: int | None = None,
) -> Page[BudgetRow]:
    """Budgets with their figures, the newest month first, of one month or category if given."""
    query = select(Budget.id, Budget.category_id, Budget.month).where(
        Budget.workspace_id == workspace_id
    )
    if month is not None:
        query = query.where(Budget.month == month)
    if category_id is not None:
        query = query.where(Budget.category_id == category_id)
    if cursor:
        after = decode_cursor(cursor, date, int)
        query = query.where(tuple_(Budget.month, Budget.id) < tuple_(*after))
    order = (Budget.month.desc(), Budget.id.desc())
    found = session.execute(query.order_by(*order).limit(limit + 1)).all()
    rows = found[:limit]
    figures = list_figures(workspace_id, {(row[1], row[2]) for row in rows}, first_day)
    return Page(
        [BudgetRow(id_, figures[category, month_]) for id_, category, month_ in rows],
        encode_cursor(rows[-1][2], rows[-1][0]) if len(found) > limit else None,
    )
