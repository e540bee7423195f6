"""What is said of a product, and what its shop answers."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, NumberRange

from koshelok.shop.models import NOTE_LIMIT, REVIEW_LIMIT
from koshelok.shop.queries import ReviewView
from koshelok.web.forms import Form, TextField, at_most, required


class ReviewForm(Form):
    """Stars, and words if one likes."""

    rating = IntegerField(
        _l("Stars"),
        [
            InputRequired(_l("Choose from 1 to 5 stars.")),
            NumberRange(1, 5, _l("Choose from 1 to 5 stars.")),
        ],
    )
    text = TextAreaField(_l("A few words"), [at_most(REVIEW_LIMIT)])

    def said(self) -> dict[str, Any]:
        """What review_product and edit_review take."""
        return {"rating": self.rating.data, "text": self.text.data or ""}


def review_form(review: ReviewView) -> ReviewForm:
    """The form as it was said."""
    return ReviewForm(formdata=None, data={"rating": review.rating, "text": review.text})


class ReplyForm(Form):
    """The shop's answer; blank takes it back."""

    reply = TextAreaField(_l("The shop's answer"), [at_most(REVIEW_LIMIT)])


class HideForm(Form):
    """Why a review is taken off the page; its buyer reads it."""

    reason = TextField(_l("Why"), [required(), at_most(NOTE_LIMIT)])
