"""What buyers say, as anybody reads it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.identity.queries import CONTACTS
from koshelok.infra.db import session
from koshelok.shop.errors import ReviewNotFound
from koshelok.shop.models import Order, OrderLine, Product, Review, Status

STARS = (5, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What a buyer said of a product; everybody who speaks has bought it. `buyer_name` is as
    much of it as anybody may see; empty where there is none."""

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
    """Rows of ReviewView, but for the buyer's whole name."""
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


def _views(rows: Select[*tuple[Any, ...]]) -> list[ReviewView]:
    """Everybody's name cut to `Aziz K.`"""
    views = (ReviewView(*row) for row in session.execute(rows))
    return [replace(view, buyer_name=_short(view.buyer_name)) for view in views]


def _short(full_name: str) -> str:
    """`Aziz K.`; nothing of a name that is a number or an address."""
    words = full_name.split()
    if not words or not words[0].replace("-", "").replace("'", "").isalpha():
        return ""
    initial = words[-1][0] if len(words) > 1 and words[-1][0].isalpha() else ""
    return f"{words[0]} {initial.upper()}." if initial else words[0]


def get_review(review_id: int, *, workspace_id: int | None = None) -> ReviewView:
    """One review, of this shop where one is given; raises ReviewNotFound."""
    where = [Review.id == review_id]
    if workspace_id is not None:
        where.append(Review.workspace_id == workspace_id)
    found = _views(select_reviews().where(*where))
    if not found:
        raise ReviewNotFound
    return found[0]


def find_review(product_id: int, buyer_id: int) -> ReviewView | None:
    """What this buyer said of a product, hidden or not."""
    return list_own_reviews(buyer_id, [product_id]).get(product_id)


def list_own_reviews(buyer_id: int, product_ids: Collection[int]) -> dict[int, ReviewView]:
    """What this buyer said of products, hidden or not; by product."""
    rows = select_reviews().where(Review.buyer_id == buyer_id, Review.product_id.in_(product_ids))
    return {view.product: view for view in _views(rows)}


def was_delivered(product_id: int, buyer_id: int) -> bool:
    """Whether a product ever came to this buyer."""
    delivered = (
        exists()
        .where(OrderLine.product_id == product_id, OrderLine.order_id == Order.id)
        .where(Order.buyer_id == buyer_id, Order.status.in_([Status.DELIVERED, Status.RETURNED]))
    )
    return bool(session.scalar(select(delivered)))


def count_stars(product_id: int) -> dict[int, int]:
    """How many gave each number of stars, from five down; hidden reviews do not count."""
    rows = session.execute(
        select(Review.rating, func.count())
        .where(Review.product_id == product_id, Review.hidden_at.is_(None))
        .group_by(Review.rating)
    )
    found = {rating: number for rating, number in rows}  # noqa: C416  # rows are typed loosely
    return {stars: found.get(stars, 0) for stars in STARS}


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
    reviews = _views(select_reviews().where(*where).order_by(Review.id.desc()).limit(limit + 1))
    more, reviews = len(reviews) > limit, reviews[:limit]
    return Page(reviews, encode_cursor(reviews[-1].id) if more else None)
