"""What people chose for which notes, and what they said to choose always."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.infra.columns import BigId, CreatedAt, Instant, WorkspaceId
from koshelok.infra.db import Base

KEY_LIMIT = 60


class CategoryMemory(Base):
    """How often a note's key (sql/learning.sql, note_keys) went into a category, and how often
    somebody moved such a record there by hand; `asked_at` is when "always?" was answered no."""

    __tablename__ = "category_memory"
    __table_args__ = (
        CheckConstraint("times >= 0 AND corrected >= 0", name="counts"),
        Index(None, "category_id"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    workspace_id: Mapped[WorkspaceId] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_LIMIT), primary_key=True)
    category_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("categories.id", ondelete="CASCADE"), primary_key=True
    )
    times: Mapped[int] = mapped_column(default=0)
    corrected: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[Instant]
    asked_at: Mapped[Instant | None]


class CategoryRule(Base):
    """Records whose note has this key always go into this category; of a type there is one."""

    __tablename__ = "category_rules"
    __table_args__ = (
        CheckConstraint("type IN ('income', 'expense')", name="type"),
        CheckConstraint("key <> ''", name="key_not_blank"),
        ForeignKeyConstraint(
            ["category_id", "workspace_id", "type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
        ),
        UniqueConstraint("workspace_id", "key", "type"),
        Index(None, "category_id"),
        Index(None, "created_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    key: Mapped[str] = mapped_column(String(KEY_LIMIT))
    category_id: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(7))
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]
