"""Products as buyers and their sellers see them, and how many can be bought."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from koshelok.core.clock import now
from koshelok.infra.db import session
from koshelok.shop.errors import ProductNotFound
from koshelok.shop.models import Product, ProductImage, StockHold
from koshelok.workspaces.queries import NAMES


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a product: its name, and the size of the largest copy in pixels."""

    id: int
    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product with its shop's name. `available` is what others' orders and running checkouts
    leave of what is on hand; `price` is so'm a piece."""

    id: int
    shop: int
    shop_name: str
    name: str
    description: str
    category: str
    sku: str
    price: Decimal
    on_hand: int
    reserved: int
    sold: int
    rating: Decimal
    reviews_count: int
    created_at: datetime
    archived_at: datetime | None
    available: int = 0
    images: Sequence[Image] = field(default=())


def select_products() -> Select[*tuple[Any, ...]]:
    """Rows of ProductView, but for what find_available and list_images add."""
    return select(
        Product.id,
        Product.workspace_id,
        NAMES.c.name,
        Product.name,
        Product.description,
        Product.category,
        Product.sku,
        Product.price,
        Product.on_hand,
        Product.reserved,
        Product.sold,
        Product.rating,
        Product.rating_count,
        Product.created_at,
        Product.archived_at,
    ).join(NAMES, NAMES.c.id == Product.workspace_id)


def get_product(product_id: int, *, cart_id: UUID | None = None) -> ProductView:
    """A product on the shelf, for anybody; raises ProductNotFound."""
    return _one(Product.id == product_id, Product.archived_at.is_(None), cart_id=cart_id)


def get_own_product(workspace_id: int, product_id: int) -> ProductView:
    """A product of the shop, put away or not; raises ProductNotFound."""
    return _one(Product.id == product_id, Product.workspace_id == workspace_id)


def _one(*where: ColumnElement[bool], cart_id: UUID | None = None) -> ProductView:
    row = session.execute(select_products().where(*where)).first()
    if row is None:
        raise ProductNotFound
    return with_stock([ProductView(*row)], cart_id=cart_id)[0]


def get_product_row(workspace_id: int, product_id: int, *, lock: bool = False) -> Product:
    """A product of the shop to change; raises ProductNotFound."""
    query = select(Product).filter_by(id=product_id, workspace_id=workspace_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return _found(session.scalar(query))


def get_listed_product(product_id: int) -> Product:
    """A product that can be bought; raises ProductNotFound."""
    return _found(session.scalar(select(Product).filter_by(id=product_id, archived_at=None)))


def _found(product: Product | None) -> Product:
    if product is None:
        raise ProductNotFound
    return product


def with_stock(
    products: Sequence[ProductView], *, cart_id: UUID | None = None
) -> list[ProductView]:
    """The same with pictures, and with how many `cart_id` (None: anybody) could buy."""
    ids = [product.id for product in products]
    held, images = _find_held(ids, cart_id), list_images(ids)
    return [
        replace(
            product,
            available=max(0, product.on_hand - product.reserved - held.get(product.id, 0)),
            images=images.get(product.id, ()),
        )
        for product in products
    ]


def find_available(product_ids: Collection[int], *, cart_id: UUID | None) -> dict[int, int]:
    """How many of each product a cart could order now: its own hold does not count."""
    held = _find_held(product_ids, cart_id)
    rows = session.execute(
        select(Product.id, Product.on_hand - Product.reserved).where(Product.id.in_(product_ids))
    )
    return {id_: max(0, free - held.get(id_, 0)) for id_, free in rows}


def _find_held(product_ids: Collection[int], cart_id: UUID | None) -> dict[int, int]:
    """Pieces held by other carts' running checkouts; those that are over do not count."""
    rows = session.execute(
        select(StockHold.product_id, func.sum(StockHold.quantity))
        .where(
            StockHold.product_id.in_(product_ids),
            StockHold.expires_at > now(),
            StockHold.cart_id.is_distinct_from(cart_id),
        )
        .group_by(StockHold.product_id)
    )
    return {id_: int(held) for id_, held in rows}


def list_images(product_ids: Collection[int]) -> dict[int, list[Image]]:
    """Pictures of products, in their order."""
    found: dict[int, list[Image]] = {}
    rows = session.execute(
        select(
            ProductImage.product_id,
            ProductImage.id,
            ProductImage.name,
            ProductImage.width,
            ProductImage.height,
        )
        .where(ProductImage.product_id.in_(product_ids))
        .order_by(ProductImage.position, ProductImage.id)
    )
    for product_id, id_, name, width, height in rows:
        found.setdefault(product_id, []).append(Image(id_, name, width, height))
    return found
