"""Asking for the whole book as a file, which export_tasks writes, and its tables."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from koshelok.audit import operations as audit
from koshelok.core.clock import TASHKENT
from koshelok.debtors.errors import UnknownExport
from koshelok.debtors.queries import book
from koshelok.infra.tables import Row, Table
from koshelok.jobs import operations as jobs

if TYPE_CHECKING:
    from koshelok.jobs.models import Job

KIND = "debtors_export"
TASK = "koshelok.debtors.export_tasks.export_book"
FORMATS = ("xlsx", "zip")
_Words = dict[str, Any]


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


def book_tables(*, workspace_id: int, words: _Words) -> Iterator[Table]:
    """The whole book as tables; `words` are those of start_export."""
    for name, query, row in (
        ("people", book.select_kept, _person),
        ("debts", book.select_taken, _debt),
        ("payments", book.select_given, _payment),
        ("allocations", book.select_covered, _allocation),
    ):
        sheet, header = words["tables"][name]
        yield Table(sheet, header, _rows(book.stream(query(workspace_id)), row, words))


def _rows(found: Iterator[Any], row: Callable[..., Row], words: _Words) -> Iterator[Row]:
    return (row(words, *values) for values in found)


def _person(words: _Words, *values: Any) -> Row:
    return values


def _debt(words: _Words, id_: int, name: str, phone: str, at: datetime, *rest: Any) -> Row:
    amount, remaining, status, *told = rest
    return (id_, name, phone, _local(at), amount, remaining, words["codes"][status], *told)


def _payment(words: _Words, id_: int, name: str, phone: str, at: datetime, *rest: Any) -> Row:
    amount, credited, method, *told = rest
    return (id_, name, phone, _local(at), amount, credited, words["codes"][method], *told)


def _allocation(words: _Words, debt: int, payment: int | None, kind: str, *rest: Any) -> Row:
    amount, at, voided_at, reason = rest
    voided = _local(voided_at) if voided_at else None
    return (debt, payment, words["codes"][kind], amount, _local(at), voided, reason)


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(TASHKENT))
