"""Expenses over JSON."""

from typing import Any

from flask import Response

from koshelok.budgets import operations, queries
from koshelok.budgets.api.blueprint import api, category_of, day_or_today, whose
from koshelok.budgets.schemas import (
    ExpenseIn,
    ExpenseOut,
    ExpensePage,
    ExpensePatch,
    ExpenseQuery,
    IdPath,
)
from koshelok.finance import queries as finance
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, create_once, no_content, ok
from koshelok.web.auth import current_workspace


@api.get("/expenses", summary="List expenses",
         responses=answers({200: ExpensePage}, errors=READ))  # fmt: skip
@access.viewer
def list_expenses(query: ExpenseQuery) -> Response:
    """The newest first; filters narrow it together."""
    category = None if query.category is None else category_of(query.category)
    page = finance.list_transactions(
        current_workspace().id, query.filters(category), limit=query.limit, cursor=query.cursor
    )
    items = [ExpenseOut.of(record) for record in page.items]
    return ok(ExpensePage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/expenses", summary="Record an expense",
          responses=answers({201: ExpenseOut}, errors=WRITE))  # fmt: skip
@access.editor
def create_expense(body: ExpenseIn) -> Response:
    """It is in /finance/transactions too. Savings are put aside, not spent: they are refused."""

    def produce() -> Response:
        made = operations.record_expense(
            **whose(),
            category_id=category_of(body.category),
            amount=body.amount,
            description=body.description,
            day=day_or_today(body.date),
        )
        return ok(ExpenseOut.of(made), 201, location=f"/api/v1/expenses/{made.id}")

    return create_once(produce)


@api.get("/expenses/<int:id>", summary="Show an expense",
         responses=answers({200: ExpenseOut}, errors=READ))  # fmt: skip
@access.viewer
def show_expense(path: IdPath) -> Response:
    """One expense."""
    return ok(ExpenseOut.of(queries.get_expense(current_workspace().id, path.id)))


@api.put("/expenses/<int:id>", summary="Replace an expense",
         responses=answers({200: ExpenseOut}, errors=WRITE))  # fmt: skip
@access.editor
def replace_expense(path: IdPath, body: ExpenseIn) -> Response:
    """Whole: what is left out takes its default."""
    return _edit(path.id, body.model_copy(update={"date": day_or_today(body.date)}))


@api.patch("/expenses/<int:id>", summary="Change an expense",
           responses=answers({200: ExpenseOut}, errors=WRITE))  # fmt: skip
@access.editor
def update_expense(path: IdPath, body: ExpensePatch) -> Response:
    """In part: what is left out stays."""
    return _edit(path.id, body)


def _edit(id: int, body: ExpenseIn | ExpensePatch) -> Response:
    with unit_of_work():
        values: dict[str, Any] = {"amount": body.amount, "description": body.description}
        if body.category is not None:
            values["category_id"] = category_of(body.category)
        edited = operations.edit_expense(**whose(), expense_id=id, day=body.date, **values)
        return ok(ExpenseOut.of(edited))


@api.delete("/expenses/<int:id>", summary="Delete an expense",
            responses=answers({204: None}, errors=READ))  # fmt: skip
@access.editor
def delete_expense(path: IdPath) -> Response:
    """It leaves lists, totals and budgets."""
    with unit_of_work():
        operations.delete_expense(**whose(), expense_id=path.id)
        return no_content()
