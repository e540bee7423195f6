"""People, what they took, what they paid, and how the one covers the other."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Date,
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

NAME_LIMIT = 120
NOTE_LIMIT = 1000
DESCRIPTION_LIMIT = 500
REASON_LIMIT = 300
_KEPT = text("deleted_at IS NULL")
_OPEN = text("remaining > 0")
_VOIDED = text("voided_at IS NOT NULL")

Sum = Annotated[Decimal, mapped_column(Numeric(24, 2))]
Somebody = Annotated[
    int | None, mapped_column(BigInteger, ForeignKey("users.id", ondelete="SET NULL"))
]
ImportId = Annotated[UUID | None, mapped_column(ForeignKey("debt_imports.id"))]


class Status(StrEnum):
    """What of a debt is paid; derived by the database from what remains."""

    PENDING = "pending"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    VOIDED = "voided"


class Method(StrEnum):
    """How money came: cash, a card at the counter, or through our own ledger."""

    CASH = "cash"
    CARD = "card"
    KOSHELOK = "koshelok"


class Book(Base):
    """How a workspace runs its book; without a row, these defaults."""

    __tablename__ = "debt_books"
    __table_args__ = (
        CheckConstraint("due_days BETWEEN 0 AND 3650", name="due_days"),
        CheckConstraint("language IN ('uz', 'ru', 'en')", name="language"),
    )

    workspace_id: Mapped[WorkspaceId] = mapped_column(primary_key=True)
    reminders: Mapped[bool] = mapped_column(default=False)
    receipts: Mapped[bool] = mapped_column(default=False)
    due_days: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(2), default="uz")


class Debtor(Base):
    """A person who takes on credit. The sums follow debts and payments by triggers; money is
    owed one way only: open debts and credit never stand together."""

    __tablename__ = "debtors"
    __table_args__ = (
        CheckConstraint("btrim(full_name) <> ''", name="name_not_blank"),
        CheckConstraint("phone_number ~ '^\\+[1-9][0-9]{6,14}$'", name="phone"),
        CheckConstraint("credit_limit > 0", name="credit_limit"),
        CheckConstraint("credit >= 0 AND debt_total >= 0", name="not_negative"),
        CheckConstraint("deleted_at IS NULL OR credit + debt_total = 0", name="put_away"),
        UniqueConstraint("id", "workspace_id"),
        Index(
            "uq_debtors_phone", "workspace_id", "phone_number", unique=True, postgresql_where=_KEPT
        ),
        Index("uq_debtors_client", "workspace_id", "client_id", unique=True),
        Index("ix_debtors_list", "workspace_id", text("id DESC"), postgresql_where=_KEPT),
        Index(
            "ix_debtors_recent",
            "workspace_id",
            text("last_entry_at DESC"),
            text("id DESC"),
            postgresql_where=_KEPT,
        ),
        Index(
            "ix_debtors_owing",
            "workspace_id",
            text("debt_total DESC"),
            text("id DESC"),
            postgresql_where=_KEPT,
        ),
        Index(
            "ix_debtors_search",
            "search",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        Index(None, "created_by_id"),
        Index(None, "import_id"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    full_name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    phone_number: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(NOTE_LIMIT), default="")
    credit_limit: Mapped[MoneyColumn | None]
    debt_total: Mapped[Sum] = mapped_column(default=0)
    credit: Mapped[Sum] = mapped_column(default=0)
    reminders: Mapped[bool] = mapped_column(default=True)
    promised_on: Mapped[date | None]
    last_entry_at: Mapped[CreatedAt]
    client_id: Mapped[UUID | None]
    import_id: Mapped[ImportId]
    created_by_id: Mapped[Somebody]
    created_at: Mapped[CreatedAt]
    deleted_at: Mapped[Instant | None]
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed("debtor_search(workspace_id, full_name, phone_number)", persisted=True),
        deferred=True,
    )


class Debt(Base):
    """What somebody took. `remaining` is the amount less the live allocations, kept by
    triggers; `aged_from` is the day from which it is late: when due, else when taken."""

    __tablename__ = "debts"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("remaining BETWEEN 0 AND amount", name="remaining"),
        CheckConstraint("voided_at IS NULL OR remaining = 0", name="voided_is_settled"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void_reason"),
        CheckConstraint("due_date BETWEEN '1970-01-01' AND '2200-12-31'", name="due_date"),
        ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("id", "debtor_id"),
        Index("uq_debts_client", "workspace_id", "client_id", unique=True),
        Index("ix_debts_open", "debtor_id", "created_at", "id", postgresql_where=_OPEN),
        Index("ix_debts_debtor", "debtor_id", text("created_at DESC"), text("id DESC")),
        Index(
            "ix_debts_debtor_status",
            "debtor_id",
            "status",
            text("created_at DESC"),
            text("id DESC"),
        ),
        Index("ix_debts_list", "workspace_id", text("created_at DESC"), text("id DESC")),
        Index(
            "ix_debts_status",
            "workspace_id",
            "status",
            text("created_at DESC"),
            text("id DESC"),
        ),
        Index(
            "ix_debts_due",
            "workspace_id",
            "aged_from",
            "debtor_id",
            postgresql_where=_OPEN,
            postgresql_include=["remaining"],
        ),
        Index("ix_debts_voided", "workspace_id", "voided_at", postgresql_where=_VOIDED),
        Index(
            "ix_debts_overdue",
            "workspace_id",
            "due_date",
            "id",
            postgresql_where=text("remaining > 0 AND due_date IS NOT NULL"),
        ),
        Index(None, "created_by_id"),
        Index(None, "voided_by_id"),
        Index(None, "import_id"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    debtor_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[MoneyColumn]
    remaining: Mapped[MoneyColumn]
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LIMIT), default="")
    due_date: Mapped[date | None]
    client_id: Mapped[UUID | None]
    import_id: Mapped[ImportId]
    created_by_id: Mapped[Somebody]
    created_at: Mapped[CreatedAt]
    voided_at: Mapped[Instant | None]
    voided_by_id: Mapped[Somebody]
    void_reason: Mapped[str | None] = mapped_column(String(REASON_LIMIT))
    status: Mapped[str] = mapped_column(
        String(14),
        Computed(
            "CASE WHEN voided_at IS NOT NULL THEN 'voided' WHEN remaining = 0 THEN 'paid' "
            "WHEN remaining < amount THEN 'partially_paid' ELSE 'pending' END",
            persisted=True,
        ),
    )
    aged_from: Mapped[date] = mapped_column(
        Date,
        Computed(
            "coalesce(due_date, (created_at AT TIME ZONE 'Asia/Tashkent')::date)", persisted=True
        ),
    )


class Payment(Base):
    """What somebody gave. `credited` is what of it covers no debt (yet), kept by triggers."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("credited BETWEEN 0 AND amount", name="credited"),
        CheckConstraint("voided_at IS NULL OR credited = 0", name="voided_is_settled"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void_reason"),
        CheckConstraint("method IN ('cash', 'card', 'koshelok')", name="method"),
        CheckConstraint("(method = 'koshelok') = (transfer_id IS NOT NULL)", name="transfer"),
        ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("id", "debtor_id"),
        Index("uq_payments_client", "workspace_id", "client_id", unique=True),
        Index("uq_payments_transfer", "transfer_id", unique=True),
        Index(
            "ix_payments_credit",
            "debtor_id",
            "created_at",
            "id",
            postgresql_where=text("credited > 0"),
        ),
        Index("ix_payments_debtor", "debtor_id", text("created_at DESC"), text("id DESC")),
        Index("ix_payments_list", "workspace_id", text("created_at DESC"), text("id DESC")),
        Index("ix_payments_voided", "workspace_id", "voided_at", postgresql_where=_VOIDED),
        Index(None, "created_by_id"),
        Index(None, "voided_by_id"),
        Index(None, "import_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    debtor_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[MoneyColumn]
    credited: Mapped[MoneyColumn]
    method: Mapped[str] = mapped_column(String(8), default=Method.CASH)
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LIMIT), default="")
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    client_id: Mapped[UUID | None]
    import_id: Mapped[ImportId]
    created_by_id: Mapped[Somebody]
    created_at: Mapped[CreatedAt]
    voided_at: Mapped[Instant | None]
    voided_by_id: Mapped[Somebody]
    void_reason: Mapped[str | None] = mapped_column(String(REASON_LIMIT))
