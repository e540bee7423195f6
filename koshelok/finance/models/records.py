"""Categories, records, and the totals that the database keeps."""

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
EXTERNAL_LIMIT = 80
FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2200, 12, 31)
EVER = date(1, 1, 1)
Day = date  # beside a column called `date`
_LIVE = text("deleted_at IS NULL")


class Type(StrEnum):
    """Which way the money goes; savings are put aside, not spent, and take no records."""

    INCOME = "income"
    EXPENSE = "expense"
    SAVING = "saving"


class Grain(StrEnum):
    """The span of a total: a day, a month, or all time (whose period starts at EVER)."""

    DAY = "day"
    MONTH = "month"
    ALL = "all"


class Category(Base):
    """What money comes from or goes to; archived rather than lost once it has records."""

    __tablename__ = "categories"
    __table_args__ = (
        CheckConstraint("type IN ('income', 'expense', 'saving')", name="type"),
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
    """One income or expense. Its type is its category's: the composite key sees to it.

    Parts of one split share `split_id`; `client_id` is the name a device gave it, `external_id`
    its bank's; an import, a rule that chose the category, or a recurrence's day may have made it.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        CheckConstraint("type IN ('income', 'expense')", name="type"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(recurrence_id IS NULL) = (occurs_on IS NULL)", name="occurrence"),
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
            "uq_transactions_client",
            "workspace_id",
            "client_id",
            unique=True,
            postgresql_where=text("client_id IS NOT NULL"),
        ),
        Index(
            "uq_transactions_external",
            "workspace_id",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL AND deleted_at IS NULL"),
        ),
        Index(
            "uq_transactions_occurrence",
            "recurrence_id",
            "occurs_on",
            unique=True,
            postgresql_where=text("recurrence_id IS NOT NULL AND deleted_at IS NULL"),
        ),
        Index("ix_transactions_split", "split_id", postgresql_where=text("split_id IS NOT NULL")),
        Index(
            "ix_transactions_import", "import_id", postgresql_where=text("import_id IS NOT NULL")
        ),
        Index("ix_transactions_rule", "rule_id", postgresql_where=text("rule_id IS NOT NULL")),
        Index(
            "ix_transactions_trash",
            "workspace_id",
            text("deleted_at DESC"),
            text("id DESC"),
            postgresql_where=text("deleted_at IS NOT NULL"),
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
    split_id: Mapped[UUID | None]
    client_id: Mapped[UUID | None]
    external_id: Mapped[str | None] = mapped_column(String(EXTERNAL_LIMIT))
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("imports.id", ondelete="SET NULL"))
    rule_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("category_rules.id", ondelete="SET NULL")
    )
    recurrence_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("recurrences.id"))
    occurs_on: Mapped[Day | None]
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed("record_vector(workspace_id, category_id, comment)", persisted=True),
        deferred=True,
    )


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
