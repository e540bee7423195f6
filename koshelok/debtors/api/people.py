"""People of the book over JSON."""

from typing import Any

from flask import Response

from koshelok.debtors import operations, queries
from koshelok.debtors.api.blueprint import api, whose
from koshelok.debtors.schemas import (
    DebtorIn,
    DebtorOut,
    DebtorPage,
    DebtorPatch,
    DebtorQuery,
    IdPath,
    debtor_out,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, create_once, no_content, ok
from koshelok.web.auth import current_workspace


@api.get("/debtors", summary="List debtors",
         responses=answers({200: DebtorPage}, errors=READ))  # fmt: skip
@access.viewer
def list_debtors(query: DebtorQuery) -> Response:
    """Those entered last first. `query` finds parts of a name, in Latin or Cyrillic and blind to
    apostrophes, or any digits of a phone number."""
    page = queries.list_people(
        current_workspace().id, query.query, limit=query.limit, cursor=query.cursor
    )
    items = [debtor_out(person) for person in page.items]
    return ok(DebtorPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/debtors", summary="Enter a debtor",
          responses=answers({201: DebtorOut}, errors=WRITE))  # fmt: skip
@access.editor
def create_debtor(body: DebtorIn) -> Response:
    """A phone number is once in a book: 409 `phone_taken` names the `debtor` who has it."""

    def produce() -> Response:
        made = operations.create_debtor(**whose(), **body.model_dump())
        return ok(debtor_out(made), 201, location=f"/api/v1/debtors/{made.id}")

    return create_once(produce)


@api.get("/debtors/<int:id>", summary="Show a debtor",
         responses=answers({200: DebtorOut}, errors=READ))  # fmt: skip
@access.viewer
def show_debtor(path: IdPath) -> Response:
    """One person, with what they owe or what the book holds for them."""
    return ok(debtor_out(queries.get_person(current_workspace().id, path.id)))


@api.patch("/debtors/<int:id>", summary="Change a debtor",
           responses=answers({200: DebtorOut}, errors=WRITE))  # fmt: skip
@access.editor
def update_debtor(path: IdPath, body: DebtorPatch) -> Response:
    """In part: what is left out stays; a `credit_limit` of null takes the limit away."""
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    no_limit = "credit_limit" in given and given["credit_limit"] is None
    with unit_of_work():
        changed = operations.edit_debtor(
            **whose(), debtor_id=path.id, clear_limit=no_limit, **given
        )
        return ok(debtor_out(changed))


@api.delete("/debtors/<int:id>", summary="Put a debtor away",
            responses=answers({204: None}, errors=(*READ, 409)))  # fmt: skip
@access.editor
def delete_debtor(path: IdPath) -> Response:
    """The history stays. Not while anything is owed, either way: 409 `debtor_has_open_debts`,
    `debtor_has_credit`."""
    with unit_of_work():
        operations.remove_debtor(**whose(), debtor_id=path.id)
        return no_content()
