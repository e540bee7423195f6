"""Jobs of the wallet: cards expire by the clock, histories are written into files."""

from collections.abc import Iterator

from koshelok.core.clock import today
from koshelok.infra.tables import CSV_TYPE, XLSX_TYPE, write_csv, write_xlsx
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs.operations import Work
from koshelok.wallet import operations, queries
from koshelok.wallet.queries import TransferFilters, TransferView

AT_ONCE = 1000
_WRITERS = {"csv": (write_csv, CSV_TYPE), "xlsx": (write_xlsx, XLSX_TYPE)}


def expire() -> int:
    """Expire the cards that are past their date; answers how many."""
    count = 0
    while True:
        with unit_of_work():
            expired = operations.expire_cards()
        if not expired:
            return count
        count += expired


def export_transfers(work: Work) -> None:
    """Write a person's transfers into a file, the newest first."""
    filters = operations.read_filters(work.params["filters"])
    with unit_of_work():
        total = queries.count_transfers(work.owner_id, filters)
    work.advance(0, total)
    write, content_type = _WRITERS[work.params["format"]]
    name = f"koshelok-{today():%Y-%m-%d}.{work.params['format']}"
    words = work.params["words"]
    rows = (
        operations.transfer_row(transfer=transfer, words=words)
        for transfer in _all(work.owner_id, filters)
    )
    with work.open_file(name, content_type) as path:
        count = write(path, words["header"], rows, work.advance)
    work.total = work.done
    work.result = {"rows": count}


def _all(owner_id: int, filters: TransferFilters) -> Iterator[TransferView]:
    cursor: str | None = None
    while True:
        with unit_of_work():
            page = queries.list_transfers(owner_id, filters, limit=AT_ONCE, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return
