"""The trash: what was deleted of a workspace in the last days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import tuple_

from koshelok.core.clock import now
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.finance.models import Transaction
from koshelok.finance.queries.transactions import Record, select_records
from koshelok.infra.db import session
from koshelok.ledger.queries import reversal_of


@dataclass(frozen=True, slots=True)
class Gone:
    """A deleted record, and when it was deleted."""

    record: Record
    deleted_at: datetime


def list_trash(
    workspace_id: int, *, kept: timedelta, limit: int, cursor: str | None = None
) -> Page[Gone]:
    """What was deleted within so many days, the latest first; raises BadCursor."""
    query = (
        select_records()
        .add_columns(Transaction.deleted_at)
        .where(
            Transaction.workspace_id == workspace_id,
            Transaction.deleted_at > now() - kept,
            ~reversal_of(Transaction.transfer_id),  # what was taken back does not come back
        )
    )
    if cursor:
        after = decode_cursor(cursor, datetime, int)
        query = query.where(tuple_(Transaction.deleted_at, Transaction.id) < tuple_(*after))
    order = (Transaction.deleted_at.desc(), Transaction.id.desc())
    found = session.execute(query.order_by(*order).limit(limit + 1)).all()
    rows = [Gone(Record(*row[:-1]), row[-1]) for row in found[:limit]]
    if len(found) <= limit:
        return Page(rows, None)
    return Page(rows, encode_cursor(rows[-1].deleted_at, rows[-1].record.id))
