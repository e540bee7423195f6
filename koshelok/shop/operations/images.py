"""Pictures of a product. Files are written before their row and deleted after it is gone; what a
killed process leaves is swept at night."""

from collections.abc import Sequence

from sqlalchemy import func, select

from koshelok.infra.db import session
from koshelok.infra.pictures import Unreadable
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import after_commit, after_rollback
from koshelok.shop.errors import ImageNotFound, PictureInvalid, PictureTooLarge, TooManyImages
from koshelok.shop.images import Stored, find_settled, remove_image_files, save_image
from koshelok.shop.models import IMAGE_LIMIT, ProductImage
from koshelok.shop.queries import Image, get_product_row


def add_image(*, actor_id: int, workspace_id: int, product_id: int, data: bytes) -> Image:
    """Add a picture after the others; raises as add_images."""
    return add_images(
        actor_id=actor_id, workspace_id=workspace_id, product_id=product_id, photos=[data]
    )[0]


def add_images(
    *, actor_id: int, workspace_id: int, product_id: int, photos: Sequence[bytes]
) -> list[Image]:
    """Add pictures after the others, all of them or none.

    The product is locked while they are counted, so that two at once cannot pass the limit; not
    while they are made, which takes seconds and would keep buyers waiting.
    Raises ProductNotFound, PictureTooLarge, PictureInvalid, TooManyImages.
    """
    get_product_row(workspace_id, product_id)
    _find_place(product_id, len(photos))
    stored = [_store(data) for data in photos]
    get_product_row(workspace_id, product_id, lock=True)
    place = _find_place(product_id, len(photos))
    images = [
        ProductImage(
            workspace_id=workspace_id,
            product_id=product_id,
            name=each.name,
            width=each.width,
            height=each.height,
            position=position,
        )
        for position, each in enumerate(stored, place)
    ]
    session.add_all(images)
    session.flush()
    return [Image(image.id, image.name, image.width, image.height) for image in images]


def remove_image(*, actor_id: int, workspace_id: int, product_id: int, image_id: int) -> None:
    """Take a picture away. Raises ProductNotFound, ImageNotFound."""
    image = _get(workspace_id, product_id, image_id)
    name = image.name
    session.delete(image)
    session.flush()
    after_commit(lambda: remove_image_files(name))


def move_image(
    *, actor_id: int, workspace_id: int, product_id: int, image_id: int, place: int = 0
) -> None:
    """Show a picture at another place among the product's, 0 being the first, which stands for
    the product in lists. Raises ProductNotFound, ImageNotFound."""
    image = _get(workspace_id, product_id, image_id)
    others = [other for other in _list(product_id) if other is not image]
    others.insert(max(0, place), image)
    for position, each in enumerate(others):
        each.position = position
    session.flush()


def forget_orphans() -> int:
    """Delete files that no row names any more; answers how many pictures these were."""
    gone = 0
    for names in find_settled():
        kept = session.scalars(select(ProductImage.name).where(ProductImage.name.in_(names)))
        orphans = names - set(kept)
        gone += len(orphans)
        for name in orphans:
            remove_image_files(name)
    return gone


def _store(data: bytes) -> Stored:
    if len(data) > (limit := current().max_photo_bytes):
        raise PictureTooLarge(limit=limit // (1024 * 1024))
    try:
        stored = save_image(data)
    except Unreadable as error:
        raise PictureInvalid from error
    after_rollback(lambda: remove_image_files(stored.name))
    return stored


def _find_place(product_id: int, more: int) -> int:
    """The place after the last picture, where `more` find room; raises TooManyImages."""
    count, after = session.execute(
        select(func.count(), func.coalesce(func.max(ProductImage.position) + 1, 0)).where(
            ProductImage.product_id == product_id
        )
    ).one()
    if count + more > IMAGE_LIMIT:
        raise TooManyImages(limit=IMAGE_LIMIT)
    return after


def _get(workspace_id: int, product_id: int, image_id: int) -> ProductImage:
    """A picture, its product locked: places change one after the other."""
    get_product_row(workspace_id, product_id, lock=True)
    image = session.scalar(
        select(ProductImage)
        .filter_by(id=image_id, product_id=product_id, workspace_id=workspace_id)
        .execution_options(populate_existing=True)
    )
    if image is None:
        raise ImageNotFound
    return image


def _list(product_id: int) -> Sequence[ProductImage]:
    return session.scalars(
        select(ProductImage)
        .filter_by(product_id=product_id)
        .order_by(ProductImage.position, ProductImage.id)
        .execution_options(populate_existing=True)
    ).all()
