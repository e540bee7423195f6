"""Reads of single records and their earlier versions."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, select

from koshelok.core.errors import NotFound
from koshelok.finance.models import Category, Transaction
from koshelok.infra.db import session


@dataclass(frozen=True, slots=True)
class Record:
    """A record as lists and the API show it, the transfer that made it, and the split it is of."""

    id: int
    category: int
    category_name: str
    code: str | None
    type: str
    amount: Decimal
    comment: str
    date: date
    created_at: datetime
    transfer_id: UUID | None = None
    split_id: UUID | None = None


def select_records() -> Select[
    int, int, str, str | None, str, Decimal, str, date, datetime, UUID | None, UUID | None
]:
    """The columns of Record, in its order."""
    return select(
        Transaction.id,
        Transaction.category_id,
        Category.name,
        Category.code,
        Transaction.type,
        Transaction.amount,
        Transaction.comment,
        Transaction.date,
        Transaction.created_at,
        Transaction.transfer_id,
        Transaction.split_id,
    ).join(Category, Category.id == Transaction.category_id)


def get_record(workspace_id: int, transaction_id: int) -> Record:
    """One live record; raises NotFound."""
    row = session.execute(
        select_records().where(
            Transaction.id == transaction_id,
            Transaction.workspace_id == workspace_id,
            Transaction.deleted_at.is_(None),
        )
    ).first()
    if row is None:
        raise NotFound
    return Record(*row)


def find_record_of_transfer(workspace_id: int, transfer_id: UUID) -> Record | None:
    """The live record that a transfer made in a workspace, if there is one."""
    row = session.execute(
        select_records().where(
            Transaction.transfer_id == transfer_id,
            Transaction.workspace_id == workspace_id,
            Transaction.deleted_at.is_(None),
        )
    ).first()
    return Record(*row) if row else None


def find_record_of_client(workspace_id: int, client_id: UUID) -> Record | None:
    """What a device's name for a record stands for, also when it was deleted since."""
    row = session.execute(
        select_records().where(
            Transaction.client_id == client_id, Transaction.workspace_id == workspace_id
        )
    ).first()
    return Record(*row) if row else None


def list_parts(workspace_id: int, split_id: UUID) -> list[Record]:
    """The live parts of a split, in the order they were written."""
    rows = session.execute(
        select_records()
        .where(
            Transaction.split_id == split_id,
            Transaction.workspace_id == workspace_id,
            Transaction.deleted_at.is_(None),
        )
        .order_by(Transaction.id)
    )
    return [Record(*row) for row in rows]


def get_transaction(
    workspace_id: int, transaction_id: int, *, deleted: bool = False, lock: bool = False
) -> Transaction:
    """One live record (or, on request, a deleted one) as a row to change; raises NotFound."""
    query = select(Transaction).where(
        Transaction.id == transaction_id,
        Transaction.workspace_id == workspace_id,
        Transaction.deleted_at.is_not(None) if deleted else Transaction.deleted_at.is_(None),
    )
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found
