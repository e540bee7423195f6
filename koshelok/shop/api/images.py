"""Pictures of products over JSON."""

from flask import Response

from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.api.blueprint import api, whose
from koshelok.shop.schemas import (
    ImageForm,
    ImageOut,
    ImagePath,
    ProductPath,
    image_out,
)
from koshelok.web import access
from koshelok.web.api import READ, answers, create_once, no_content, ok
from koshelok.web.auth import current_actor
from koshelok.web.limits import hit


@api.post("/shop/products/<int:id>/images", summary="Add a picture",
          responses=answers({201: ImageOut}, errors=(*READ, 409, 413, 415)))  # fmt: skip
@access.editor
def create_image(path: ProductPath, form: ImageForm) -> Response:
    """After the others; the first stands for the product in lists. It is stored in three sizes
    and loses its metadata. The ninth: 409 `too_many_images`."""
    hit(current().limit_images, "image", str(current_actor().id))
    data = form.photo.stream.read(current().max_photo_bytes + 1)

    def produce() -> Response:
        made = operations.add_image(**whose(), product_id=path.id, data=data)
        return ok(image_out(made), 201, location=image_out(made).large)

    return create_once(produce, upload=data)


@api.delete("/shop/products/<int:id>/images/<int:image>", summary="Take a picture away",
            responses=answers({204: None}, errors=READ))  # fmt: skip
@access.editor
def delete_image(path: ImagePath) -> Response:
    """For good, in all its sizes."""
    with unit_of_work():
        operations.remove_image(**whose(), product_id=path.id, image_id=path.image)
        return no_content()
