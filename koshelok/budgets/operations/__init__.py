"""What can be done to budgets and savings; each answers a change that undo takes back."""

from koshelok.budgets.models import Budget, BudgetMove, BudgetPlan, Earmark
from koshelok.budgets.operations.budgets import (
    copy_last_month,
    create_budget,
    delete_budget,
    edit_budget,
    set_budget,
)
from koshelok.budgets.operations.expenses import delete_expense, edit_expense, record_expense
from koshelok.budgets.operations.moves import move_money
from koshelok.budgets.operations.plans import set_carry, set_goal
from koshelok.budgets.operations.savings import open_goal, put_aside, remove_earmark, take_back
from koshelok.finance.operations import TRACKED

TRACKED.update({model.__tablename__: model for model in (Budget, BudgetMove, BudgetPlan, Earmark)})

__all__ = [
    "copy_last_month",
    "create_budget",
    "delete_budget",
    "delete_expense",
    "edit_budget",
    "edit_expense",
    "move_money",
    "open_goal",
    "put_aside",
    "record_expense",
    "remove_earmark",
    "set_budget",
    "set_carry",
    "set_goal",
    "take_back",
]
