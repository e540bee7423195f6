"""Asking for a history as a file; koshelok.wallet.tasks writes it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from koshelok.audit import operations as audit
from koshelok.jobs import operations as jobs
from koshelok.wallet.errors import UnknownFormat
from koshelok.wallet.queries import TransferFilters, list_transfers

if TYPE_CHECKING:
    from koshelok.jobs.models import Job

KIND = "transfers_export"
TASK = "koshelok.wallet.tasks.export_transfers"
FORMATS = ("csv", "xlsx")
_READ: dict[str, Callable[[str], Any]] = {
    "card": UUID,
    "start_date": date.fromisoformat,
    "end_date": date.fromisoformat,
    "min_amount": Decimal,
    "max_amount": Decimal,
}


def start_export(
    *, actor_id: int, format: str, filters: TransferFilters, words: dict[str, Any]
) -> "Job":
    """Begin to write the actor's transfers into a file; `words` are its texts in their language:
    `header` (a list) and, by the codes that they stand for, `type`, `direction` and `status`.

    Raises UnknownFormat, TooManyJobs, and what list_transfers refuses.
    """
    if format not in FORMATS:
        raise UnknownFormat
    list_transfers(actor_id, filters, limit=1)
    narrowed = {name: str(value) for name, value in asdict(filters).items() if value is not None}
    params = {"format": format, "filters": narrowed, "words": words}
    job = jobs.start_job(actor_id=actor_id, kind=KIND, task=TASK, params=params)
    audit.record(
        action="transfers.exported",
        actor_id=actor_id,
        subject_type="job",
        subject_id=job.id,
        details={"format": format, **narrowed},
    )
    return job


def read_filters(narrowed: dict[str, str]) -> TransferFilters:
    """The filters of a started export."""
    values = {name: _READ.get(name, str)(text) for name, text in narrowed.items()}
    return TransferFilters(**values)
