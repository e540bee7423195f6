"""Debts over JSON."""

from datetime import date, timedelta
from typing import Any

from flask import Response

from koshelok.core.clock import today
from koshelok.debtors import operations, queries
from koshelok.debtors.api.blueprint import api, whose
from koshelok.debtors.schemas import (
    DebtIn,
    DebtOut,
    DebtPage,
    DebtPatch,
    DebtQuery,
    IdPath,
    ReasonIn,
    debt_out,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.access import Access, require_role
from koshelok.web.api import READ, WRITE, answers, create_once, ok
from koshelok.web.auth import current_membership, current_workspace


@api.get("/debts", summary="List debts",
         responses=answers({200: DebtPage}, errors=READ))  # fmt: skip
@access.viewer
def list_debts(query: DebtQuery) -> Response:
    """The newest first, voided ones among them; filters narrow it alone or together."""
    here = current_workspace()
    page = queries.list_debts(
        here.id, query.filters(), limit=query.limit, cursor=query.cursor, zone=here.time_zone
    )
    items = [debt_out(debt) for debt in page.items]
    return ok(DebtPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/debts", summary="Write a debt down",
          responses=answers({201: DebtOut}, errors=WRITE))  # fmt: skip
@access.editor
def create_debt(body: DebtIn) -> Response:
    """Credit pays it at once. Over the debtor's limit: 409 `credit_limit_exceeded`, unless an
    owner of the book sends `override_limit` (anybody else: 403)."""
    if body.override_limit:
        require_role(current_membership().role, Access.OWNER)
    given = body.model_dump(exclude={"debtor", "due_date"})

    def produce() -> Response:
        made = operations.record_debt(
            **whose(), debtor_id=body.debtor, due_date=_due_date(body), **given
        )
        return ok(debt_out(made), 201, location=f"/api/v1/debts/{made.id}")

    return create_once(produce)


def _due_date(body: DebtIn) -> date | None:
    """The given one; left out, as many days from today as the book's settings say."""
    here = current_workspace()
    if "due_date" in body.model_fields_set:
        return body.due_date
    days = queries.find_book(here.id).due_days
    return None if days is None else today(here.time_zone) + timedelta(days=days)


@api.get("/debts/<int:id>", summary="Show a debt",
         responses=answers({200: DebtOut}, errors=READ))  # fmt: skip
@access.viewer
def show_debt(path: IdPath) -> Response:
    """One debt and what covers it."""
    return ok(debt_out(queries.get_debt(current_workspace().id, path.id)))


@api.patch("/debts/<int:id>", summary="Correct what is said of a debt",
           responses=answers({200: DebtOut}, errors=WRITE))  # fmt: skip
@access.editor
def update_debt(path: IdPath, body: DebtPatch) -> Response:
    """Its description and due date (null takes it away). An amount never changes: void the debt
    and write another."""
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    no_date = "due_date" in given and given["due_date"] is None
    with unit_of_work():
        changed = operations.edit_debt(**whose(), debt_id=path.id, clear_due_date=no_date, **given)
        return ok(debt_out(changed))


@api.post("/debts/<int:id>/void", summary="Void a debt",
          responses=answers({200: DebtOut}, errors=WRITE))  # fmt: skip
@access.editor
def void_debt(path: IdPath, body: ReasonIn) -> Response:
    """For good; lists keep it. What had paid it pays the next oldest, or becomes credit. A second
    time changes nothing."""
    with unit_of_work():
        return ok(debt_out(operations.void_debt(**whose(), debt_id=path.id, reason=body.reason)))


@api.post("/debts/<int:id>/write-off", summary="Write a debt off",
          responses=answers({200: DebtOut}, errors=WRITE))  # fmt: skip
@access.owner
def write_off_debt(path: IdPath, body: ReasonIn) -> Response:
    """An owner of the book forgives what remains. Nothing left: 409 `nothing_left`."""

    def produce() -> Response:
        return ok(debt_out(operations.write_off(**whose(), debt_id=path.id, reason=body.reason)))

    return create_once(produce)


@api.delete("/debts/<int:id>/write-off", summary="Take a write-off back",
            responses=answers({200: DebtOut}, errors=(*READ, 409)))  # fmt: skip
@access.owner
def undo_write_off_debt(path: IdPath) -> Response:
    """The debt stands again, and answers here; credit covers it. Of a debt that was not written
    off: 409 `not_written_off`."""
    with unit_of_work():
        return ok(debt_out(operations.undo_write_off(**whose(), debt_id=path.id)))
