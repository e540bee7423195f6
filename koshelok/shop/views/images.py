"""The pictures of products: open to everybody who knows a name; added, ordered and taken away by
their seller."""

from typing import Any

from flask import Blueprint, Response, flash, send_from_directory, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.forms.products import PhotosForm
from koshelok.shop.images import image_url, images_folder
from koshelok.shop.uploads import allow_all_photos, take_photos
from koshelok.shop.views.products import product_page
from koshelok.web import access, limits
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import see_other

bp = Blueprint("images", __name__, url_prefix="/shop")
bp.add_app_template_global(image_url)
YEAR_SECONDS = 365 * 24 * 3600
_OF_A_PRODUCT = "/manage/products/<int:id>/images"


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: object) -> None:
    if endpoint == "shop.images.add":
        allow_all_photos()


@bp.get("/images/<name>")
@access.public
@limits.uncounted
def show(name: str) -> Response:
    """One size of a picture: its name is a secret of 24 random bytes, what it is never changes."""
    response = send_from_directory(images_folder(), name, mimetype="image/webp")
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


@bp.post(_OF_A_PRODUCT)
@access.editor
def add(id: int) -> Response:
    """Add all that were chosen, or none and say why."""
    form = PhotosForm()
    if not form.validate() or not form.photo.data:
        form.photo.errors = [*form.photo.errors, _("Choose a picture.")]
        return product_page(id, photos_form=form, status=422)
    try:
        photos = take_photos(form.photo.data, actor_id=current_actor().id)
        with unit_of_work():
            operations.add_images(**_which(id), photos=photos)
    except DomainError as error:
        form.refuse(error)
        return product_page(id, photos_form=form, status=error.status)
    return _back(id)


@bp.post(f"{_OF_A_PRODUCT}/<int:image_id>/first")
@access.editor
def make_first(id: int, image_id: int) -> Response:
    """Let this one stand for the product in lists."""
    with unit_of_work():
        operations.move_image(**_which(id), image_id=image_id)
    return _back(id)


@bp.post(f"{_OF_A_PRODUCT}/<int:image_id>/delete")
@access.editor
def remove(id: int, image_id: int) -> Response:
    """Take it away."""
    with unit_of_work():
        operations.remove_image(**_which(id), image_id=image_id)
    return _back(id)


def _which(id: int) -> dict[str, Any]:
    return {
        "actor_id": current_actor().id,
        "workspace_id": current_workspace().id,
        "product_id": id,
    }


def _back(id: int) -> Response:
    flash(_("Saved"), "success")
    return see_other(url_for("shop.products.show", id=id, _anchor="photos"))
