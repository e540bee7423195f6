"""What the shop shows and tells its debtors, and what they answer."""

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.debtors.models.book import NOTE_LIMIT, Somebody
from koshelok.infra.columns import BigId, CreatedAt, Instant, WorkspaceId
from koshelok.infra.db import Base


class Link(Base):
    """A door to one debtor's statement without an account. The address carries a signature of
    `id`; the row says until when it opens, and that it was shut."""

    __tablename__ = "debtor_links"
    __table_args__ = (
        ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            ondelete="CASCADE",
        ),
        Index(None, "debtor_id", "id"),
        Index(None, "workspace_id"),
        Index(None, "created_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    debtor_id: Mapped[int] = mapped_column(BigInteger)
    created_by_id: Mapped[Somebody]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
    opened_at: Mapped[Instant | None]
    sent_at: Mapped[Instant | None]


class Dispute(Base):
    """An entry that the debtor marked as wrong, until the shop has settled it."""

    __tablename__ = "debt_disputes"
    __table_args__ = (
        CheckConstraint("num_nonnulls(debt_id, payment_id) = 1", name="one_entry"),
        ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["debt_id", "debtor_id"], ["debts.id", "debts.debtor_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["payment_id", "debtor_id"], ["payments.id", "payments.debtor_id"], ondelete="CASCADE"
        ),
        Index(
            "uq_debt_disputes_debt",
            "debt_id",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index(
            "uq_debt_disputes_payment",
            "payment_id",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index(None, "debtor_id", "id"),
        Index(
            "ix_debt_disputes_open",
            "workspace_id",
            "id",
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index(None, "resolved_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    debtor_id: Mapped[int] = mapped_column(BigInteger)
    debt_id: Mapped[int | None] = mapped_column(BigInteger)
    payment_id: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(NOTE_LIMIT), default="")
    created_at: Mapped[CreatedAt]
    resolved_at: Mapped[Instant | None]
    resolved_by_id: Mapped[Somebody]


class Occasion(StrEnum):
    """Why a debtor was written to; a receipt answers an entry, a link opens the statement."""

    BEFORE = "before"
    DUE = "due"
    LATE = "late"
    ASKED = "asked"
    RECEIPT = "receipt"
    LINK = "link"


IS_REMINDER = "occasion NOT IN ('receipt', 'link')"


class Reminder(Base):
    """What a debtor was told: a reminder at most once a day, a receipt after each entry, a link
    (without its address, which lets in whoever has it)."""

    __tablename__ = "debt_reminders"
    __table_args__ = (
        CheckConstraint(
            "occasion IN ('before', 'due', 'late', 'asked', 'receipt', 'link')", name="occasion"
        ),
        ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            ondelete="CASCADE",
        ),
        Index(
            "uq_debt_reminders_day",
            "debtor_id",
            "day",
            unique=True,
            postgresql_where=text(IS_REMINDER),
        ),
        Index(None, "debtor_id", "id"),
        Index(None, "workspace_id", "day"),
        Index(None, "message_id"),
        Index(None, "created_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    debtor_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]
    occasion: Mapped[str] = mapped_column(String(7))
    text: Mapped[str] = mapped_column(String(1000))
    message_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("messages.id", ondelete="SET NULL")
    )
    created_by_id: Mapped[Somebody]
    created_at: Mapped[CreatedAt]
