"""/shop/images: the pictures of products, open to everybody who knows a name."""

from flask import Blueprint, Response, send_from_directory

from koshelok.shop.images import image_url, images_folder
from koshelok.web import access, limits

bp = Blueprint("images", __name__, url_prefix="/shop/images")
bp.add_app_template_global(image_url)
YEAR_SECONDS = 365 * 24 * 3600


@bp.get("/<name>")
@access.public
@limits.uncounted
def show(name: str) -> Response:
    """One size of a picture: its name is a secret of 24 random bytes, what it is never changes."""
    response = send_from_directory(images_folder(), name, mimetype="image/webp")
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response
