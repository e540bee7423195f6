"""Reads of receipts: of a record, and of many at once for the marks in lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from koshelok.core.errors import NotFound
from koshelok.finance.models import Receipt
from koshelok.infra.db import session


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt as pages show it."""

    id: UUID
    kind: str
    name: str
    file: str
    size: int


def list_receipts(workspace_id: int, transaction_id: int) -> Sequence[ReceiptView]:
    """The receipts of a record, also of a deleted one, in the order in which they came."""
    rows = session.execute(
        select(Receipt.id, Receipt.kind, Receipt.name, Receipt.file, Receipt.size)
        .where(
            Receipt.transaction_id == transaction_id,
            Receipt.workspace_id == workspace_id,
            Receipt.deleted_at.is_(None),
        )
        .order_by(Receipt.id)
    )
    return [ReceiptView(*row) for row in rows]


def count_receipts(workspace_id: int, transaction_ids: Sequence[int]) -> dict[int, int]:
    """How many receipts each of these records has; those without are not named."""
    rows = session.execute(
        select(Receipt.transaction_id, func.count())
        .where(
            Receipt.transaction_id.in_(transaction_ids),
            Receipt.workspace_id == workspace_id,
            Receipt.deleted_at.is_(None),
        )
        .group_by(Receipt.transaction_id)
    )
    return dict(rows.all())


def get_receipt(workspace_id: int, receipt_id: UUID, *, lock: bool = False) -> Receipt:
    """One receipt that was not removed; raises NotFound."""
    query = select(Receipt).filter_by(id=receipt_id, workspace_id=workspace_id, deleted_at=None)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found
