"""Asking for the whole book as a file; koshelok.debtors.export_tasks writes it."""

from typing import TYPE_CHECKING, Any

from koshelok.audit import operations as audit
from koshelok.debtors.errors import UnknownExport
from koshelok.jobs import operations as jobs

if TYPE_CHECKING:
    from koshelok.jobs.models import Job

KIND = "debtors_export"
TASK = "koshelok.debtors.export_tasks.export_book"
FORMATS = ("xlsx", "zip")


def start_export(*, actor_id: int, workspace_id: int, format: str, words: dict[str, Any]) -> "Job":
    """Begin to write people, debts, payments and what covers what into one file; `words` are its
    texts in the reader's language (import_words.export_words). Raises UnknownExport, TooManyJobs.
    """
    if format not in FORMATS:
        raise UnknownExport
    params = {"workspace": workspace_id, "format": format, "words": words}
    job = jobs.start_job(actor_id=actor_id, kind=KIND, task=TASK, params=params)
    audit.record(
        action="debtors.exported",
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="job",
        subject_id=job.id,
        details={"format": format},
    )
    return job
