"""The job that writes the whole book into a file."""

from koshelok.core.clock import today
from koshelok.debtors.operations.exports import book_tables
from koshelok.debtors.queries import book
from koshelok.infra.tables import XLSX_TYPE, ZIP_TYPE, write_workbook, write_zip
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs.operations import Work

_WRITERS = {"xlsx": (write_workbook, XLSX_TYPE), "zip": (write_zip, ZIP_TYPE)}


def export_book(work: Work) -> None:
    """Write people, debts, payments and allocations as they stand at one moment."""
    words, format_ = work.params["words"], work.params["format"]
    write, content_type = _WRITERS[format_]
    with unit_of_work():
        book.freeze()
        work.advance(0, book.count_book(work.params["workspace"]))
        with work.open_file(f"{words['file']}-{today():%Y-%m-%d}.{format_}", content_type) as path:
            tables = book_tables(workspace_id=work.params["workspace"], words=words)
            count = write(path, tables, work.advance)
    work.total = work.done
    work.result = {"rows": count}
