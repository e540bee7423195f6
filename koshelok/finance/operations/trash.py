"""What is deleted is kept for 30 days, and so is the way back of every change."""

from datetime import timedelta

from sqlalchemy import delete, select

from koshelok.core.clock import now
from koshelok.finance.models import Change, Transaction
from koshelok.finance.operations.receipts import drop_receipt_files
from koshelok.infra.db import session

KEPT = timedelta(days=30)
BATCH = 5000


def forget_records() -> int:
    """Delete for ever some of the records deleted 30 days ago, with their receipts; answers how
    many, 0 at the end."""
    old = select(Transaction.id).where(Transaction.deleted_at < now() - KEPT).limit(BATCH)
    ids = session.scalars(old.order_by(Transaction.id).with_for_update(skip_locked=True)).all()
    some = select(Transaction.id).where(Transaction.id.in_(ids))
    drop_receipt_files(transactions=some)
    session.execute(delete(Transaction).where(Transaction.id.in_(ids)))
    return len(ids)


def forget_changes() -> int:
    """Delete some of the changes made 30 days ago, which are undone no more; answers how many."""
    old = select(Change.id).where(Change.created_at < now() - KEPT).order_by(Change.id)
    gone = delete(Change).where(Change.id.in_(old.limit(BATCH))).returning(Change.id)
    return len(session.scalars(gone).all())
