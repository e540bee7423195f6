"""Products over JSON: the shelf is open to everybody, its own shop changes it."""

from typing import Any

from flask import Response

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.api.blueprint import api, whose
from koshelok.shop.schemas import (
    OwnProductOut,
    ProductIn,
    ProductOut,
    ProductPage,
    ProductPatch,
    ProductPath,
    ProductQuery,
    own_product_out,
    product_out,
)
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, create_once, no_content, ok


@api.get("/shop/products", summary="List products",
         responses=answers({200: ProductPage}, errors=(422,)))  # fmt: skip
@access.public
def list_products(query: ProductQuery) -> Response:
    """What is on the shelves of all shops, or of one; open to everybody. Filters narrow it
    together. `sort` is `new`, `popular`, `cheap`, `dear` or `rated`."""
    page = queries.list_products(query.filters(), limit=query.limit, cursor=query.cursor)
    items = [product_out(product) for product in page.items]
    return ok(ProductPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/shop/products", summary="Put a product on the shelf",
          responses=answers({201: OwnProductOut}, errors=WRITE))  # fmt: skip
@access.editor
def create_product(body: ProductIn) -> Response:
    """In a workspace of kind shop: elsewhere 409 `not_a_shop`. Two products of a shop never have
    the same `sku`: 409 `sku_taken`."""

    def produce() -> Response:
        made = operations.create_product(**whose(), **body.model_dump())
        return ok(own_product_out(made), 201, location=f"/api/v1/shop/products/{made.id}")

    return create_once(produce)


@api.get("/shop/products/<int:id>", summary="Show a product",
         responses=answers({200: ProductOut}, errors=(404, 422)))  # fmt: skip
@access.public
def show_product(path: ProductPath) -> Response:
    """One product on the shelf, for everybody."""
    return ok(product_out(queries.get_product(path.id)))


@api.patch("/shop/products/<int:id>", summary="Change a product",
           responses=answers({200: OwnProductOut}, errors=WRITE))  # fmt: skip
@access.editor
def update_product(path: ProductPath, body: ProductPatch) -> Response:
    """In part: what is left out stays. `stock` below what buyers have ordered: 409
    `stock_is_promised`."""
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    with unit_of_work():
        changed = operations.edit_product(**whose(), product_id=path.id, **given)
        return ok(own_product_out(changed))


@api.delete("/shop/products/<int:id>", summary="Put a product away",
            responses=answers({204: None}, errors=READ))  # fmt: skip
@access.editor
def delete_product(path: ProductPath) -> Response:
    """It leaves the shelf; orders and history keep it."""
    with unit_of_work():
        operations.archive_product(**whose(), product_id=path.id)
        return no_content()
