"""Products, their pictures, what moved on the shelf, and what buyers say."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.infra.columns import BigId, CreatedAt, Instant, MoneyColumn, WorkspaceId
from koshelok.infra.db import Base
from koshelok.shop.categories import CATEGORIES

NAME_LIMIT = 160
DESCRIPTION_LIMIT = 4000
SKU_LIMIT = 60
NOTE_LIMIT = 300
REVIEW_LIMIT = 2000
IMAGE_LIMIT = 8
ABOUT_LIMIT = 1000
ADDRESS_LIMIT = 300
STOCK_LIMIT = 1_000_000
_LISTED = text("archived_at IS NULL")

Somebody = Annotated[
    int | None, mapped_column(BigInteger, ForeignKey("users.id", ondelete="SET NULL"))
]


class MovementKind(StrEnum):
    """Why pieces came to the shelf or left it."""

    RECEIVED = "received"
    CORRECTED = "corrected"
    WRITTEN_OFF = "written_off"
    SOLD = "sold"
    RETURNED = "returned"


def one_of(column: str, values: object) -> str:
    """`column IN (...)` of fixed words of ours."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"  # type: ignore[attr-defined]


class Shop(Base):
    """How a workspace sells; without a row, these defaults."""

    __tablename__ = "shops"
    __table_args__ = (
        CheckConstraint("low_stock >= 0", name="low_stock"),
        Index(None, "payout_card_id"),
    )

    workspace_id: Mapped[WorkspaceId] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(ABOUT_LIMIT), default="")
    address: Mapped[str] = mapped_column(String(ADDRESS_LIMIT), default="")
    phone_number: Mapped[str | None] = mapped_column(String(16))
    accepts_cash: Mapped[bool] = mapped_column(default=True)
    low_stock: Mapped[int] = mapped_column(default=3)
    payout_card_id: Mapped[UUID | None] = mapped_column(ForeignKey("cards.id"))


def _shelf_orders(name: str, *first: str) -> list[Index]:
    """An index for each order in which a list of products comes."""
    orders = {
        "new": ("id DESC",),
        "price": ("price", "id"),
        "rating": ("rating DESC", "id DESC"),
        "sold": ("sold DESC", "id DESC"),
    }
    return [
        Index(f"{name}_{order}", *first, *map(text, keys), postgresql_where=_LISTED)
        for order, keys in orders.items()
    ]


class Product(Base):
    """Something a shop sells; archived rather than removed. The figures follow movements,
    orders and reviews by triggers (sql/shelf.sql); nobody can promise what is not there."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("btrim(name) <> ''", name="name_not_blank"),
        CheckConstraint(one_of("category", CATEGORIES), name="category"),
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("reserved BETWEEN 0 AND on_hand", name="reserved"),
        CheckConstraint(f"on_hand <= {STOCK_LIMIT}", name="on_hand"),
        CheckConstraint("rating_count >= 0 AND sold >= 0", name="figures"),
        UniqueConstraint("id", "workspace_id"),
        Index("ix_products_shelf", "workspace_id", text("id DESC")),
        Index(
            "ix_products_archived",
            "workspace_id",
            text("id DESC"),
            postgresql_where=text("archived_at IS NOT NULL"),
        ),
        Index(
            "uq_products_sku",
            "workspace_id",
            text("lower(sku)"),
            unique=True,
            postgresql_where=text("sku <> '' AND archived_at IS NULL"),
        ),
        *_shelf_orders("ix_products"),
        *_shelf_orders("ix_products_kind", "category"),
        *_shelf_orders("ix_products_shop", "workspace_id")[1:],  # the newest: ix_products_shelf
        Index(
            "ix_products_search",
            "search",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            postgresql_where=_LISTED,
        ),
        Index(None, "created_by_id"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LIMIT), default="")
    category: Mapped[str] = mapped_column(String(20))
    sku: Mapped[str] = mapped_column(String(SKU_LIMIT), default="")
    price: Mapped[MoneyColumn]
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    sold: Mapped[int] = mapped_column(BigInteger, default=0)
    rating_sum: Mapped[int] = mapped_column(BigInteger, default=0)
    rating_count: Mapped[int] = mapped_column(default=0)
    rating: Mapped[Decimal] = mapped_column(
        Numeric(3, 2),
        Computed("round(rating_sum::numeric / greatest(rating_count, 1), 2)", persisted=True),
    )
    created_by_id: Mapped[Somebody]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    archived_at: Mapped[Instant | None]
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed("search_vector(0, name || ' ' || sku || ' ' || description)", persisted=True),
        deferred=True,
    )


class ProductImage(Base):
    """A picture of a product, kept in three sizes under its name."""

    __tablename__ = "product_images"
    __table_args__ = (
        ForeignKeyConstraint(
            ["product_id", "workspace_id"],
            ["products.id", "products.workspace_id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("width > 0 AND height > 0", name="size"),
        Index(None, "product_id", "position", "id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[int] = mapped_column(BigInteger)
    product_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[CreatedAt]


class StockMovement(Base):
    """Pieces that came to the shelf (+) or left it (−); written once. An order moves each of
    its products at most once in each way."""

    __tablename__ = "stock_movements"
    __table_args__ = (
        CheckConstraint(one_of("kind", MovementKind), name="kind"),
        CheckConstraint("quantity <> 0", name="quantity"),
        CheckConstraint(
            "(kind IN ('sold', 'returned')) <= (order_id IS NOT NULL)", name="of_an_order"
        ),
        ForeignKeyConstraint(
            ["product_id", "workspace_id"],
            ["products.id", "products.workspace_id"],
            ondelete="CASCADE",
        ),
        Index("ix_stock_movements_product", "product_id", text("id DESC")),
        Index("ix_stock_movements_list", "workspace_id", text("id DESC")),
        Index(
            "uq_stock_movements_order",
            "order_id",
            "product_id",
            "kind",
            unique=True,
            postgresql_where=text("order_id IS NOT NULL"),
        ),
        Index(None, "actor_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[int] = mapped_column(BigInteger)
    product_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(12))
    quantity: Mapped[int]
    note: Mapped[str] = mapped_column(String(NOTE_LIMIT), default="")
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    actor_id: Mapped[Somebody]
    created_at: Mapped[CreatedAt]


class Review(Base):
    """What a buyer to whom it was delivered says of a product; hidden ones do not count."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_reason = '')", name="hidden_reason"),
        ForeignKeyConstraint(
            ["product_id", "workspace_id"],
            ["products.id", "products.workspace_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("product_id", "buyer_id"),
        Index("ix_reviews_list", "product_id", text("id DESC")),
        Index("ix_reviews_shop", "workspace_id", text("id DESC")),
        Index(None, "buyer_id"),
        Index(None, "hidden_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[int] = mapped_column(BigInteger)
    product_id: Mapped[int] = mapped_column(BigInteger)
    buyer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="RESTRICT"))
    rating: Mapped[int]
    text: Mapped[str] = mapped_column(String(REVIEW_LIMIT), default="")
    reply: Mapped[str] = mapped_column(String(REVIEW_LIMIT), default="")
    replied_at: Mapped[Instant | None]
    hidden_reason: Mapped[str] = mapped_column(String(NOTE_LIMIT), default="")
    hidden_by_id: Mapped[Somebody]
    hidden_at: Mapped[Instant | None]
    created_at: Mapped[CreatedAt]


class ShopDay(Base):
    """What a shop delivered on a day of its own zone, less what came back that day; written by
    triggers only."""

    __tablename__ = "shop_days"
    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)

    workspace_id: Mapped[WorkspaceId] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    orders: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Numeric(24, 2))
