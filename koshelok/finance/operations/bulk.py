"""One change over many records: another category, the trash, and back from it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    TextClause,
    any_,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.finance.errors import ChangedSince
from koshelok.finance.models import Transaction, TransactionVersion
from koshelok.finance.operations.changes import note_change
from koshelok.finance.operations.transactions import FIELDS, check_category
from koshelok.infra.db import session

# The money of a reversed transfer came back, so its record does not.
_STANDS = text(
    "NOT EXISTS (SELECT FROM ledger_transfers WHERE reverses_id = transactions.transfer_id)"
)


def recategorise(
    *,
    actor_id: int,
    workspace_id: int,
    chosen: Select[Any] | Sequence[int],
    category_id: int,
    rule_id: int | None = None,
) -> tuple[int, int | None]:
    """Move records into a category of their type: ids, or a select of ids. Answers how many moved
    and the change, which undo takes back as one (None: none moved). Records of the other type, and
    those which are there already, stay.

    Raises as record_transaction does for the category.
    """
    category = check_category(workspace_id=workspace_id, category_id=category_id)
    wanted = (
        Transaction.category_id != category_id,
        Transaction.type == category.type,
        Transaction.deleted_at.is_(None),
    )
    values = {"category_id": category_id, "rule_id": rule_id}
    return _change(
        actor_id, workspace_id, "recategorised", chosen, wanted, values, {"category": category.name}
    )


def delete_transactions(
    *, actor_id: int, workspace_id: int, chosen: Select[Any] | Sequence[int]
) -> tuple[int, int | None]:
    """Take records out of lists and totals, as one change that undo takes back."""
    wanted = (Transaction.deleted_at.is_(None),)
    return _change(actor_id, workspace_id, "deleted", chosen, wanted, {"deleted_at": now()}, {})


def restore_transactions(
    *, actor_id: int, workspace_id: int, chosen: Select[Any] | Sequence[int]
) -> tuple[int, int | None]:
    """Bring deleted records back just as they were, as one change; answers as recategorise does.
    Those of reversed transfers stay. Raises ChangedSince where one is recorded again already."""
    wanted = (Transaction.deleted_at.is_not(None), _STANDS)
    try:
        with session.begin_nested():
            return _change(
                actor_id, workspace_id, "restored", chosen, wanted, {"deleted_at": None}, {}
            )
    except IntegrityError as error:  # its bank's number or its day is another's now
        raise ChangedSince from error


def _change(
    actor_id: int,
    workspace_id: int,
    kind: str,
    chosen: Select[Any] | Sequence[int],
    wanted: tuple[ColumnElement[bool] | TextClause, ...],
    values: dict[str, Any],
    details: dict[str, Any],
) -> tuple[int, int | None]:
    """Three statements for however many: lock and keep what they were, then write."""
    session.flush()
    change = note_change(
        actor_id=actor_id, workspace_id=workspace_id, kind=kind, count=0, details=details
    )
    met = (
        select(literal(change.id), Transaction.id, *(_state()))
        .where(Transaction.workspace_id == workspace_id, _among(chosen), *wanted)
        .order_by(Transaction.id)
        .with_for_update()
        .cte("met")
    )
    columns = ["change_id", "transaction_id", *FIELDS, "updated_at"]
    session.execute(insert(TransactionVersion).from_select(columns, select(*met.c)))
    done = session.execute(
        update(Transaction)
        .where(
            Transaction.id.in_(
                select(TransactionVersion.transaction_id).where(
                    TransactionVersion.change_id == change.id
                )
            )
        )
        .values(updated_at=change.created_at, **values)
        .execution_options(synchronize_session=False)
    )
    count = int(done.rowcount)  # type: ignore[attr-defined]  # of an UPDATE there is one
    change.count, change_id = count, change.id
    if count == 0:
        session.delete(change)
    session.flush()
    session.expire_all()
    return count, change_id if count else None


def _among(chosen: Select[Any] | Sequence[int]) -> ColumnElement[bool]:
    """Ids as one value: a statement takes 65,535 of them."""
    if isinstance(chosen, Select):
        return Transaction.id.in_(chosen)
    return Transaction.id == any_(literal(list(chosen), ARRAY(BigInteger)))


def _state() -> list[ColumnElement[Any]]:
    columns = Transaction.__table__.c
    return [columns[name] for name in (*FIELDS, "updated_at")]
