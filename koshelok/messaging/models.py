"""The outbox and the log of every attempt to deliver it."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.infra.columns import BigId, CreatedAt, Instant
from koshelok.infra.db import Base


class Channel(StrEnum):
    """How a message travels."""

    SMS = "sms"
    EMAIL = "email"


class Status(StrEnum):
    """Where a message is; a withheld one is written like any other and never leaves."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


class Message(Base):
    """One message to one person. Its text is blanked once nobody needs it."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("channel IN ('sms', 'email')", name="channel"),
        CheckConstraint("status IN ('queued', 'sent', 'failed', 'withheld')", name="status"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        Index(
            "ix_messages_due",
            "next_attempt_at",
            postgresql_where=text("status = 'queued'"),
        ),
        Index(None, "created_at"),
    )

    id: Mapped[BigId]
    kind: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(5))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str]
    status: Mapped[str] = mapped_column(String(8), default=Status.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[Instant]
    valid_until: Mapped[Instant | None]
    gateway: Mapped[str | None] = mapped_column(String(20))
    error: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[Instant | None]


class DeliveryAttempt(Base):
    """One try to hand a message to a gateway, and what came of it."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        CheckConstraint("outcome IN ('sent', 'retry', 'failed')", name="outcome"),
        Index(None, "message_id"),
    )

    id: Mapped[BigId]
    message_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("messages.id", ondelete="CASCADE")
    )
    at: Mapped[CreatedAt]
    gateway: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(6))
    detail: Mapped[str] = mapped_column(String(300), default="")
