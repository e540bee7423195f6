"""The way back of a whole import, and the way forward again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, insert, literal, select, text, update

from koshelok.core.clock import now
from koshelok.finance.models import (
    Category,
    Change,
    ImportStatus,
    Transaction,
    TransactionVersion,
)
from koshelok.finance.operations import import_rows
from koshelok.finance.operations.changes import WAYS_BACK
from koshelok.finance.operations.imports import CHANGE, get_idle
from koshelok.finance.operations.transactions import FIELDS
from koshelok.infra.db import session

_AT = "taken_back_at"
_BRING_BACK = text("""
    UPDATE transactions AS record SET
        deleted_at = NULL,
        updated_at = coalesce((
            SELECT version.updated_at FROM transaction_versions AS version
            WHERE version.change_id = :change_id AND version.transaction_id = record.id
        ), :made_at)
    WHERE record.import_id = :import_id AND record.workspace_id = :workspace_id
      AND record.deleted_at = :at
""")


def _turn_import(change: Change, redo: bool) -> int:
    """Take all records of an import to the trash, also those changed since, and put away the
    categories that it made and nothing else uses; redo brings back just those.

    Answers how many records. Raises ImportMoved while the worker still saves.
    """
    found = get_idle(workspace_id=change.workspace_id, import_id=UUID(change.details["import"]))
    if found.status == ImportStatus.RUNNING:  # it stopped, and once undone it does not go on
        found.status = ImportStatus.DONE
        import_rows.drop_rows(import_id=found.id)
    _hold(change)
    return _bring_back(change, found.id) if redo else _take_back(change, found.id)


def _hold(change: Change) -> None:
    """The categories that it made, before its records, as every change of records holds them."""
    made = select(Category.id).where(
        Category.id.in_(_made(change)), Category.workspace_id == change.workspace_id
    )
    session.execute(made.order_by(Category.id).with_for_update(key_share=True))


def _take_back(change: Change, import_id: UUID) -> int:
    """Of what was changed since, the instant of that change is kept: redo gives it back."""
    at = now()
    live = (
        Transaction.import_id == import_id,
        Transaction.workspace_id == change.workspace_id,
        Transaction.deleted_at.is_(None),
    )
    names = (*FIELDS, "updated_at")
    state: list[Any] = [Transaction.__table__.c[name] for name in names]
    session.execute(
        insert(TransactionVersion).from_select(
            ["change_id", "transaction_id", *names],
            select(literal(change.id), Transaction.id, *state).where(
                *live, Transaction.updated_at != change.created_at
            ),
        )
    )
    done = session.execute(
        update(Transaction)
        .where(*live)
        .values(deleted_at=at, updated_at=at)
        .execution_options(synchronize_session=False)
    )
    _put_away(change, at)
    change.details = {**change.details, _AT: at.isoformat()}
    return int(done.rowcount)  # type: ignore[attr-defined]  # of an UPDATE there is one


def _bring_back(change: Change, import_id: UUID) -> int:
    at = datetime.fromisoformat(change.details[_AT])
    session.execute(
        update(Category)
        .where(Category.id.in_(_made(change)), Category.archived_at == at)
        .values(archived_at=None)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(
        _BRING_BACK,
        {"change_id": change.id, "workspace_id": change.workspace_id, "import_id": import_id,
         "made_at": change.created_at, "at": at},
    )  # fmt: skip
    session.execute(delete(TransactionVersion).where(TransactionVersion.change_id == change.id))
    return int(done.rowcount)  # type: ignore[attr-defined]  # of an UPDATE there is one


def _put_away(change: Change, at: datetime) -> None:
    used = exists().where(Transaction.category_id == Category.id, Transaction.deleted_at.is_(None))
    session.execute(
        update(Category)
        .where(
            Category.id.in_(_made(change)),
            Category.workspace_id == change.workspace_id,
            Category.archived_at.is_(None),
            ~used,
        )
        .values(archived_at=at)
        .execution_options(synchronize_session=False)
    )


def _made(change: Change) -> list[int]:
    return list(change.details.get("categories", ()))


WAYS_BACK[CHANGE] = _turn_import
