"""JSON shapes of products and their pictures."""

from datetime import datetime
from typing import Literal

from flask_openapi3 import FileStorage
from pydantic import Field

from koshelok.shop.images import image_url
from koshelok.shop.models import DESCRIPTION_LIMIT, NAME_LIMIT, SKU_LIMIT
from koshelok.shop.queries import Image, ProductFilters, ProductView, Sort
from koshelok.shop.queries.lists import QUERY_LIMIT
from koshelok.shop.schemas.values import (
    EXAMPLE_NAME,
    EXAMPLE_SHOP,
    Category,
    Id,
    Stars,
    Stock,
)
from koshelok.web.schemas import AmountBound, MoneyIn, MoneyOut, PageOut, PageQuery, Schema

_EXAMPLE_IMAGE = "/shop/images/k3J2-480.webp"
_EXAMPLE_TEXT = "Samarqanddan"
_EXAMPLE_SKU = "CH-100"


class ProductPath(Schema):
    """`/shop/products/{id}`."""

    id: Id


class ImagePath(ProductPath):
    """`/shop/products/{id}/images/{image}`."""

    image: Id


class ImageForm(Schema):
    """A picture to upload."""

    photo: FileStorage = Field(description="JPEG, PNG or WebP, at most 5 MB.")


class ImageOut(Schema):
    """A picture in three sizes, as paths of this host; they never change."""

    id: int = Field(examples=[5])
    small: str = Field(examples=["/shop/images/k3J2-160.webp"])
    medium: str = Field(examples=[_EXAMPLE_IMAGE])
    large: str = Field(examples=["/shop/images/k3J2-1200.webp"])


class ProductIn(Schema):
    """A product to put on the shelf, `stock` pieces of it."""

    name: str = Field(max_length=NAME_LIMIT, examples=[EXAMPLE_NAME])
    description: str = Field(max_length=DESCRIPTION_LIMIT, examples=[_EXAMPLE_TEXT])
    category: Category
    price: MoneyIn
    stock: Stock
    sku: str = Field("", max_length=SKU_LIMIT, examples=[_EXAMPLE_SKU])


class ProductPatch(Schema):
    """What of a product changes; the rest stays. `stock` is what was counted on the shelf."""

    name: str | None = Field(None, max_length=NAME_LIMIT, examples=[EXAMPLE_NAME])
    description: str | None = Field(None, max_length=DESCRIPTION_LIMIT, examples=[_EXAMPLE_TEXT])
    category: Category | None = None
    price: MoneyIn | None = None
    stock: Stock | None = None
    sku: str | None = Field(None, max_length=SKU_LIMIT, examples=[_EXAMPLE_SKU])


class ProductOut(Schema):
    """A product as anybody sees it; `available` is what can be bought now."""

    id: int = Field(examples=[12])
    shop: int = Field(examples=[3])
    shop_name: str = Field(examples=[EXAMPLE_SHOP])
    name: str = Field(examples=[EXAMPLE_NAME])
    description: str = Field(examples=[_EXAMPLE_TEXT])
    category: Category
    sku: str = Field(examples=[_EXAMPLE_SKU])
    price: MoneyOut
    available: int = Field(examples=[8])
    images: list[ImageOut]
    rating: Stars
    reviews_count: int = Field(examples=[2])
    created_at: datetime


class OwnProductOut(ProductOut):
    """A product as its shop sees it: `stock` pieces are there, `reserved` wait for buyers."""

    stock: int = Field(examples=[10])
    reserved: int = Field(examples=[2])
    sold: int = Field(examples=[40])
    archived_at: datetime | None


class ProductPage(PageOut[ProductOut]):
    """A page of what is on the shelves."""


class ProductQuery(PageQuery):
    """What a list of products is narrowed to, and its order."""

    query: str | None = Field(
        None, max_length=QUERY_LIMIT, description="Beginnings of words, in Latin or Cyrillic."
    )
    category: Category | None = None
    min_price: AmountBound | None = None
    max_price: AmountBound | None = None
    shop: Id | None = Field(None, description="The id of a shop's workspace.")
    available: bool = Field(False, description="Only what can be bought now.")
    sort: Literal["new", "popular", "cheap", "dear", "rated"] = "new"

    def filters(self) -> ProductFilters:
        """Without the page."""
        given = self.model_dump(exclude={"limit", "cursor", "sort"})
        return ProductFilters(sort=Sort(self.sort), **given)


def image_out(image: Image) -> ImageOut:
    """A picture as JSON."""
    small, medium, large = (image_url(image, size) for size in (160, 480, 1200))
    return ImageOut.model_construct(id=image.id, small=small, medium=medium, large=large)


def product_out(product: ProductView) -> ProductOut:
    """A product as JSON."""
    fields = {name: getattr(product, name) for name in ProductOut.model_fields}
    images = [image_out(image) for image in product.images]
    return ProductOut.model_construct(**fields | {"images": images})


def own_product_out(product: ProductView) -> OwnProductOut:
    """A product as JSON for its shop."""
    return OwnProductOut.model_construct(
        **dict(product_out(product)),
        stock=product.on_hand,
        reserved=product.reserved,
        sold=product.sold,
        archived_at=product.archived_at,
    )
