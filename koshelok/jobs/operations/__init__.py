"""Starting long work, carrying it out, finding what a killed worker left."""

from koshelok.jobs.operations.jobs import (
    claim_job,
    enqueue_job,
    fail_job,
    finish_job,
    forget_old,
    requeue_lost,
    start_job,
)
from koshelok.jobs.operations.work import Work

__all__ = [
    "Work",
    "claim_job",
    "enqueue_job",
    "fail_job",
    "finish_job",
    "forget_old",
    "requeue_lost",
    "start_job",
]
