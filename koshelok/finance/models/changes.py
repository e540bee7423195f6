"""What was changed, by whom, and what it was before: the way back."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.finance.models.records import COMMENT_LIMIT
from koshelok.infra.columns import BigId, CreatedAt, Instant, MoneyColumn, WorkspaceId
from koshelok.infra.db import Base


class Change(Base):
    """One step of one person, over one row or a hundred thousand, undone and redone as one.

    Of records, `transaction_versions` hold the other state; of other rows, `details["rows"]` do.
    A changed record's `updated_at` is the change's `created_at`: that tells whether it has been
    changed since.
    """

    __tablename__ = "changes"
    __table_args__ = (
        CheckConstraint("count >= 0", name="count"),
        Index(None, "workspace_id", "id"),
        Index(None, "actor_id"),
        Index(None, "undone_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    kind: Mapped[str] = mapped_column(String(20))
    count: Mapped[int] = mapped_column(default=1)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    actor_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]
    undone_at: Mapped[Instant | None]
    undone_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )


class TransactionVersion(Base):
    """A record's other state: what it was before its change or, once that is undone, after it.

    `updated_at` stays what it was before the change. `deleted_at` here and there is how a change
    makes a record (a split, an import) and takes it away.
    """

    __tablename__ = "transaction_versions"
    __table_args__ = (
        Index(None, "transaction_id"),
        Index(None, "category_id"),
        Index(None, "change_id"),
    )

    id: Mapped[BigId]
    change_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("changes.id", ondelete="CASCADE"))
    transaction_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("transactions.id", ondelete="CASCADE")
    )
    category_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("categories.id", ondelete="CASCADE")
    )
    amount: Mapped[MoneyColumn]
    comment: Mapped[str] = mapped_column(String(COMMENT_LIMIT))
    date: Mapped[date]
    deleted_at: Mapped[Instant | None]
    split_id: Mapped[UUID | None]
    rule_id: Mapped[int | None] = mapped_column(BigInteger)
    updated_at: Mapped[Instant]
