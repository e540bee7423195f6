"""Expenses: records of finance that are expenses, and nothing else."""

from datetime import date
from decimal import Decimal

from koshelok.budgets.errors import NotAnExpense
from koshelok.budgets.queries import get_expense
from koshelok.finance import operations as finance
from koshelok.finance.queries import Record


def record_expense(
    *,
    actor_id: int,
    workspace_id: int,
    category_id: int,
    amount: Decimal,
    description: str = "",
    day: date,
) -> Record:
    """Record an expense; amount in so'm, positive. Raises NotAnExpense for a category of income,
    and as finance's record_transaction does."""
    made = finance.record_transaction(
        actor_id=actor_id,
        workspace_id=workspace_id,
        category_id=category_id,
        amount=amount,
        comment=description,
        day=day,
    )
    return _only_expense(made)


def edit_expense(
    *,
    actor_id: int,
    workspace_id: int,
    expense_id: int,
    category_id: int | None = None,
    amount: Decimal | None = None,
    description: str | None = None,
    day: date | None = None,
) -> Record:
    """Change what is given and keep the rest; raises NotFound for income, and as record_expense
    does."""
    get_expense(workspace_id, expense_id)
    edited = finance.edit_transaction(
        actor_id=actor_id,
        workspace_id=workspace_id,
        transaction_id=expense_id,
        category_id=category_id,
        amount=amount,
        comment=description,
        day=day,
    )
    return _only_expense(edited.record)


def delete_expense(*, actor_id: int, workspace_id: int, expense_id: int) -> int:
    """Take an expense out of lists and totals; answers the change. Raises NotFound for income."""
    get_expense(workspace_id, expense_id)
    return finance.delete_transaction(
        actor_id=actor_id, workspace_id=workspace_id, transaction_id=expense_id
    )


def _only_expense(record: Record) -> Record:
    """Asked of the written record: a category may turn its type until one is in it."""
    if record.type != "expense":
        raise NotAnExpense
    return record
