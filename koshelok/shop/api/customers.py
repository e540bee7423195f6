"""Who may take on credit, over JSON."""

from flask import Response

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.api.blueprint import api, whose
from koshelok.shop.queries.customers import list_customers as read_customers
from koshelok.shop.schemas import (
    CustomerIn,
    CustomerOut,
    CustomerPage,
    CustomerPath,
    customer_out,
)
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, ok
from koshelok.web.auth import current_workspace
from koshelok.web.schemas import PageQuery


@api.get("/shop/customers", summary="List customers on credit",
         responses=answers({200: CustomerPage}, errors=READ))  # fmt: skip
@access.viewer
def list_customers(query: PageQuery) -> Response:
    """Those whom the shop has let, or stopped letting, take on credit."""
    page = read_customers(current_workspace().id, limit=query.limit, cursor=query.cursor)
    items = [customer_out(customer) for customer in page.items]
    return ok(CustomerPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.put("/shop/customers/<int:user_id>", summary="Let a buyer take on credit",
         responses=answers({200: CustomerOut}, errors=WRITE))  # fmt: skip
@access.editor
def set_customer(path: CustomerPath, body: CustomerIn) -> Response:
    """Or stop letting them. A buyer is who has ordered here, or whose number is in the shop's
    book: anybody else is 404. They are a person of that book, whose limit this is; what they owe
    already stays owed."""
    with unit_of_work():
        return ok(
            customer_out(
                operations.set_credit(
                    **whose(), user_id=path.user_id, promise=True, **body.model_dump()
                )
            )
        )
