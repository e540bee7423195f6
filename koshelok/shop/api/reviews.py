"""What buyers say over JSON."""

from flask import Response

from koshelok.shop import operations, queries
from koshelok.shop.api.blueprint import api
from koshelok.shop.schemas import ProductPath, ReviewIn, ReviewOut, ReviewPage, review_out
from koshelok.web import access
from koshelok.web.api import WRITE, answers, create_once, ok
from koshelok.web.auth import current_actor
from koshelok.web.schemas import PageQuery


@api.get("/shop/products/<int:id>/reviews", summary="List reviews",
         responses=answers({200: ReviewPage}, errors=(404, 422)))  # fmt: skip
@access.public
def list_reviews(path: ProductPath, query: PageQuery) -> Response:
    """Of one product, the newest first, for everybody; hidden ones are left out."""
    product = queries.get_listed_product(path.id)
    page = queries.list_reviews(product_id=product.id, limit=query.limit, cursor=query.cursor)
    items = [review_out(review) for review in page.items]
    return ok(ReviewPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/shop/products/<int:id>/reviews", summary="Review a product",
          responses=answers({201: ReviewOut}, errors=WRITE))  # fmt: skip
@access.signed_in
def create_review(path: ProductPath, body: ReviewIn) -> Response:
    """Once, after it was delivered: else 409 `reviewed_already`, `not_delivered`. One's own
    shop's goods: 409 `own_product`."""

    def produce() -> Response:
        made = operations.review_product(
            actor_id=current_actor().id, product_id=path.id, **body.model_dump()
        )
        return ok(review_out(made), 201, location=f"/api/v1/shop/products/{path.id}/reviews")

    return create_once(produce)
