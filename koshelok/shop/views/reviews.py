"""What buyers say of products: read by everybody, said by those to whom it was delivered, and
looked after by the shop at /shop/manage/reviews.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.errors import ReviewNotFound
from koshelok.shop.forms.reviews import HideForm, ReplyForm, ReviewForm, review_form
from koshelok.shop.queries import ReviewView
from koshelok.shop.views.sections import only_in_shops
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace, find_actor
from koshelok.web.htmx import is_partial, render, see_other
from koshelok.web.problems import message_of
from koshelok.web.redirects import safe_path
from koshelok.web.toasts import refused

bp = Blueprint("reviews", __name__, url_prefix="/shop")
PAGE = 10


@bp.get("/products/<int:id>/reviews")
@access.public
def index(id: int) -> Response:
    """What is said of a product, the newest first."""
    cursor = request.args.get("cursor")
    product = queries.get_product(id)
    return render(
        "shop/reviews.html",
        "rows" if cursor else "reviews",
        product=product,
        **describe_reviews(id, cursor=cursor),
    )


def describe_reviews(product_id: int, *, cursor: str | None = None) -> dict[str, Any]:
    """What shop/_reviews.html shows of a product besides itself: at most four queries."""
    page = queries.list_reviews(product_id=product_id, limit=PAGE, cursor=cursor)
    own, may_review = (None, False) if cursor else _own(product_id)
    return {
        "reviews": page,
        "stars": {} if cursor else queries.count_stars(product_id),
        "own_review": own,
        "may_review": may_review,
        "more_reviews_url": page.next_cursor
        and url_for("shop.reviews.index", id=product_id, cursor=page.next_cursor),
    }


def _own(product_id: int) -> tuple[ReviewView | None, bool]:
    actor = find_actor()
    if actor is None:
        return None, False
    own = queries.find_review(product_id, actor.id)
    return own, own is None and queries.was_delivered(product_id, actor.id)


@bp.get("/products/<int:id>/reviews/mine")
@access.signed_in
def mine(id: int) -> Response:
    """One's own review, to write or to say anew."""
    own = queries.find_review(id, current_actor().id)
    return _ask(id, own, review_form(own) if own else ReviewForm(formdata=None))


@bp.post("/products/<int:id>/reviews")
@access.signed_in
def write(id: int) -> Response:
    """Say something of what was delivered, once."""
    return _say(id, None, operations.review_product)


@bp.post("/products/<int:id>/reviews/mine")
@access.signed_in
def change(id: int) -> Response:
    """Say it anew."""
    own = queries.find_review(id, current_actor().id)
    if own is None:
        raise ReviewNotFound
    return _say(id, own, operations.edit_review)


def _say(id: int, own: ReviewView | None, act: Callable[..., ReviewView]) -> Response:
    form = ReviewForm()
    if not form.validate():
        return _ask(id, own, form, 422)
    try:
        with unit_of_work():
            said = act(actor_id=current_actor().id, product_id=id, **form.said())
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _ask(id, own, form, error.status)
    if is_partial():
        return _ask(id, said, None)
    flash(_("Thank you for your review"), "success")
    return see_other(_back(id))


def _ask(id: int, own: ReviewView | None, form: ReviewForm | None, status: int = 200) -> Response:
    """The form, or (None) what was said."""
    name = own.product_name if own else queries.get_listed_product(id).name
    return render(
        "shop/rate.html", "rate", status=status, product_id=id, product_name=name,
        review=own, form=form, back=_back(id),
    )  # fmt: skip


def _back(id: int) -> str:
    return safe_path(request.values.get("next"), url_for("shop.reviews.index", id=id))


@bp.get("/manage/reviews")
@access.viewer
def manage() -> Response:
    """What is said of all products of the shop, hidden reviews too."""
    if (no_shop := only_in_shops()) is not None:
        return no_shop
    cursor = request.args.get("cursor")
    page = queries.list_reviews(workspace_id=current_workspace().id, limit=PAGE * 2, cursor=cursor)
    return render(
        "shop/manage/reviews.html",
        "rows" if cursor else "results",
        page=page,
        more_url=page.next_cursor and url_for(".manage", cursor=page.next_cursor),
    )


@bp.post("/manage/reviews/<int:id>/reply")
@access.editor
def reply(id: int) -> Response:
    """Answer it as the shop; a blank answer is taken back."""
    form = ReplyForm()
    return _keep(id, form, "reply", operations.reply_to_review, reply=form.reply.data or "")


@bp.post("/manage/reviews/<int:id>/hide")
@access.editor
def hide(id: int) -> Response:
    """Take it off the page; its buyer sees why."""
    form = HideForm()
    return _keep(id, form, "reason", operations.hide_review, reason=form.reason.data or "")


@bp.post("/manage/reviews/<int:id>/show")
@access.editor
def show(id: int) -> Response:
    """Put a hidden one back."""
    return _keep(id, None, "", operations.show_review)


def _keep(
    id: int, form: Any, field: str, act: Callable[..., ReviewView], **values: str
) -> Response:
    """Do it, and answer its row anew; what is refused is said in that row."""
    queries.get_review(id, workspace_id=current_workspace().id)
    error = None
    if form is not None and not form.validate():
        error = str(form[field].errors[0])
    else:
        try:
            with unit_of_work():
                act(actor_id=current_actor().id, workspace_id=current_workspace().id,
                    review_id=id, **values)  # fmt: skip
        except DomainError as refusal:
            if refusal.status == 404:
                raise
            error = message_of(refusal)
    return _row(id, error)


def _row(id: int, error: str | None) -> Response:
    if not is_partial():
        if error:
            return refused(error, back=url_for(".manage"), status=422)
        return see_other(url_for(".manage"))
    review = queries.get_review(id, workspace_id=current_workspace().id)
    return render(
        "shop/manage/_review.html", status=422 if error else 200, review=review, error=error
    )
