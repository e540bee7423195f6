"""What buyers say, as anybody reads it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.identity.queries import CONTACTS
from koshelok.infra.db import session
from koshelok.shop.errors import ReviewNotFound
from koshelok.shop.models import Product, Review


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What a buyer said of a product; everybody who speaks has bought it."""

    id: int
    product: int
    product_name: str
    buyer: int
    buyer_name: str
    rating: int
    text: str
    reply: str
    replied_at: datetime | None
    hidden_at: datetime | None
    hidden_reason: str
    created_at: datetime


def select_reviews() -> Select[*tuple[Any, ...]]:
    """Rows of ReviewView; of a buyer's name, as much as others may see."""
    return (
        select(
            Review.id,
            Review.product_id,
            Product.name,
            Review.buyer_id,
            CONTACTS.c.full_name,
            Review.rating,
            Review.text,
            Review.reply,
            Review.replied_at,
            Review.hidden_at,
            Review.hidden_reason,
            Review.created_at,
        )
        .join(Product, Product.id == Review.product_id)
        .join(CONTACTS, CONTACTS.c.id == Review.buyer_id)
    )


def get_review(review_id: int) -> ReviewView:
    """One review; raises ReviewNotFound."""
    row = session.execute(select_reviews().where(Review.id == review_id)).first()
    if row is None:
        raise ReviewNotFound
    return ReviewView(*row)


def find_review(product_id: int, buyer_id: int) -> ReviewView | None:
    """What this buyer said of a product, hidden or not."""
    row = session.execute(
        select_reviews().where(Review.product_id == product_id, Review.buyer_id == buyer_id)
    ).first()
    return ReviewView(*row) if row else None


def list_reviews(
    *,
    product_id: int | None = None,
    workspace_id: int | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page[ReviewView]:
    """A page of what is said of a product (hidden ones left out), or of all of a shop's products
    (hidden ones too), the newest first; raises BadCursor."""
    where: list[ColumnElement[bool]]
    if workspace_id is not None:
        where = [Review.workspace_id == workspace_id]
    else:
        where = [Review.product_id == product_id, Review.hidden_at.is_(None)]
    if cursor:
        where.append(Review.id < decode_cursor(cursor, int)[0])
    rows = session.execute(
        select_reviews().where(*where).order_by(Review.id.desc()).limit(limit + 1)
    )
    reviews = [ReviewView(*row) for row in rows]
    more, reviews = len(reviews) > limit, reviews[:limit]
    return Page(reviews, encode_cursor(reviews[-1].id) if more else None)
