"""Reads of long work; another's job is absent."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from koshelok.core.clock import now
from koshelok.core.errors import NotFound
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.infra.db import session
from koshelok.jobs.models import Job, Status

ENQUEUED_WITHIN = timedelta(seconds=30)


def get_job(owner_id: int, job_id: UUID) -> Job:
    """One of the person's own; raises NotFound."""
    found = session.scalar(select(Job).where(Job.id == job_id, Job.owner_id == owner_id))
    if found is None:
        raise NotFound
    return found


def is_unfinished(job_id: UUID | None) -> bool:
    """Whether a job, anybody's, still waits or runs."""
    job = session.get(Job, job_id, populate_existing=True) if job_id else None
    return job is not None and job.unfinished


def list_jobs(owner_id: int, *, limit: int, cursor: str | None = None) -> Page[Job]:
    """The person's own, the newest first."""
    query = select(Job).where(Job.owner_id == owner_id).order_by(Job.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(Job.id < decode_cursor(cursor, UUID)[0])
    rows = session.scalars(query).all()
    more = len(rows) > limit
    return Page(rows[:limit], encode_cursor(rows[limit - 1].id) if more else None)


def list_jobs_of_kind(kind: str, *, limit: int) -> Sequence[Job]:
    """Everybody's work of one kind, the newest first; who may see it is the caller's business."""
    return session.scalars(
        select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(limit)
    ).all()


def count_unfinished(owner_id: int) -> int:
    """How much of this person's work waits or runs."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Job)
            .where(Job.owner_id == owner_id, Job.status.in_([Status.QUEUED, Status.RUNNING]))
        )
        or 0
    )


def list_waiting() -> Sequence[UUID]:
    """Ids of the jobs that should have been begun by now, the oldest first."""
    return session.scalars(
        select(Job.id)
        .where(Job.status == Status.QUEUED, Job.created_at < now() - ENQUEUED_WITHIN)
        .order_by(Job.created_at)
    ).all()
