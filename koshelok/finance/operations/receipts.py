"""Receipts of records. Files are written before their row and deleted after it is gone; what a
killed process leaves is swept at night."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update

from koshelok.core.clock import now
from koshelok.core.text import clean
from koshelok.finance.errors import ReceiptInvalid, ReceiptTooLarge, TooManyReceipts
from koshelok.finance.models import Change, Receipt
from koshelok.finance.operations.changes import WAYS_BACK, note_change
from koshelok.finance.queries.receipts import get_receipt
from koshelok.finance.queries.transactions import get_transaction
from koshelok.finance.receipts import (
    MAX_BYTES,
    MAX_FILES,
    Stored,
    find_settled,
    remove_receipt_files,
    save_receipt,
)
from koshelok.infra.db import session
from koshelok.infra.pictures import Unreadable
from koshelok.infra.unit_of_work import after_commit, after_rollback

ADDED, REMOVED = "receipt_added", "receipt_removed"
NAME_LIMIT = 120
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as a person brought it: what it was called, and its bytes."""

    name: str
    data: bytes


def attach_receipt(
    *, actor_id: int, workspace_id: int, transaction_id: int, name: str, data: bytes
) -> int:
    """Attach one; raises as attach_receipts, and answers the change."""
    return attach_receipts(
        actor_id=actor_id, workspace_id=workspace_id, transaction_id=transaction_id,
        files=[Brought(name, data)],
    )  # fmt: skip


def attach_receipts(
    *, actor_id: int, workspace_id: int, transaction_id: int, files: Sequence[Brought]
) -> int:
    """Attach photos and PDFs to a record, all of them or none; answers the change.

    The record is locked while they are counted, not while they are made, which takes seconds.
    Raises NotFound, ReceiptTooLarge, ReceiptInvalid, TooManyReceipts.
    """
    get_transaction(workspace_id, transaction_id)
    check_room(transaction_id=transaction_id, more=len(files))
    stored = [_store(file) for file in files]
    get_transaction(workspace_id, transaction_id, lock=True)
    check_room(transaction_id=transaction_id, more=len(files))
    receipts = [
        Receipt(
            workspace_id=workspace_id,
            transaction_id=transaction_id,
            kind=each.kind,
            name=receipt_name(name=file.name),
            file=each.file,
            size=each.size,
            created_by_id=actor_id,
        )
        for file, each in zip(files, stored, strict=True)
    ]
    session.add_all(receipts)
    session.flush()
    return _note(actor_id, workspace_id, transaction_id, ADDED, [each.id for each in receipts])


def remove_receipt(*, actor_id: int, workspace_id: int, receipt_id: UUID) -> int:
    """Take a receipt away; answers the change, which undo takes back for 30 days.

    Raises NotFound, also for one of a deleted record.
    """
    receipt = get_receipt(workspace_id, receipt_id, lock=True)
    transaction_id = get_transaction(workspace_id, receipt.transaction_id).id
    receipt.deleted_at = now()
    session.flush()
    return _note(actor_id, workspace_id, transaction_id, REMOVED, [receipt_id])


def drop_receipt_files(*, transactions: Select[int]) -> None:
    """Delete the files of the receipts of these records (a select of their ids) once this is
    committed: whoever deletes the records for ever says so first."""
    for file in session.scalars(
        select(Receipt.file).where(Receipt.transaction_id.in_(transactions))
    ):
        after_commit(partial(remove_receipt_files, file))


def forget_receipts() -> int:
    """Delete receipts removed 30 days ago, and files that no row names; answers how many."""
    orphans = sum(_forget_orphans(files) for files in find_settled())
    gone = session.scalars(
        delete(Receipt).where(Receipt.deleted_at < now() - KEPT).returning(Receipt.file)
    ).all()
    for file in gone:
        after_commit(partial(remove_receipt_files, file))
    return orphans + len(gone)


def check_room(*, transaction_id: int, more: int) -> None:
    """Raise TooManyReceipts unless a record has room for so many more."""
    count = session.scalar(
        select(func.count()).where(
            Receipt.transaction_id == transaction_id, Receipt.deleted_at.is_(None)
        )
    )
    if (count or 0) + more > MAX_FILES:
        raise TooManyReceipts(limit=MAX_FILES)


def receipt_name(*, name: str) -> str:
    """What a file was called, without the folders that some browsers send, its end kept."""
    last = Path(name.replace("\\", "/")).name
    return clean(last, limit=10_000, field="receipts")[-NAME_LIMIT:]


def _store(file: Brought) -> Stored:
    if len(file.data) > MAX_BYTES:
        raise ReceiptTooLarge(limit=MAX_BYTES // (1024 * 1024))
    try:
        stored = save_receipt(file.data)
    except Unreadable as error:
        raise ReceiptInvalid from error
    after_rollback(partial(remove_receipt_files, stored.file))
    return stored


def _note(
    actor_id: int, workspace_id: int, transaction_id: int, kind: str, ids: Sequence[UUID]
) -> int:
    details = {"transaction": transaction_id, "receipts": [str(id_) for id_ in ids]}
    return note_change(
        actor_id=actor_id, workspace_id=workspace_id, kind=kind, count=len(ids), details=details
    ).id


def _turn(change: Change, redo: bool) -> int:
    """Show receipts again, or take them away again; those past their keeping are gone."""
    away = (change.kind == REMOVED) is redo
    if not away:
        get_transaction(change.workspace_id, change.details["transaction"], lock=True)
    turned = session.scalars(
        update(Receipt)
        .where(
            Receipt.id.in_([UUID(id_) for id_ in change.details["receipts"]]),
            Receipt.workspace_id == change.workspace_id,
            Receipt.deleted_at.is_(None) if away else Receipt.deleted_at.is_not(None),
        )
        .values(deleted_at=now() if away else None)
        .returning(Receipt.id)
    ).all()
    if not away:
        check_room(transaction_id=change.details["transaction"], more=0)
    return len(turned)


def _forget_orphans(files: set[str]) -> int:
    orphans = files - set(session.scalars(select(Receipt.file).where(Receipt.file.in_(files))))
    for file in orphans:
        remove_receipt_files(file)
    return len(orphans)


WAYS_BACK.update(dict.fromkeys((ADDED, REMOVED), _turn))
