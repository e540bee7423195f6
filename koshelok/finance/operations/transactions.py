"""Recording, changing and deleting income and expense, each with a way back.

Totals follow by triggers (sql/totals.sql), in the same transaction.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, literal, select, update

from koshelok.core.clock import now
from koshelok.core.money import positive
from koshelok.core.text import clean
from koshelok.finance.errors import CategoryArchived, LinkedToTransfer, TransferReversed
from koshelok.finance.models import COMMENT_LIMIT, Category, Transaction, TransactionVersion
from koshelok.finance.periods import check_day
from koshelok.finance.queries import (
    Record,
    get_category,
    get_record,
    get_transaction,
    get_version,
)
from koshelok.infra.db import session
from koshelok.ledger.queries import find_reversal


@dataclass(frozen=True, slots=True)
class Edited:
    """A changed record, and the version that undo puts back (None: nothing changed)."""

    record: Record
    version_id: int | None


def record_transaction(
    *,
    actor_id: int,
    workspace_id: int,
    category_id: int,
    amount: Decimal,
    comment: str = "",
    day: date,
    transfer_id: UUID | None = None,
) -> Record:
    """Record an income or expense, whichever its category is; amount in so'm, positive.

    With `transfer_id` it is what a transfer of the ledger meant here: the reversal of that
    transfer takes it out of lists and totals.

    Raises Invalid for the amount, comment or day, NotFound or CategoryArchived for the
    category. One statement: it also notes that the category was used, and holds it until the
    end, so that it cannot be archived meanwhile.
    """
    amount, comment, day = positive(amount), _clean_comment(comment), check_day(day)
    used = (
        update(Category)
        .where(
            Category.id == category_id,
            Category.workspace_id == workspace_id,
            Category.archived_at.is_(None),
        )
        .values(last_used_at=now())
        .returning(Category.id, Category.type, Category.name, Category.code)
        .cte("used")
    )
    values = {
        "workspace_id": literal(workspace_id),
        "category_id": used.c.id,
        "type": used.c.type,
        "amount": literal(amount),
        "comment": literal(comment),
        "date": literal(day),
        "created_by_id": literal(actor_id),
        "created_at": literal(now()),
        "updated_at": literal(now()),
        "transfer_id": literal(transfer_id),
    }
    made = session.execute(
        insert(Transaction)
        .from_select(list(values), select(*values.values()))
        .returning(
            Transaction.id,
            Transaction.type,
            Transaction.created_at,
            select(used.c.name).scalar_subquery(),
            select(used.c.code).scalar_subquery(),
        )
    ).first()
    if made is None:
        get_category(workspace_id, category_id)
        raise CategoryArchived
    id_, type_, created_at, name, code = made
    return Record(id_, category_id, name, code, type_, amount, comment, day, created_at)


def edit_transaction(
    *,
    actor_id: int,
    workspace_id: int,
    transaction_id: int,
    category_id: int | None = None,
    amount: Decimal | None = None,
    comment: str | None = None,
    day: date | None = None,
) -> Edited:
    """Change what is given and keep the rest; raises as record_transaction does.

    Of a record that a transfer made, the comment changes and the category within its type;
    the rest raises LinkedToTransfer.
    """
    transaction = get_transaction(workspace_id, transaction_id, lock=True)
    if category_id is not None and category_id != transaction.category_id:
        _refuse_archived(workspace_id, category_id)
    wanted = TransactionVersion(
        category_id=transaction.category_id if category_id is None else category_id,
        amount=transaction.amount if amount is None else positive(amount),
        comment=transaction.comment if comment is None else _clean_comment(comment),
        date=transaction.date if day is None else check_day(day),
    )
    return _apply(actor_id, transaction, wanted)


def undo_edit(*, actor_id: int, workspace_id: int, transaction_id: int, version_id: int) -> Edited:
    """Put back what a record was before an edit, even into a category archived since."""
    transaction = get_transaction(workspace_id, transaction_id, lock=True)
    version = get_version(workspace_id, transaction_id, version_id)
    return _apply(actor_id, transaction, version)


def delete_transaction(*, actor_id: int, workspace_id: int, transaction_id: int) -> None:
    """Take a record out of lists and totals; restore_transaction brings it back whole."""
    transaction = get_transaction(workspace_id, transaction_id, lock=True)
    transaction.deleted_at = now()
    session.flush()


def restore_transaction(*, actor_id: int, workspace_id: int, transaction_id: int) -> Record:
    """Bring a deleted record back, just as it was.

    Raises NotFound for one not deleted, TransferReversed where its transfer was taken back.
    """
    transaction = get_transaction(workspace_id, transaction_id, deleted=True, lock=True)
    if transaction.transfer_id and find_reversal(transaction.transfer_id):
        raise TransferReversed
    transaction.deleted_at = None
    session.flush()
    return get_record(workspace_id, transaction_id)


def _apply(actor_id: int, transaction: Transaction, wanted: TransactionVersion) -> Edited:
    fields = ("category_id", "amount", "comment", "date")
    before = {field: getattr(transaction, field) for field in fields}
    after = {field: getattr(wanted, field) for field in fields}
    if before == after:
        return Edited(get_record(transaction.workspace_id, transaction.id), None)
    category = get_category(transaction.workspace_id, wanted.category_id)
    _keep_to_transfer(transaction, wanted, category)
    version = TransactionVersion(transaction_id=transaction.id, edited_by_id=actor_id, **before)
    session.add(version)
    for field, value in after.items():
        setattr(transaction, field, value)
    transaction.type, transaction.updated_at = category.type, now()
    session.flush()
    return Edited(get_record(transaction.workspace_id, transaction.id), version.id)


def _keep_to_transfer(
    transaction: Transaction, wanted: TransactionVersion, category: Category
) -> None:
    if transaction.transfer_id is None:
        return
    kept = {
        "amount": wanted.amount == transaction.amount,
        "date": wanted.date == transaction.date,
        "category": category.type == transaction.type,
    }
    for field, same in kept.items():
        if not same:
            raise LinkedToTransfer(field=field)


def _refuse_archived(workspace_id: int, category_id: int) -> None:
    if get_category(workspace_id, category_id, lock=True).archived_at is not None:
        raise CategoryArchived


def _clean_comment(comment: str) -> str:
    return clean(comment, limit=COMMENT_LIMIT, field="comment")
