"""JSON shapes of what buyers say."""

from datetime import datetime

from pydantic import Field

from koshelok.shop.models import REVIEW_LIMIT
from koshelok.shop.queries import ReviewView
from koshelok.web.schemas import PageOut, Schema


class ReviewIn(Schema):
    """What to say of a product that was delivered."""

    rating: int = Field(ge=1, le=5, strict=True, examples=[5])
    text: str = Field(max_length=REVIEW_LIMIT, examples=["Juda yaxshi"])


class ReviewOut(Schema):
    """What a buyer says, and what the shop answers; of the buyer, what anybody may see."""

    id: int = Field(examples=[7])
    product: int = Field(examples=[12])
    author: str = Field(examples=["Aziz K."])
    rating: int = Field(examples=[5])
    text: str = Field(examples=["Juda yaxshi"])
    reply: str = Field(examples=["Rahmat!"])
    replied_at: datetime | None
    created_at: datetime


class ReviewPage(PageOut[ReviewOut]):
    """A page of reviews, the newest first."""


def review_out(review: ReviewView) -> ReviewOut:
    """A review as JSON."""
    fields = {name: getattr(review, name) for name in ReviewOut.model_fields if name != "author"}
    return ReviewOut.model_construct(**fields, author=review.buyer_name)
