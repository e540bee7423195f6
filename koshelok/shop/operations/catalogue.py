"""Products: entering, changing, putting away."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.core.errors import Invalid
from koshelok.core.money import positive
from koshelok.core.text import clean
from koshelok.infra.db import session
from koshelok.shop.categories import CATEGORIES
from koshelok.shop.errors import NotAShop, SkuTaken
from koshelok.shop.models import (
    DESCRIPTION_LIMIT,
    NAME_LIMIT,
    SKU_LIMIT,
    MovementKind,
    Product,
)
from koshelok.shop.operations.stock import count_stock, move_stock
from koshelok.shop.queries import ProductView, get_own_product, get_product_row
from koshelok.workspaces.queries import get_kind


class UnknownCategory(Invalid):
    """Not one of the kinds of goods."""

    code = "unknown_category"
    message = "Choose one of the categories."
    field = "category"


def create_product(
    *,
    actor_id: int,
    workspace_id: int,
    name: str,
    description: str = "",
    category: str,
    price: Decimal,
    stock: int = 0,
    sku: str = "",
) -> ProductView:
    """Put a product on the shelf, `stock` pieces of it; the price in so'm a piece.

    Raises NotAShop, Invalid, SkuTaken.
    """
    if get_kind(workspace_id) != "shop":
        raise NotAShop
    product = Product(
        workspace_id=workspace_id,
        name=clean(name, limit=NAME_LIMIT, field="name", required=True),
        description=clean(description, limit=DESCRIPTION_LIMIT, field="description"),
        category=_known(category),
        sku=clean(sku, limit=SKU_LIMIT, field="sku"),
        price=positive(price, field="price"),
        created_by_id=actor_id,
    )
    _save(product)
    if stock:
        move_stock(
            actor_id=actor_id,
            workspace_id=workspace_id,
            product_id=product.id,
            kind=MovementKind.RECEIVED,
            quantity=stock,
        )
    return get_own_product(workspace_id, product.id)


def edit_product(
    *,
    actor_id: int,
    workspace_id: int,
    product_id: int,
    name: str | None = None,
    description: str | None = None,
    category: str | None = None,
    price: Decimal | None = None,
    stock: int | None = None,
    sku: str | None = None,
) -> ProductView:
    """Change what is given and keep the rest; `stock` is what was counted on the shelf.

    Raises ProductNotFound, Invalid, SkuTaken, BelowReserved.
    """
    product = get_product_row(workspace_id, product_id, lock=True)
    changes: dict[str, Any] = {"updated_at": now()}
    if name is not None:
        changes["name"] = clean(name, limit=NAME_LIMIT, field="name", required=True)
    if description is not None:
        changes["description"] = clean(description, limit=DESCRIPTION_LIMIT, field="description")
    if category is not None:
        changes["category"] = _known(category)
    if price is not None:
        changes["price"] = positive(price, field="price")
    if sku is not None:
        changes["sku"] = clean(sku, limit=SKU_LIMIT, field="sku")
    _save(product, **changes)
    if stock is not None:
        count_stock(
            actor_id=actor_id, workspace_id=workspace_id, product_id=product_id, counted=stock
        )
    return get_own_product(workspace_id, product_id)


def archive_product(*, actor_id: int, workspace_id: int, product_id: int) -> None:
    """Take a product off the shelf; orders and history keep it. Raises ProductNotFound."""
    product = get_product_row(workspace_id, product_id, lock=True)
    if product.archived_at is None:
        product.archived_at = now()
        session.flush()


def restore_product(*, actor_id: int, workspace_id: int, product_id: int) -> ProductView:
    """Put a product back on the shelf. Raises ProductNotFound, SkuTaken."""
    product = get_product_row(workspace_id, product_id, lock=True)
    _save(product, archived_at=None)
    return get_own_product(workspace_id, product_id)


def _known(category: str) -> str:
    if category not in CATEGORIES:
        raise UnknownCategory
    return category


def _save(product: Product, **changes: Any) -> None:
    """Write a product, or changes of it; one of two at once that take the same code is told."""
    sku = changes.get("sku", product.sku)
    with session.no_autoflush:
        try:
            with session.begin_nested():
                for name, value in changes.items():
                    setattr(product, name, value)
                session.add(product)
                session.flush()
        except IntegrityError as error:
            if "uq_products_sku" not in str(error.orig):
                raise
            taken = session.scalar(
                select(Product.name).where(
                    Product.workspace_id == product.workspace_id,
                    func.lower(Product.sku) == func.lower(sku),
                    Product.archived_at.is_(None),
                )
            )
            raise SkuTaken(name=taken) from error
