"""A file of records that was brought in, and its rows while they are looked at."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.finance.models.records import COMMENT_LIMIT, EXTERNAL_LIMIT, NAME_LIMIT
from koshelok.infra.columns import CreatedAt, MoneyColumn, PublicId, WorkspaceId
from koshelok.infra.db import Base


class ImportStatus(StrEnum):
    """How far an import is."""

    READING = "reading"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Import(Base):
    """One file. `mapping` is how it is read, `counts` what is to come of its rows, then what came;
    `job_id` is the work under way; `change_id` is how all of it is taken back at once."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(
            "status IN ('reading', 'ready', 'running', 'done', 'failed')", name="status"
        ),
        Index(None, "workspace_id", "id"),
        Index(None, "created_by_id"),
        Index(None, "job_id"),
        Index(None, "change_id"),
    )

    id: Mapped[PublicId]
    workspace_id: Mapped[WorkspaceId]
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]
    file: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(String(200))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    status: Mapped[str] = mapped_column(String(7), default=ImportStatus.READING)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    change_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("changes.id", ondelete="SET NULL")
    )


class ImportRow(Base):
    """A row of a file between reading and saving; gone once the import is over. Unlogged: after a
    crash the file is read again."""

    __tablename__ = "import_rows"
    __table_args__ = (
        CheckConstraint("status IN ('new', 'duplicate', 'wrong')", name="status"),
        Index(None, "import_id", "status", "number"),
        Index(None, "category_id"),
        {"prefixes": ["UNLOGGED"]},
    )

    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(9))
    type: Mapped[str | None] = mapped_column(String(7))
    amount: Mapped[MoneyColumn | None]
    date: Mapped[date | None]
    comment: Mapped[str] = mapped_column(String(COMMENT_LIMIT), default="")
    category_name: Mapped[str] = mapped_column(String(NAME_LIMIT), default="")
    category_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("categories.id", ondelete="CASCADE")
    )
    rule_id: Mapped[int | None] = mapped_column(BigInteger)
    external_id: Mapped[str | None] = mapped_column(String(EXTERNAL_LIMIT))
    wrong: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    cells: Mapped[list[str] | None] = mapped_column(JSONB)  # of a wrong row, to be mended
