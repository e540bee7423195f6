"""Jobs of archives: everything into a ZIP, and back."""

from collections.abc import Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from koshelok.archive import operations
from koshelok.archive.documents import Place, new_head, write_document
from koshelok.archive.incoming import DATA, open_archive
from koshelok.archive.tables import SECTIONS, own_tables, rows_of
from koshelok.core.clock import now, today
from koshelok.core.errors import DomainError
from koshelok.debtors.operations.exports import book_tables
from koshelok.finance.queries import whole as finance
from koshelok.infra.streams import freeze, read_whole, stream
from koshelok.infra.tables import ZIP_TYPE, Table, add_table
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import operations as jobs
from koshelok.jobs.operations import Work
from koshelok.shop.operations.exports import order_tables
from koshelok.wallet.operations import wallet_tables
from koshelok.workspaces.queries import get_membership

_TOLD_EVERY = 500


def export_all(work: Work) -> None:
    """Write everything as it stands at one moment: data.json to be brought back, tables to be
    read, receipts as files, and what is what."""
    workspace_id, words = work.params["workspace"], work.params["words"]
    with unit_of_work():
        freeze()
        work.advance(0, 2 * finance.count_records(workspace_id))
        with (
            work.open_file(f"koshelok-{today():%Y-%m-%d}.zip", ZIP_TYPE) as path,
            ZipFile(path, "w", ZIP_DEFLATED) as archive,
        ):
            archive.writestr("README.txt", words["readme"])
            head = _head(work)
            with read_whole():
                with archive.open(DATA, "w", force_zip64=True) as to:
                    count = write_document(to, head, _sections(work, workspace_id))
                _write_tables(archive, work, own_tables(workspace_id, words))
                _write_receipts(archive, workspace_id)
            _write_tables(archive, work, _others(work, words))
    work.done = work.total = count
    work.result = {"rows": count}


def import_all(work: Work) -> None:
    """Bring an archive into an empty workspace, whole or not at all."""
    name = work.params["file"]
    try:
        with open_archive(operations.find_file(name=name)) as archive, unit_of_work():
            count = operations.bring_archive(
                actor_id=work.owner_id, workspace_id=work.params["workspace"], archive=archive,
                language=work.params["language"], progress=work.advance,
            )  # fmt: skip
    except DomainError:  # the same file would be refused again
        jobs.drop_upload(name=name)
        raise
    jobs.drop_upload(name=name)
    work.done = work.total = count
    work.result = {"rows": count}


def _head(work: Work) -> Any:
    place = get_membership(work.owner_id, work.params["workspace"]).workspace
    told = Place(
        name=place.name, kind=place.kind, time_zone=place.time_zone, month_start=place.month_start
    )
    return new_head(told, now())


def _sections(work: Work, workspace_id: int) -> Iterator[tuple[str, Iterator[Any]]]:
    for name, section in SECTIONS.items():
        yield name, _counted(work, rows_of(section, workspace_id))


def _counted(work: Work, rows: Iterator[Any]) -> Iterator[Any]:
    for place, row in enumerate(rows, start=1):
        yield row
        if place % _TOLD_EVERY == 0:
            _tell(work, work.done + _TOLD_EVERY)


def _others(work: Work, words: dict[str, Any]) -> Iterator[Table]:
    """What is in the archive to be read only."""
    yield from book_tables(workspace_id=work.params["workspace"], words=words["debtors"])
    if work.params["own"]:
        yield from wallet_tables(owner_id=work.owner_id, words=words["wallet"])
        yield from order_tables(buyer_id=work.owner_id, words=words["shop"])


def _write_tables(archive: ZipFile, work: Work, tables: Iterator[Table]) -> None:
    for table in tables:
        before = work.done
        add_table(archive, table, lambda done: _tell(work, before + done), "tables/")  # noqa: B023


def _tell(work: Work, done: int) -> None:
    work.advance(done, max(done, work.total or 0))


def _write_receipts(archive: ZipFile, workspace_id: int) -> None:
    """As they are: pictures and PDF are compressed already."""
    for place, kind, file in stream(finance.select_receipt_files(workspace_id)):
        path = finance.path_of(file)
        if path.exists():
            archive.write(path, finance.archived_file(place, kind), ZIP_STORED)
