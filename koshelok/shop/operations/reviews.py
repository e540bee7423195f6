"""What buyers say of what was delivered to them, and what the seller answers."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.core.errors import Invalid
from koshelok.core.text import clean
from koshelok.infra.db import session
from koshelok.shop.errors import (
    NotDelivered,
    OwnProduct,
    ReviewedAlready,
    ReviewNotFound,
)
from koshelok.shop.models import NOTE_LIMIT, REVIEW_LIMIT, Product, Review
from koshelok.shop.queries import ReviewView, get_listed_product, get_review, was_delivered
from koshelok.workspaces.queries import is_member


class BadRating(Invalid):
    """Not from one to five."""

    code = "bad_rating"
    message = "From 1 to 5 stars."
    field = "rating"


def review_product(*, actor_id: int, product_id: int, rating: int, text: str = "") -> ReviewView:
    """Say something of a product, once, after it was delivered.

    Raises ProductNotFound, Invalid, OwnProduct, NotDelivered, ReviewedAlready.
    """
    rating, text = _said(rating, text)
    product = get_listed_product(product_id)
    _check_may_review(actor_id, product)
    review = Review(
        workspace_id=product.workspace_id,
        product_id=product_id,
        buyer_id=actor_id,
        rating=rating,
        text=text,
    )
    try:
        with session.begin_nested():
            session.add(review)
            session.flush()
    except IntegrityError as error:
        if "uq_reviews" not in str(error.orig):
            raise
        raise ReviewedAlready from error
    return get_review(review.id)


def edit_review(*, actor_id: int, product_id: int, rating: int, text: str = "") -> ReviewView:
    """Say one's own review anew; a hidden one stays hidden. Raises Invalid, ReviewNotFound."""
    rating, text = _said(rating, text)
    review = session.scalar(
        select(Review).filter_by(product_id=product_id, buyer_id=actor_id).with_for_update()
    )
    if review is None:
        raise ReviewNotFound
    review.rating, review.text = rating, text
    session.flush()
    return get_review(review.id)


def reply_to_review(*, actor_id: int, workspace_id: int, review_id: int, reply: str) -> ReviewView:
    """Answer a review as the shop; a blank answer takes it back. Raises ReviewNotFound."""
    review = _get(workspace_id, review_id)
    review.reply = clean(reply, limit=REVIEW_LIMIT, field="reply")
    review.replied_at = now() if review.reply else None
    session.flush()
    return get_review(review_id)


def hide_review(*, actor_id: int, workspace_id: int, review_id: int, reason: str) -> ReviewView:
    """Take a review off the page, with a reason that its buyer sees; it no longer counts.
    Raises Invalid, ReviewNotFound."""
    reason = clean(reason, limit=NOTE_LIMIT, field="reason", required=True)
    review = _get(workspace_id, review_id)
    if review.hidden_at is None:
        review.hidden_at, review.hidden_by_id, review.hidden_reason = now(), actor_id, reason
        session.flush()
        _log("review.hidden", actor_id, review, reason)
    return get_review(review_id)


def show_review(*, actor_id: int, workspace_id: int, review_id: int) -> ReviewView:
    """Put a hidden review back. Raises ReviewNotFound."""
    review = _get(workspace_id, review_id)
    if review.hidden_at is not None:
        review.hidden_at, review.hidden_by_id, review.hidden_reason = None, None, ""
        session.flush()
        _log("review.shown", actor_id, review, "")
    return get_review(review_id)


def _said(rating: int, text: str) -> tuple[int, str]:
    if not 1 <= rating <= 5:
        raise BadRating
    return rating, clean(text, limit=REVIEW_LIMIT, field="text")


def _check_may_review(buyer_id: int, product: Product) -> None:
    if is_member(buyer_id, product.workspace_id):
        raise OwnProduct
    if not was_delivered(product.id, buyer_id):
        raise NotDelivered


def _get(workspace_id: int, review_id: int) -> Review:
    review = session.scalar(
        select(Review).filter_by(id=review_id, workspace_id=workspace_id).with_for_update()
    )
    if review is None:
        raise ReviewNotFound
    return review


def _log(action: str, actor_id: int, review: Review, reason: str) -> None:
    audit.record(
        action=action,
        actor_id=actor_id,
        workspace_id=review.workspace_id,
        subject_type="review",
        subject_id=review.id,
        details={"reason": reason} if reason else {},
    )
