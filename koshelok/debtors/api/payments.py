"""Payments over JSON."""

from flask import Response

from koshelok.debtors import operations, queries
from koshelok.debtors.api.blueprint import api, whose
from koshelok.debtors.schemas import (
    IdPath,
    PaymentIn,
    PaymentOut,
    PaymentPage,
    PaymentQuery,
    ReasonIn,
    payment_out,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, create_once, ok
from koshelok.web.auth import current_membership, current_workspace


@api.get("/payments", summary="List payments",
         responses=answers({200: PaymentPage}, errors=READ))  # fmt: skip
@access.viewer
def list_payments(query: PaymentQuery) -> Response:
    """The newest first, voided ones among them."""
    here = current_workspace()
    page = queries.list_payments(here.id, zone=here.time_zone, **query.model_dump())
    items = [payment_out(payment) for payment in page.items]
    return ok(PaymentPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/payments", summary="Take a payment",
          responses=answers({201: PaymentOut}, errors=WRITE))  # fmt: skip
@access.editor
def create_payment(body: PaymentIn) -> Response:
    """It covers the debts named in `debts`, then the oldest, exact to the tiyin; what is over is
    credit, which pays the next debt by itself."""
    given = body.model_dump(exclude={"debtor", "debts"})

    def produce() -> Response:
        made = operations.record_payment(
            **whose(), debtor_id=body.debtor, first=body.debts, **given
        )
        return ok(payment_out(made), 201, location=f"/api/v1/payments/{made.id}")

    return create_once(produce)


@api.get("/payments/<int:id>", summary="Show a payment",
         responses=answers({200: PaymentOut}, errors=READ))  # fmt: skip
@access.viewer
def show_payment(path: IdPath) -> Response:
    """One payment and what it covers."""
    return ok(payment_out(queries.get_payment(current_workspace().id, path.id)))


@api.post("/payments/<int:id>/void", summary="Void a payment",
          responses=answers({200: PaymentOut}, errors=WRITE))  # fmt: skip
@access.editor
def void_payment(path: IdPath, body: ReasonIn) -> Response:
    """For good; lists keep it. What it covered, also as credit, is open again. A second time
    changes nothing. One made by card gives the money back, which only an owner may."""
    with unit_of_work():
        voided = operations.void_payment(
            **whose(),
            payment_id=path.id,
            reason=body.reason,
            may_give_back=current_membership().role == "owner",
        )
        return ok(payment_out(voided))
