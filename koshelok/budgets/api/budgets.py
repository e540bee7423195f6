"""Budgets over JSON, each with what came of it."""

from typing import Any

from flask import Response

from koshelok.budgets import operations, queries
from koshelok.budgets.api.blueprint import api, category_of, month_or_this, whose
from koshelok.budgets.schemas import (
    BudgetIn,
    BudgetOut,
    BudgetPage,
    BudgetPatch,
    BudgetQuery,
    IdPath,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, create_once, no_content, ok
from koshelok.web.auth import current_workspace


def _stored(id: int) -> BudgetOut:
    workspace = current_workspace()
    return BudgetOut.of(queries.get_budget_row(workspace.id, id, workspace.month_start))


@api.get("/budgets", summary="List budgets",
         responses=answers({200: BudgetPage}, errors=READ))  # fmt: skip
@access.viewer
def list_budgets(query: BudgetQuery) -> Response:
    """The newest month first; of one month or category if asked."""
    workspace = current_workspace()
    page = queries.list_budgets(
        workspace.id,
        workspace.month_start,
        limit=query.limit,
        cursor=query.cursor,
        month=query.month,
        category_id=None if query.category is None else category_of(query.category),
    )
    items = [BudgetOut.of(row) for row in page.items]
    return ok(BudgetPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/budgets", summary="Set a budget",
          responses=answers({201: BudgetOut}, errors=WRITE))  # fmt: skip
@access.editor
def create_budget(body: BudgetIn) -> Response:
    """What a category may take in a month, or what savings shall be given; one for each month."""

    def produce() -> Response:
        made, _ = operations.create_budget(
            **whose(),
            category_id=category_of(body.category),
            month=month_or_this(body.month),
            amount=body.amount,
            description=body.description,
        )
        return ok(_stored(made.id), 201, location=f"/api/v1/budgets/{made.id}")

    return create_once(produce)


@api.get("/budgets/<int:id>", summary="Show a budget",
         responses=answers({200: BudgetOut}, errors=READ))  # fmt: skip
@access.viewer
def show_budget(path: IdPath) -> Response:
    """One budget: amount + moved + carried - spent = left."""
    return ok(_stored(path.id))


@api.put("/budgets/<int:id>", summary="Replace a budget",
         responses=answers({200: BudgetOut}, errors=WRITE))  # fmt: skip
@access.editor
def replace_budget(path: IdPath, body: BudgetIn) -> Response:
    """Whole: what is left out takes its default."""
    return _edit(path.id, body.model_copy(update={"month": month_or_this(body.month)}))


@api.patch("/budgets/<int:id>", summary="Change a budget",
           responses=answers({200: BudgetOut}, errors=WRITE))  # fmt: skip
@access.editor
def update_budget(path: IdPath, body: BudgetPatch) -> Response:
    """In part: what is left out stays. What later months carry follows."""
    return _edit(path.id, body)


def _edit(id: int, body: BudgetIn | BudgetPatch) -> Response:
    with unit_of_work():
        values: dict[str, Any] = body.model_dump(exclude={"category"})
        if body.category is not None:
            values["category_id"] = category_of(body.category)
        operations.edit_budget(**whose(), budget_id=id, **values)
        return ok(_stored(id))


@api.delete("/budgets/<int:id>", summary="Delete a budget",
            responses=answers({204: None}, errors=READ))  # fmt: skip
@access.editor
def delete_budget(path: IdPath) -> Response:
    """What was spent stays spent."""
    with unit_of_work():
        operations.delete_budget(**whose(), budget_id=path.id)
        return no_content()
