"""The blueprint that the calls of budgets are declared on, and what they share."""

from datetime import date
from typing import Any

from koshelok.budgets import queries
from koshelok.core.clock import today
from koshelok.finance.periods import month_of
from koshelok.web.api import api_blueprint
from koshelok.web.auth import current_actor, current_workspace

api = api_blueprint("budgets", "Budgets", "Expenses, and what may be spent in a month.")


def whose() -> dict[str, Any]:
    """The first arguments of every operation."""
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def category_of(named: int | str) -> int:
    """The id of a category that a body names by its id or its code."""
    return queries.find_category_id(current_workspace().id, named)


def day_or_today(given: date | None) -> date:
    """The given day, or today in the workspace's zone."""
    return given or today(current_workspace().time_zone)


def month_or_this(given: date | None) -> date:
    """The 1st of the given month, or of the one that is running in the workspace."""
    workspace = current_workspace()
    return given or month_of(today(workspace.time_zone), workspace.month_start)
