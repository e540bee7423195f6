"""Statements given out as files: noted in the history; a long one is written by the worker."""

from datetime import date
from typing import TYPE_CHECKING, Any

from koshelok.audit import operations as audit
from koshelok.debtors.errors import UnknownFormat
from koshelok.debtors.queries import summarize
from koshelok.jobs import operations as jobs

if TYPE_CHECKING:
    from koshelok.jobs.models import Job

KIND = "statement"
TASK = "koshelok.debtors.tasks.write_statement"
FORMATS = ("pdf", "csv", "xlsx")


def note_statement(
    *,
    actor_id: int,
    workspace_id: int,
    debtor_id: int,
    format: str,
    start: date | None,
    end: date | None,
) -> None:
    """Note that a statement was given out as a file. Raises UnknownFormat."""
    if format not in FORMATS:
        raise UnknownFormat
    audit.record(
        action="statement.exported",
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="debtor",
        subject_id=debtor_id,
        details={"format": format, **_days(start, end)},
    )


def start_statement(
    *,
    actor_id: int,
    workspace_id: int,
    debtor_id: int,
    format: str,
    start: date | None,
    end: date | None,
    words: dict[str, Any],
) -> "Job":
    """Begin to write a statement into a file; `words` are its texts in the actor's language.

    Raises UnknownFormat, TooManyJobs, and what queries.summarize refuses.
    """
    end = summarize(workspace_id, debtor_id, start, end).end
    note_statement(
        actor_id=actor_id, workspace_id=workspace_id, debtor_id=debtor_id, format=format,
        start=start, end=end,
    )  # fmt: skip
    params = {
        "format": format,
        "workspace": workspace_id,
        "debtor": debtor_id,
        "words": words,
        **_days(start, end),
    }
    return jobs.start_job(actor_id=actor_id, kind=KIND, task=TASK, params=params)


def read_days(params: dict[str, Any]) -> tuple[date | None, date | None]:
    """The days of a started statement."""
    start, end = (params.get(name) for name in ("start", "end"))
    return start and date.fromisoformat(start), end and date.fromisoformat(end)


def _days(start: date | None, end: date | None) -> dict[str, str]:
    return {name: day.isoformat() for name, day in (("start", start), ("end", end)) if day}
