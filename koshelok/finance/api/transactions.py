"""Records over JSON."""

from datetime import date

from flask import Response

from koshelok.core.clock import today
from koshelok.finance import operations, queries
from koshelok.finance.api.blueprint import api
from koshelok.finance.queries import Record
from koshelok.finance.schemas import (
    IdPath,
    TransactionIn,
    TransactionOut,
    TransactionPage,
    TransactionPatch,
    TransactionQuery,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, create_once, no_content, ok
from koshelok.web.auth import current_actor, current_workspace


def _out(record: Record) -> TransactionOut:
    return TransactionOut.model_construct(
        id=record.id,
        category=record.category,
        category_name=record.category_name,
        type=record.type,  # type: ignore[arg-type]  # the database holds one of the two
        amount=record.amount,
        comment=record.comment,
        date=record.date,
        created_at=record.created_at,
    )


def _day(given: date | None) -> date:
    return given or today(current_workspace().time_zone)


@api.get("/finance/transactions", summary="List records",
         responses=answers({200: TransactionPage}, errors=READ))  # fmt: skip
@access.viewer
def list_transactions(query: TransactionQuery) -> Response:
    """The newest first; filters narrow it together."""
    page = queries.list_transactions(
        current_workspace().id, query.filters(), limit=query.limit, cursor=query.cursor
    )
    items = [_out(record) for record in page.items]
    return ok(TransactionPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/finance/transactions", summary="Record an income or expense",
          responses=answers({201: TransactionOut}, errors=WRITE))  # fmt: skip
@access.editor
def create_transaction(body: TransactionIn) -> Response:
    """Whether it is an income or an expense follows from the category."""

    def produce() -> Response:
        made = operations.record_transaction(
            actor_id=current_actor().id,
            workspace_id=current_workspace().id,
            category_id=body.category,
            amount=body.amount,
            comment=body.comment,
            day=_day(body.date),
        )
        return ok(_out(made), 201, location=f"/api/v1/finance/transactions/{made.id}")

    return create_once(produce)


@api.get("/finance/transactions/<int:id>", summary="Show a record",
         responses=answers({200: TransactionOut}, errors=READ))  # fmt: skip
@access.viewer
def show_transaction(path: IdPath) -> Response:
    """One record."""
    return ok(_out(queries.get_record(current_workspace().id, path.id)))


@api.put("/finance/transactions/<int:id>", summary="Replace a record",
         responses=answers({200: TransactionOut}, errors=WRITE))  # fmt: skip
@access.editor
def replace_transaction(path: IdPath, body: TransactionIn) -> Response:
    """Whole: what is left out takes its default."""
    return _edit(path.id, body.model_copy(update={"date": _day(body.date)}))


@api.patch("/finance/transactions/<int:id>", summary="Change a record",
           responses=answers({200: TransactionOut}, errors=WRITE))  # fmt: skip
@access.editor
def update_transaction(path: IdPath, body: TransactionPatch) -> Response:
    """In part: what is left out stays."""
    return _edit(path.id, body)


def _edit(id: int, body: TransactionIn | TransactionPatch) -> Response:
    with unit_of_work():
        edited = operations.edit_transaction(
            actor_id=current_actor().id,
            workspace_id=current_workspace().id,
            transaction_id=id,
            category_id=body.category,
            amount=body.amount,
            comment=body.comment,
            day=body.date,
        )
        return ok(_out(edited.record))


@api.delete("/finance/transactions/<int:id>", summary="Delete a record",
            responses=answers({204: None}, errors=READ))  # fmt: skip
@access.editor
def delete_transaction(path: IdPath) -> Response:
    """It leaves lists and totals."""
    with unit_of_work():
        operations.delete_transaction(
            actor_id=current_actor().id,
            workspace_id=current_workspace().id,
            transaction_id=path.id,
        )
        return no_content()
