"""Carts, the ten-minute holds of checkouts, orders, and who may take on credit."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.infra.columns import (
    BigId,
    CreatedAt,
    Instant,
    MoneyColumn,
    PublicId,
    WorkspaceId,
)
from koshelok.infra.db import Base
from koshelok.shop.models.catalogue import (
    ADDRESS_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    SKU_LIMIT,
    Somebody,
    one_of,
)

COMMENT_LIMIT = 500
KEY_LIMIT = 200
QUANTITY_LIMIT = 999


Buyer = Annotated[int, mapped_column(BigInteger, ForeignKey("users.id", ondelete="RESTRICT"))]


class Payment(StrEnum):
    """How an order is paid: through our ledger, into the shop's book, or on delivery."""

    CARD = "card"
    CREDIT = "credit"
    CASH = "cash"


class Status(StrEnum):
    """Where an order stands; states.py says what may follow what."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Cart(Base):
    """What somebody is about to buy: a person's own, or a visitor's, known by its id only."""

    __tablename__ = "carts"
    __table_args__ = (
        Index("uq_carts_user", "user_id", unique=True),
        Index(
            "ix_carts_left", "updated_at", postgresql_where=text("user_id IS NULL")
        ),  # by visitors who do not come back
    )

    id: Mapped[PublicId]
    user_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="CASCADE")
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class CartItem(Base):
    """A product in a cart, and the price (so'm a piece) that its owner has seen."""

    __tablename__ = "cart_items"
    __table_args__ = (
        CheckConstraint(f"quantity BETWEEN 1 AND {QUANTITY_LIMIT}", name="quantity"),
        UniqueConstraint("cart_id", "product_id"),
        Index(None, "product_id"),
    )

    id: Mapped[BigId]
    cart_id: Mapped[UUID] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"))
    product_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("products.id", ondelete="CASCADE")
    )
    quantity: Mapped[int]
    price_seen: Mapped[MoneyColumn]
    created_at: Mapped[CreatedAt]


class StockHold(Base):
    """Pieces kept for a cart whose owner is checking out, until `expires_at`; a late sweep
    changes nothing, since nobody counts those that are over."""

    __tablename__ = "stock_holds"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index(None, "product_id", "expires_at"),
        Index(None, "expires_at"),
    )

    cart_id: Mapped[UUID] = mapped_column(
        ForeignKey("carts.id", ondelete="CASCADE"), primary_key=True
    )
    product_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("products.id", ondelete="CASCADE"), primary_key=True
    )
    quantity: Mapped[int]
    expires_at: Mapped[Instant]


class Checkout(Base):
    """One confirmation by a buyer: its key makes its orders once."""

    __tablename__ = "checkouts"
    __table_args__ = (
        CheckConstraint("key <> ''", name="key"),
        UniqueConstraint("buyer_id", "key"),
    )

    id: Mapped[PublicId]
    buyer_id: Mapped[Buyer]
    key: Mapped[str] = mapped_column(String(KEY_LIMIT))
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[CreatedAt]


class Order(Base):
    """What a buyer ordered of one shop. Its lines keep title, SKU and price as they were."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(one_of("status", Status), name="status"),
        CheckConstraint(one_of("payment", Payment), name="payment"),
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("(payment = 'card') = (purchase_id IS NOT NULL)", name="purchase"),
        CheckConstraint("(payment = 'credit') = (debt_id IS NOT NULL)", name="debt"),
        CheckConstraint(
            "payout_id IS NULL OR payment = 'card' AND status IN ('delivered', 'returned')",
            name="payout",
        ),
        CheckConstraint("(status = 'pending') >= (expires_at IS NOT NULL)", name="expires_at"),
        UniqueConstraint("id", "workspace_id"),
        UniqueConstraint("checkout_id", "workspace_id"),
        Index("uq_orders_number", "number", unique=True),
        Index("uq_orders_purchase", "purchase_id", unique=True),
        Index("uq_orders_payout", "payout_id", unique=True),
        Index("uq_orders_debt", "debt_id", unique=True),
        Index("ix_orders_mine", "buyer_id", text("id DESC")),
        Index("ix_orders_shop", "workspace_id", text("id DESC")),
        Index("ix_orders_board", "workspace_id", "status", text("id DESC")),
        Index("ix_orders_expiring", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: Mapped[PublicId]
    number: Mapped[int] = mapped_column(BigInteger, Identity())
    checkout_id: Mapped[UUID] = mapped_column(ForeignKey("checkouts.id"))
    workspace_id: Mapped[WorkspaceId]
    buyer_id: Mapped[Buyer]
    status: Mapped[str] = mapped_column(String(10), default=Status.PENDING)
    payment: Mapped[str] = mapped_column(String(6))
    total: Mapped[MoneyColumn]
    pieces: Mapped[int]
    address: Mapped[str] = mapped_column(String(ADDRESS_LIMIT), default="")
    comment: Mapped[str] = mapped_column(String(COMMENT_LIMIT), default="")
    purchase_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    payout_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    debt_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("debts.id"))
    expires_at: Mapped[Instant | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class OrderLine(Base):
    """A product of an order as it was then; `reserved` pieces wait on the shelf for it."""

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint(f"quantity BETWEEN 1 AND {QUANTITY_LIMIT}", name="quantity"),
        CheckConstraint("reserved BETWEEN 0 AND quantity", name="reserved"),
        CheckConstraint("price > 0", name="price_positive"),
        ForeignKeyConstraint(
            ["order_id", "workspace_id"], ["orders.id", "orders.workspace_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["product_id", "workspace_id"], ["products.id", "products.workspace_id"]
        ),
        Index(None, "product_id", "order_id"),
        Index(
            "ix_order_lines_waiting",
            "product_id",
            "order_id",
            postgresql_where=text("reserved > 0"),
        ),
    )

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(String(NAME_LIMIT))
    sku: Mapped[str] = mapped_column(String(SKU_LIMIT), default="")
    price: Mapped[MoneyColumn]
    quantity: Mapped[int]
    reserved: Mapped[int]


class OrderEvent(Base):
    """A change of an order: who (None: the clock), when, and why; written once."""

    __tablename__ = "order_events"
    __table_args__ = (
        CheckConstraint(one_of("status", Status), name="status"),
        Index(None, "order_id", "id"),
        Index(None, "actor_id"),
    )

    id: Mapped[BigId]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(NOTE_LIMIT), default="")
    actor_id: Mapped[Somebody]
    created_at: Mapped[CreatedAt]


class Customer(Base):
    """A buyer whom a shop lets take on credit: the person in its book, whose limit counts.

    Whom the shop does not know yet has `promised_limit` in the place of a person: they enter the
    book by their first order on credit, and not before."""

    __tablename__ = "shop_customers"
    __table_args__ = (
        ForeignKeyConstraint(["debtor_id", "workspace_id"], ["debtors.id", "debtors.workspace_id"]),
        CheckConstraint("debtor_id IS NULL OR promised_limit IS NULL", name="promised_limit"),
        Index(None, "user_id"),
        Index(None, "debtor_id", "workspace_id"),
    )

    workspace_id: Mapped[WorkspaceId] = mapped_column(primary_key=True)
    user_id: Mapped[Buyer] = mapped_column(primary_key=True)
    debtor_id: Mapped[int | None] = mapped_column(BigInteger)
    promised_limit: Mapped[MoneyColumn | None]
    credit: Mapped[bool]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
