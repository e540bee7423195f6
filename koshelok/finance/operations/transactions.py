"""Recording, changing and deleting income and expense, each with a way back.

Totals follow by triggers (sql/totals.sql), in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, Null, ScalarSelect, func, literal, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningInsert

from koshelok.core.clock import now
from koshelok.core.money import positive, to_json
from koshelok.core.text import clean
from koshelok.finance.errors import (
    CategoryArchived,
    ChangedSince,
    LinkedToTransfer,
    SavingsTakeNoRecords,
    TransferReversed,
)
from koshelok.finance.models import (
    COMMENT_LIMIT,
    Category,
    CategoryRule,
    Change,
    Transaction,
    TransactionVersion,
    Type,
)
from koshelok.finance.operations.changes import note_change
from koshelok.finance.operations.learning import note_correction
from koshelok.finance.periods import check_day
from koshelok.finance.queries import (
    Record,
    find_record_of_client,
    get_category,
    get_record,
    get_transaction,
)
from koshelok.infra.db import session
from koshelok.ledger.queries import find_reversal

# What a change may alter of a record; the rest it keeps for ever.
FIELDS = ("category_id", "amount", "comment", "date", "deleted_at", "split_id", "rule_id")


@dataclass(frozen=True, slots=True)
class Edited:
    """A changed record, and the change that undo takes back (None: nothing changed)."""

    record: Record
    change_id: int | None


def record_transaction(
    *,
    actor_id: int,
    workspace_id: int,
    category_id: int,
    amount: Decimal,
    comment: str = "",
    day: date,
    transfer_id: UUID | None = None,
    **origin: Any,
) -> Record:
    """Record an income or expense, whichever its category is; amount in so'm, positive.

    With `transfer_id` it is what a transfer of the ledger meant here: the reversal of that
    transfer takes it out of lists and totals. `origin` is what else made it, as columns of
    Transaction: split_id, client_id, external_id, import_id, rule_id, recurrence_id, occurs_on.
    Under a client_id that is known it answers what was recorded then, and writes nothing.

    Raises Invalid for the amount, comment or day, NotFound, CategoryArchived or
    SavingsTakeNoRecords for the category. One statement: it also notes that the category was
    used, and holds it until the end, so that it cannot be archived meanwhile.
    """
    amount, comment, day = positive(amount), clean_comment(comment), check_day(day)
    used = _used(workspace_id, category_id)
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
        "rule_id": _rule(workspace_id, comment, used),
        **{name: literal(value) for name, value in origin.items()},
    }
    made = session.execute(_insert(used, values)).first()
    if made is None:
        client_id = origin.get("client_id")
        if client_id and (known := find_record_of_client(workspace_id, client_id)):
            return known
        check_category(workspace_id=workspace_id, category_id=category_id)
        raise CategoryArchived
    id_, type_, created_at, name, code = made
    return Record(
        id_, category_id, name, code, type_, amount, comment, day, created_at,
        transfer_id, origin.get("split_id"),
    )  # fmt: skip


def _insert(used: CTE, values: dict[str, Any]) -> ReturningInsert[Any]:
    """What a device sends twice is one record: the second waits for the first, and makes none."""
    return (
        insert(Transaction)
        .from_select(list(values), select(*values.values()))
        .on_conflict_do_nothing(
            index_elements=[Transaction.workspace_id, Transaction.client_id],
            index_where=Transaction.client_id.is_not(None),
        )
        .returning(
            Transaction.id,
            Transaction.type,
            Transaction.created_at,
            select(used.c.name).scalar_subquery(),
            select(used.c.code).scalar_subquery(),
        )
    )


def _used(workspace_id: int, category_id: int) -> CTE:
    """Notes that a category was used, and holds it; empty where it takes no record."""
    return (
        update(Category)
        .where(
            Category.id == category_id,
            Category.workspace_id == workspace_id,
            Category.archived_at.is_(None),
            Category.type != Type.SAVING,
        )
        .values(last_used_at=now())
        .returning(Category.id, Category.type, Category.name, Category.code)
        .cte("used")
    )


def _rule(workspace_id: int, comment: str, used: CTE) -> ScalarSelect[int] | Null:
    """The rule that says the same of this note, if there is one."""
    if not comment:
        return null()
    return (
        select(CategoryRule.id)
        .where(
            CategoryRule.workspace_id == workspace_id,
            CategoryRule.category_id == used.c.id,
            CategoryRule.key == func.any(func.note_keys(comment)),
        )
        .order_by(func.length(CategoryRule.key).desc())
        .limit(1)
        .scalar_subquery()
    )


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
    the rest raises LinkedToTransfer. Another category is remembered as a correction.
    """
    category, corrected = None, False
    if category_id is not None:  # before the record, as a change of many holds them
        category = get_category(workspace_id, category_id, lock=True)
    transaction = get_transaction(workspace_id, transaction_id, lock=True)
    if category is not None and category_id != transaction.category_id:
        _check_taking(category)
        corrected = True
    wanted: dict[str, Any] = {
        "category_id": transaction.category_id if category_id is None else category_id,
        "amount": transaction.amount if amount is None else positive(amount),
        "comment": transaction.comment if comment is None else clean_comment(comment),
        "date": transaction.date if day is None else check_day(day),
        "rule_id": None if corrected else transaction.rule_id,
    }
    change_id = _apply(actor_id, transaction, "edited", wanted)
    if corrected and change_id:
        note_correction(workspace_id=workspace_id, transaction_id=transaction_id)
    return Edited(get_record(workspace_id, transaction_id), change_id)


def delete_transaction(*, actor_id: int, workspace_id: int, transaction_id: int) -> int:
    """Take a record out of lists and totals, and answer the change; restore_transaction brings it
    back whole for 30 days."""
    transaction = get_transaction(workspace_id, transaction_id, lock=True)
    return _apply(actor_id, transaction, "deleted", {"deleted_at": now()}) or 0


def restore_transaction(*, actor_id: int, workspace_id: int, transaction_id: int) -> Edited:
    """Bring a deleted record back, just as it was.

    Raises NotFound for one not deleted, TransferReversed where its transfer was taken back,
    ChangedSince where it is recorded again already.
    """
    transaction = get_transaction(workspace_id, transaction_id, deleted=True, lock=True)
    if transaction.transfer_id and find_reversal(transaction.transfer_id):
        raise TransferReversed
    try:
        with session.begin_nested():
            change_id = _apply(actor_id, transaction, "restored", {"deleted_at": None})
    except IntegrityError as error:  # its bank's number or its day is another's now
        raise ChangedSince from error
    return Edited(get_record(workspace_id, transaction_id), change_id)


def _apply(
    actor_id: int, transaction: Transaction, kind: str, wanted: dict[str, Any]
) -> int | None:
    """Write the new state under a change that keeps the old one; None where they are equal."""
    if all(getattr(transaction, field) == value for field, value in wanted.items()):
        return None
    category = get_category(
        transaction.workspace_id, wanted.get("category_id", transaction.category_id)
    )
    _keep_to_transfer(transaction, wanted, category)
    change = note_change(
        actor_id=actor_id, workspace_id=transaction.workspace_id, kind=kind, at=now(),
        details={"comment": transaction.comment or category.name,
                 "amount": to_json(transaction.amount)},
    )  # fmt: skip
    session.add(version_of(transaction=transaction, change_id=change.id))
    for field, value in wanted.items():
        setattr(transaction, field, value)
    transaction.type, transaction.updated_at = category.type, change.created_at
    session.flush()
    return change.id


def version_of(*, transaction: Transaction, change_id: int, **other: Any) -> TransactionVersion:
    """What undo of a change puts back: the record as it is, but for `other`."""
    state = {field: getattr(transaction, field) for field in (*FIELDS, "updated_at")}
    return TransactionVersion(
        transaction_id=transaction.id, change_id=change_id, **{**state, **other}
    )


def bind_made(*, change: Change, ids: Sequence[int]) -> None:
    """Records that a change made: before it they were not there."""
    for record in session.scalars(select(Transaction).where(Transaction.id.in_(ids))):
        session.add(
            version_of(transaction=record, change_id=change.id, deleted_at=change.created_at)
        )
        record.updated_at = change.created_at
    session.flush()


def _keep_to_transfer(transaction: Transaction, wanted: dict[str, Any], category: Category) -> None:
    if transaction.transfer_id is None:
        return
    kept = {
        "amount": wanted.get("amount", transaction.amount) == transaction.amount,
        "date": wanted.get("date", transaction.date) == transaction.date,
        "category": category.type == transaction.type,
    }
    for field, same in kept.items():
        if not same:
            raise LinkedToTransfer(field=field)


def check_category(*, workspace_id: int, category_id: int) -> Category:
    """A category that takes records, held until the end; raises NotFound, CategoryArchived,
    SavingsTakeNoRecords."""
    category = get_category(workspace_id, category_id, lock=True)
    _check_taking(category)
    return category


def _check_taking(category: Category) -> None:
    if category.type == Type.SAVING:
        raise SavingsTakeNoRecords
    if category.archived_at is not None:
        raise CategoryArchived


def clean_comment(comment: str) -> str:
    """A note as it is kept; raises TextTooLong."""
    return clean(comment, limit=COMMENT_LIMIT, field="comment")
