"""Jobs of the worker: run one piece of long work, find the lost, forget the old."""

import logging
from importlib import import_module
from uuid import UUID

from koshelok.core.errors import DomainError
from koshelok.infra.db import session
from koshelok.infra.queue import queue
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import operations
from koshelok.jobs.errors import Superseded
from koshelok.jobs.operations import Work

logger = logging.getLogger(__name__)


def run(job_id: str) -> None:
    """Run a job unless another worker has it; whatever comes of it is in its row."""
    with unit_of_work():
        work = operations.claim_job(job_id=UUID(job_id))
    if work is None:
        return
    try:
        _carry_out(work)
        operations.finish_job(work=work)
    except Superseded:
        session.rollback()
        logger.warning("job %s goes on in another worker", job_id)
    except Exception as error:
        session.rollback()
        if not isinstance(error, DomainError):
            logger.exception("job %s (%s) failed", job_id, work.task)
        _fail(work, error)


def _carry_out(work: Work) -> None:
    module, _, name = work.task.rpartition(".")
    task = getattr(import_module(module), name)
    with work.heartbeat():
        task(work)


def _fail(work: Work, error: Exception) -> None:
    try:
        operations.fail_job(work=work, error=error)
    except Superseded:
        logger.warning("job %s goes on in another worker", work.id)


def sweep() -> int:
    """Enqueue what a dead Redis or a killed worker left lying; answers how many."""
    with unit_of_work():
        waiting = operations.requeue_lost()
    queued = set(queue().job_ids)
    lost = [job_id for job_id in waiting if str(job_id) not in queued]
    for job_id in lost:
        operations.enqueue_job(job_id=job_id)
    return len(lost)


def forget_old() -> int:
    """Delete what is past its keeping."""
    with unit_of_work():
        return operations.forget_old()
