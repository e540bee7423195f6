"""Starting long work, carrying it out, finding what a killed worker left."""

from koshelok.jobs.operations.jobs import (
    claim_job,
    enqueue_job,
    fail_job,
    finish_job,
    forget_jobs,
    forget_old,
    requeue_lost,
    start_job,
)
from koshelok.jobs.operations.uploads import drop_upload, find_upload, keep_upload
from koshelok.jobs.operations.work import Work

__all__ = [
    "Work",
    "claim_job",
    "drop_upload",
    "enqueue_job",
    "fail_job",
    "find_upload",
    "finish_job",
    "forget_jobs",
    "forget_old",
    "keep_upload",
    "requeue_lost",
    "start_job",
]
