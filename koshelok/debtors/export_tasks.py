"""The job that writes the whole book into a file."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from koshelok.core.clock import TASHKENT, today
from koshelok.debtors.queries import book
from koshelok.infra.tables import XLSX_TYPE, ZIP_TYPE, Row, Table, write_workbook, write_zip
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs.operations import Work

_WRITERS = {"xlsx": (write_workbook, XLSX_TYPE), "zip": (write_zip, ZIP_TYPE)}
_Words = dict[str, Any]


def export_book(work: Work) -> None:
    """Write people, debts, payments and allocations as they stand at one moment."""
    words, format_ = work.params["words"], work.params["format"]
    write, content_type = _WRITERS[format_]
    with unit_of_work():
        book.freeze()
        work.advance(0, book.count_book(work.params["workspace"]))
        with work.open_file(f"{words['file']}-{today():%Y-%m-%d}.{format_}", content_type) as path:
            count = write(path, _tables(work.params["workspace"], words), work.advance)
    work.total = work.done
    work.result = {"rows": count}


def _tables(workspace_id: int, words: _Words) -> Iterator[Table]:
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
