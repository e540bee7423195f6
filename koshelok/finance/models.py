"""Categories, records, their earlier versions, and the totals that the database keeps."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
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

NAME_LIMIT = 60
COMMENT_LIMIT = 1000
FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2200, 12, 31)
EVER = date(1, 1, 1)
_LIVE = text("deleted_at IS NULL")


class Type(StrEnum):
    """Which way the money goes."""

    INCOME = "income"
    EXPENSE = "expense"


class Grain(StrEnum):
    """The span of a total: a day, a month, or all time (whose period starts at EVER)."""

    DAY = "day"
    MONTH = "month"
    ALL = "all"


class Category(Base):
    """What money comes from or goes to; archived rather than lost once it has records."""

    __tablename__ = "categories"
    __table_args__ = (
        CheckConstraint("type IN ('income', 'expense')", name="type"),
        CheckConstraint("btrim(name) <> ''", name="name_not_blank"),
        UniqueConstraint("id", "workspace_id", "type"),
        Index(
            "uq_categories_name",
            "workspace_id",
            "type",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("archived_at IS NULL"),
        ),
        Index(
            "uq_categories_code",
            "workspace_id",
            "code",
            unique=True,
            postgresql_where=text("code IS NOT NULL"),
        ),
        Index(None, "workspace_id", "id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    type: Mapped[str] = mapped_column(String(7))
    code: Mapped[str | None] = mapped_column(String(20))
    archived_at: Mapped[Instant | None]
    last_used_at: Mapped[Instant | None]
    created_at: Mapped[CreatedAt]
    search: Mapped[str] = mapped_column(
        TSVECTOR, Computed("search_vector(workspace_id, name)", persisted=True), deferred=True
    )


class Transaction(Base):
    """One income or expense. Its type is its category's: the composite key sees to it."""

    __tablename__ = "transactions"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("date BETWEEN '1970-01-01' AND '2200-12-31'", name="date_range"),
        ForeignKeyConstraint(
            ["category_id", "workspace_id", "type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
        ),
        Index(
            "ix_transactions_list",
            "workspace_id",
            text("date DESC"),
            text("id DESC"),
            postgresql_where=_LIVE,
        ),
        Index(
            "ix_transactions_type",
            "workspace_id",
            "type",
            text("date DESC"),
            text("id DESC"),
            postgresql_where=_LIVE,
        ),
        Index("ix_transactions_category", "category_id", text("date DESC"), text("id DESC")),
        Index(None, "created_by_id"),
        Index("ix_transactions_amount", "workspace_id", "amount", postgresql_where=_LIVE),
        Index(
            "uq_transactions_transfer",
            "transfer_id",
            "workspace_id",
            unique=True,
            postgresql_where=text("transfer_id IS NOT NULL"),
        ),
        Index(
            "ix_transactions_search",
            "search",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    category_id: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(7))
    amount: Mapped[MoneyColumn]
    comment: Mapped[str] = mapped_column(String(COMMENT_LIMIT), default="")
    date: Mapped[date]
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    deleted_at: Mapped[Instant | None]
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    search: Mapped[str] = mapped_column(
        TSVECTOR, Computed("search_vector(workspace_id, comment)", persisted=True), deferred=True
    )


class TransactionVersion(Base):
    """What a record was before an edit; undo puts it back."""

    __tablename__ = "transaction_versions"
    __table_args__ = (
        Index(None, "transaction_id"),
        Index(None, "category_id"),
        Index(None, "edited_by_id"),
    )

    id: Mapped[BigId]
    transaction_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("transactions.id", ondelete="CASCADE")
    )
    category_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("categories.id", ondelete="CASCADE")
    )
    amount: Mapped[MoneyColumn]
    comment: Mapped[str] = mapped_column(String(COMMENT_LIMIT))
    date: Mapped[date]
    edited_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]


class CategoryTotal(Base):
    """What a category's live records of a span sum to; written by triggers only."""

    __tablename__ = "category_totals"
    __table_args__ = (
        CheckConstraint("grain IN ('day', 'month', 'all')", name="grain"),
        Index(None, "category_id"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    workspace_id: Mapped[WorkspaceId] = mapped_column(primary_key=True)
    grain: Mapped[str] = mapped_column(String(5), primary_key=True)
    period_start: Mapped[date] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("categories.id", ondelete="CASCADE"), primary_key=True
    )
    amount: Mapped[Decimal] = mapped_column(Numeric(24, 2))
    count: Mapped[int] = mapped_column(BigInteger)
