"""A file that was brought in, so that it can be taken out again."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.debtors.models.book import Somebody
from koshelok.infra.columns import CreatedAt, Instant, PublicId, WorkspaceId
from koshelok.infra.db import Base


class ImportStatus(StrEnum):
    """How far an import is."""

    UPLOADED = "uploaded"
    RUNNING = "running"
    DONE = "done"
    REVERTING = "reverting"
    REVERTED = "reverted"


class Import(Base):
    """One file of debtors. `mapping` is how it is read (previews.plan), `counts` what is to come of
    its rows, then what came. The job that `job_id` names imports it, or takes it back."""

    __tablename__ = "debt_imports"
    __table_args__ = (
        CheckConstraint(
            "status IN ('uploaded', 'running', 'done', 'reverting', 'reverted')", name="status"
        ),
        Index(None, "workspace_id", "id"),
        Index(None, "created_by_id"),
        Index(None, "job_id"),
    )

    id: Mapped[PublicId]
    workspace_id: Mapped[WorkspaceId]
    created_by_id: Mapped[Somebody]
    created_at: Mapped[CreatedAt]
    file: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(String(200))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    status: Mapped[str] = mapped_column(String(9), default=ImportStatus.UPLOADED)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    reverted_at: Mapped[Instant | None]
