"""What comes again and again."""

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.finance.models.records import COMMENT_LIMIT
from koshelok.infra.columns import BigId, CreatedAt, Instant, MoneyColumn, WorkspaceId
from koshelok.infra.db import Base


class Unit(StrEnum):
    """What the distance between two occurrences is counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Recurrence(Base):
    """A record that is expected every so often. `next_on` is the first day neither confirmed nor
    skipped, and nothing once it has ended; days are counted from `starts_on`, so that the 31st
    comes back after a short month. One stopped from its beginning is a suggestion declined."""

    __tablename__ = "recurrences"
    __table_args__ = (
        CheckConstraint("type IN ('income', 'expense')", name="type"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("unit IN ('day', 'week', 'month')", name="unit"),
        CheckConstraint("every BETWEEN 1 AND 366", name="every"),
        CheckConstraint("starts_on BETWEEN '1970-01-01' AND '2200-12-31'", name="starts_on"),
        CheckConstraint("ends_on BETWEEN starts_on AND '2200-12-31'", name="ends_on"),
        CheckConstraint(
            "next_on >= starts_on AND (ends_on IS NULL OR next_on <= ends_on)", name="next_on"
        ),
        ForeignKeyConstraint(
            ["category_id", "workspace_id", "type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
        ),
        Index("ix_recurrences_next", "workspace_id", "next_on"),
        Index(None, "category_id"),
        Index(None, "created_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    category_id: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(7))
    amount: Mapped[MoneyColumn]
    comment: Mapped[str] = mapped_column(String(COMMENT_LIMIT), default="")
    unit: Mapped[str] = mapped_column(String(5))
    every: Mapped[int] = mapped_column(SmallInteger, default=1)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    next_on: Mapped[date | None]
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]
    stopped_at: Mapped[Instant | None]
