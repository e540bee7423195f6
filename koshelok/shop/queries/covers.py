"""What stands for a product where it is only named: its first picture."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from koshelok.infra.db import session
from koshelok.shop.models import Product, ProductImage
from koshelok.shop.queries.products import Image


def list_covers(product_ids: Collection[int]) -> dict[int, Image | None]:
    """The first picture of each of these products that is on the shelf, None where it has none;
    what is put away is not among them."""
    rows = session.execute(
        select(
            Product.id, ProductImage.id, ProductImage.name, ProductImage.width, ProductImage.height
        )
        .outerjoin(ProductImage, ProductImage.product_id == Product.id)
        .where(Product.id.in_(product_ids), Product.archived_at.is_(None))
        .ext(distinct_on(Product.id))
        .order_by(Product.id, ProductImage.position, ProductImage.id)
    )
    return {row[0]: _image(row[1:]) for row in rows}


def _image(found: tuple[Any, ...]) -> Image | None:
    return None if found[0] is None else Image(*found)
