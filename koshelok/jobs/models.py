"""A piece of long work: who asked, how far it is, what came of it."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.infra.columns import CreatedAt, Instant, PublicId, UserId
from koshelok.infra.db import Base


class Status(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """Long work of one person. `task` is code's choice, never a person's; `message` is the
    code of a failure, whose sentence is in `result`; `attempts` counts the workers that
    began, and names the one that may write."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'done', 'failed')", name="status"),
        CheckConstraint(
            "(status IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_at"
        ),
        CheckConstraint("status <> 'running' OR heartbeat_at IS NOT NULL", name="heartbeat_at"),
        CheckConstraint("done >= 0 AND total >= 0", name="progress"),
        CheckConstraint("file IS NULL OR status = 'done'", name="file"),
        Index("ix_jobs_owner_id_id", "owner_id", "id"),
        Index(
            "ix_jobs_unfinished",
            "created_at",
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
        Index("ix_jobs_finished_at", "finished_at"),
    )

    id: Mapped[PublicId]
    owner_id: Mapped[UserId]
    kind: Mapped[str] = mapped_column(String(40))
    task: Mapped[str] = mapped_column(String(200))
    params: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    status: Mapped[str] = mapped_column(String(7), default=Status.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    message: Mapped[str] = mapped_column(String(40), default="")
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    file: Mapped[str | None] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    content_type: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[CreatedAt]
    started_at: Mapped[Instant | None]
    heartbeat_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]

    @property
    def unfinished(self) -> bool:
        """Whether its progress is worth asking again."""
        return self.status in {Status.QUEUED, Status.RUNNING}
