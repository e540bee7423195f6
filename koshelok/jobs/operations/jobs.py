"""The life of a job: started in the caller's transaction, run once, found again if lost."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from koshelok.core.clock import now
from koshelok.core.errors import DomainError
from koshelok.infra.db import session
from koshelok.infra.queue import queue
from koshelok.infra.unit_of_work import after_commit
from koshelok.jobs import files
from koshelok.jobs.errors import TooManyJobs
from koshelok.jobs.models import Job, Status
from koshelok.jobs.operations.work import Work
from koshelok.jobs.queries import count_unfinished, list_waiting

MAX_UNFINISHED = 10
MAX_ATTEMPTS = 3
LOST_AFTER = timedelta(minutes=2)
KEPT = timedelta(days=30)
LONGEST = timedelta(hours=2)
_TASK = "koshelok.jobs.tasks.run"


def start_job(*, actor_id: int, kind: str, task: str, params: dict[str, Any]) -> Job:
    """Write work down, to be begun once this transaction has committed.

    `task` is the dotted path of a function that takes a `Work`; `params` must be JSON.
    A dead Redis delays it until the next sweep. Raises TooManyJobs.
    """
    if count_unfinished(actor_id) >= MAX_UNFINISHED:
        raise TooManyJobs
    job = Job(owner_id=actor_id, kind=kind, task=task, params=params)
    session.add(job)
    session.flush()
    job_id = job.id
    after_commit(lambda: enqueue_job(job_id=job_id))
    return job


def enqueue_job(*, job_id: UUID) -> None:
    """Hand a job to the worker; twice is harmless. Raises redis errors if Redis is down."""
    queue().enqueue(
        _TASK, str(job_id), job_id=str(job_id), job_timeout=int(LONGEST.total_seconds())
    )


def claim_job(*, job_id: UUID) -> Work | None:
    """Take a queued job for this worker; None where it is not there to be taken."""
    job = session.scalar(
        update(Job)
        .where(Job.id == job_id, Job.status == Status.QUEUED)
        .values(
            status=Status.RUNNING,
            attempts=Job.attempts + 1,
            done=0,
            total=None,
            started_at=now(),
            heartbeat_at=now(),
        )
        .returning(Job)
        .execution_options(populate_existing=True)
    )
    return Work(job) if job else None


def finish_job(*, work: Work) -> None:
    """Note what came of a run. Raises Superseded, its file dropped, where another took over."""
    try:
        work.write(
            status=Status.DONE,
            done=work.done,
            total=work.total,
            result=work.result,
            file=work.file,
            file_name=work.file_name,
            content_type=work.content_type,
            finished_at=now(),
        )
    except BaseException:
        drop_file(work=work)
        raise


def fail_job(*, work: Work, error: Exception) -> None:
    """Note why a run came to nothing: a refusal by its code and sentence, else only that it did."""
    drop_file(work=work)
    code, result = "internal_error", {}
    if isinstance(error, DomainError):
        told = {k: v if isinstance(v, int) else str(v) for k, v in error.params.items()}
        code, result = error.code, {"message": error.message, "params": told}
    work.write(status=Status.FAILED, message=code, result=result, finished_at=now())


def drop_file(*, work: Work) -> None:
    """Nobody will download it."""
    if work.file is not None:
        files.remove(work.file)


def requeue_lost() -> Sequence[UUID]:
    """Put back what killed workers left, give up what was tried too often; answers what waits."""
    lost = (Job.status == Status.RUNNING, Job.heartbeat_at < now() - LOST_AFTER)
    session.execute(
        update(Job)
        .where(*lost, Job.attempts >= MAX_ATTEMPTS)
        .values(status=Status.FAILED, message="worker_lost", finished_at=now())
    )
    session.execute(update(Job).where(*lost).values(status=Status.QUEUED))
    return list_waiting()


def forget_jobs(*, owner_id: int) -> None:
    """Delete all that was done for a person, and its files once that is committed."""
    mine = delete(Job).where(Job.owner_id == owner_id).returning(Job.file)
    for name in filter(None, session.scalars(mine).all()):
        after_commit(partial(files.remove, name))


def forget_old() -> int:
    """Delete files after a week and jobs after a month; answers how many jobs."""
    files.remove_old()
    session.execute(
        update(Job)
        .where(Job.finished_at < now() - files.KEPT, Job.file.is_not(None))
        .values(file=None)
    )
    gone = session.scalars(
        delete(Job).where(Job.finished_at < now() - KEPT).returning(Job.id)
    ).all()
    return len(gone)
