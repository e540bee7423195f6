"""Pictures as requests bring them: counted, and no larger than one may be."""

from collections.abc import Iterable

from flask import request
from werkzeug.datastructures import FileStorage

from koshelok.infra.settings import current
from koshelok.shop.models import IMAGE_LIMIT
from koshelok.web import limits

_REST_OF_THE_FORM = 64 * 1024
_MOST = 64 * 1024 * 1024


def take_photos(files: Iterable[FileStorage], *, actor_id: int) -> list[bytes]:
    """What was chosen, each read to one byte beyond the limit, which add_image refuses; raises
    TooManyRequests."""
    chosen = list(files)
    for _file in chosen:
        limits.hit(current().limit_images, "image", str(actor_id))
    return [file.stream.read(current().max_photo_bytes + 1) for file in chosen]


def allow_all_photos() -> None:
    """Let this request bring as many pictures as a product has, as phones take them; to be said
    before its form is read."""
    photos = min(IMAGE_LIMIT * current().max_photo_bytes, _MOST)
    request.max_content_length = photos + _REST_OF_THE_FORM
