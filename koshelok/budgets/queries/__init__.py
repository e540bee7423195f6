"""Reads of budgets: a month with all its figures, single budgets, savings."""

from koshelok.budgets.queries.budgets import (
    BudgetRow,
    get_budget,
    get_budget_row,
    list_budgets,
)
from koshelok.budgets.queries.categories import find_category_id, get_expense
from koshelok.budgets.queries.figures import CategoryMonth, Month, get_category_month, get_month
from koshelok.budgets.queries.moves import Move, list_moves
from koshelok.budgets.queries.savings import (
    EarmarkRow,
    Goal,
    find_plan,
    get_earmark,
    list_earmarks,
    list_goals,
    sum_saved,
)

__all__ = [
    "BudgetRow",
    "CategoryMonth",
    "EarmarkRow",
    "Goal",
    "Month",
    "Move",
    "find_category_id",
    "find_plan",
    "get_budget",
    "get_budget_row",
    "get_category_month",
    "get_earmark",
    "get_expense",
    "get_month",
    "list_budgets",
    "list_earmarks",
    "list_goals",
    "list_moves",
    "sum_saved",
]
