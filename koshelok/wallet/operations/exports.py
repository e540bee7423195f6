"""Asking for a history as a file, which koshelok.wallet.tasks writes, and its rows."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from koshelok.audit import operations as audit
from koshelok.core.clock import TASHKENT
from koshelok.infra.tables import Row, Table
from koshelok.jobs import operations as jobs
from koshelok.wallet.errors import UnknownFormat
from koshelok.wallet.numbers import dashed
from koshelok.wallet.queries import TransferFilters, TransferView, list_cards, list_transfers

if TYPE_CHECKING:
    from koshelok.jobs.models import Job

KIND = "transfers_export"
TASK = "koshelok.wallet.tasks.export_transfers"
FORMATS = ("csv", "xlsx")
AT_ONCE = 1000
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


def wallet_tables(*, owner_id: int, words: dict[str, Any]) -> Iterator[Table]:
    """A person's cards and all of their transfers; `words` are words.archive_words."""
    title, header = words["cards"]
    cards = (
        (dashed(card.number), card.expiry_date, words["states"].get(card.status, card.status),
         card.balance)
        for card in list_cards(owner_id)
    )  # fmt: skip
    yield Table(title, header, cards)
    rows = (transfer_row(transfer=transfer, words=words) for transfer in _transfers(owner_id))
    yield Table(words["transfers"], words["header"], rows)


def _transfers(owner_id: int) -> Iterator[TransferView]:
    cursor: str | None = None
    while True:
        page = list_transfers(owner_id, TransferFilters(), limit=AT_ONCE, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def transfer_row(*, transfer: TransferView, words: dict[str, Any]) -> Row:
    """A transfer as people read it; `words` are those of start_export."""
    at = transfer.created_at.astimezone(ZoneInfo(TASHKENT))
    return (
        at.date(),
        _clock(at),
        words["type"][transfer.type],
        words["direction"][transfer.direction],
        _number(transfer.from_number),
        _number(transfer.to_number),
        transfer.amount,
        transfer.commission,
        transfer.total,
        words["status"][transfer.status],
        transfer.description,
    )


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M:%S")


def _number(number: str | None) -> str:
    return dashed(number) if number else ""
