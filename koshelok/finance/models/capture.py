"""What comes with a record: a receipt, or the bank's message that it was read from."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.infra.columns import BigId, CreatedAt, Instant, MoneyColumn, PublicId, WorkspaceId
from koshelok.infra.db import Base

PAYEE_LIMIT = 200
UNREAD_LIMIT = 1000


class ReceiptKind(StrEnum):
    """What a receipt is kept as."""

    IMAGE = "image"
    PDF = "pdf"


class Receipt(Base):
    """A picture or a PDF of a record; `file` is its random name in the data folder."""

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint("kind IN ('image', 'pdf')", name="kind"),
        CheckConstraint("size > 0", name="size"),
        UniqueConstraint("file"),
        Index(None, "transaction_id"),
        Index(None, "workspace_id", "id"),
        Index(None, "created_by_id"),
    )

    id: Mapped[PublicId]
    workspace_id: Mapped[WorkspaceId]
    transaction_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("transactions.id", ondelete="CASCADE")
    )
    kind: Mapped[str] = mapped_column(String(5))
    name: Mapped[str] = mapped_column(String(120))
    file: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]
    deleted_at: Mapped[Instant | None]


class BankMessage(Base):
    """A bank's message, read into plain values; its text is kept only where it could not be
    read, and never with a code in it. `balance` is what the bank said was left on the card.

    Its record bears the fingerprint as `external_id` (queries/bank.py): one message is one live
    record, whatever became of the one that `transaction_id` remembers.
    """

    __tablename__ = "bank_messages"
    __table_args__ = (
        CheckConstraint("kind IN ('income', 'expense', 'unread')", name="kind"),
        CheckConstraint("(kind = 'unread') = (amount IS NULL)", name="amount_of_read"),
        CheckConstraint("(kind = 'unread') = (text <> '')", name="text_of_unread"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("card ~ '^[0-9]{4}$'", name="card"),
        UniqueConstraint("workspace_id", "fingerprint"),
        Index(
            "ix_bank_messages_card",
            "workspace_id",
            "card",
            text("at DESC"),
            text("id DESC"),
            postgresql_where=text("card IS NOT NULL"),
        ),
        Index(
            "ix_bank_messages_unread",
            "workspace_id",
            "id",
            postgresql_where=text("kind = 'unread' AND dismissed_at IS NULL"),
        ),
        Index(None, "transaction_id"),
        Index(None, "created_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    fingerprint: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(7))
    amount: Mapped[MoneyColumn | None]
    payee: Mapped[str] = mapped_column(String(PAYEE_LIMIT), default="")
    card: Mapped[str | None] = mapped_column(String(4))
    at: Mapped[Instant | None]
    balance: Mapped[MoneyColumn | None]
    text: Mapped[str] = mapped_column(String(UNREAD_LIMIT), default="")
    transaction_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("transactions.id", ondelete="SET NULL")
    )
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]
    dismissed_at: Mapped[Instant | None]
