"""Every change has a way back, and the way back has one too, also after a reload.

Of records, a change keeps their other state in `transaction_versions`; undo and redo swap the two,
for one record or a hundred thousand in one statement. Of other rows (a budget, a rule) it keeps
what they were and became as text, written and read by the database alone, so that nothing is
rounded on the way. A kind that needs more has its own way back in WAYS_BACK.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, delete, func, literal, select, text
from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.finance.errors import ChangedSince, TransferReversed
from koshelok.finance.models import (
    Category,
    CategoryRule,
    Change,
    Recurrence,
    Transaction,
    TransactionVersion,
)
from koshelok.finance.queries.changes import get_change, may_come_back_to
from koshelok.infra.db import Base, session
from koshelok.ledger.queries import find_reversal

# Tables whose rows can be put back; the features above add theirs.
TRACKED: dict[str, type[Base]] = {
    model.__tablename__: model for model in (Category, CategoryRule, Recurrence)
}
# Kinds of changes that have a way back of their own: called with the change and whether to redo.
WAYS_BACK: dict[str, Callable[[Change, bool], int]] = {}
# Kinds whose records go back all or none: parts sum to what was split only together.
WHOLE = {"split"}

_SWAP = text("""
    WITH both_states AS (
        SELECT
            version.id AS version_id, record.id, version.category_id AS new_category,
            category.type AS new_type, version.amount AS new_amount,
            version.comment AS new_comment, version.date AS new_date,
            version.deleted_at AS new_deleted_at, version.split_id AS new_split,
            rule.id AS new_rule, version.updated_at AS before_at,
            record.category_id, record.amount, record.comment, record.date, record.deleted_at,
            record.split_id, record.rule_id
        FROM transaction_versions AS version
        JOIN transactions AS record ON record.id = version.transaction_id
        JOIN categories AS category ON category.id = version.category_id
        LEFT JOIN category_rules AS rule ON rule.id = version.rule_id
        WHERE version.change_id = :change_id AND record.workspace_id = :workspace_id
          AND record.updated_at = CASE WHEN :redo THEN version.updated_at ELSE :made_at END
          AND NOT (version.deleted_at IS NULL AND record.deleted_at IS NOT NULL AND EXISTS (
              SELECT FROM ledger_transfers
              WHERE reverses_id = record.transfer_id AND status = 'success'
          ))
        ORDER BY record.id
        FOR UPDATE OF record
    ), put AS (
        UPDATE transactions AS record SET
            category_id = new_category, type = new_type, amount = new_amount,
            comment = new_comment, date = new_date, deleted_at = new_deleted_at,
            split_id = new_split, rule_id = new_rule,
            updated_at = CASE WHEN :redo THEN :made_at ELSE before_at END
        FROM both_states WHERE record.id = both_states.id
    )
    UPDATE transaction_versions AS version SET
        category_id = both_states.category_id, amount = both_states.amount,
        comment = both_states.comment, date = both_states.date,
        deleted_at = both_states.deleted_at, split_id = both_states.split_id,
        rule_id = both_states.rule_id
    FROM both_states WHERE version.id = both_states.version_id
""")


def note_change(
    *,
    actor_id: int | None,
    workspace_id: int,
    kind: str,
    count: int = 1,
    details: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Change:
    """Write a step down; the records that it changes bear `at` as their `updated_at`."""
    change = Change(
        workspace_id=workspace_id,
        actor_id=actor_id,
        kind=kind,
        count=count,
        details=dict(details or {}),
        created_at=at or now(),
    )
    session.add(change)
    session.flush()
    return change


class Tracked:
    """Rows being changed under one step; `change` is that step once the body is through, or None
    where nothing changed."""

    def __init__(self) -> None:
        self.change: Change | None = None
        self._before: dict[tuple[str, int], str] = {}
        self._met: dict[tuple[str, int], None] = {}

    def watch(self, model: type[Base], *ids: int) -> None:
        """Rows that are about to be changed, made (after it) or deleted."""
        for id_, image in _images(model, ids).items():
            self._before.setdefault((model.__tablename__, id_), image)
        self._met.update({(model.__tablename__, id_): None for id_ in ids})

    def made(self, model: type[Base], *ids: int) -> None:
        """Rows that the body has just made."""
        self._met.update({(model.__tablename__, id_): None for id_ in ids})

    def rows(self) -> list[dict[str, Any]]:
        """What differs from before, each as text that the database wrote."""
        session.flush()
        found = []
        for table in {table: None for table, _ in self._met}:
            ids = [id_ for name, id_ in self._met if name == table]
            after = _images(TRACKED[table], ids)
            for id_ in ids:
                states = {"before": self._before.get((table, id_)), "after": after.get(id_)}
                if states["before"] != states["after"]:
                    found.append({"table": table, "id": id_, **states})
        return found


@contextmanager
def tracked(
    *, actor_id: int | None, workspace_id: int, kind: str, details: Mapping[str, Any] | None = None
) -> Iterator[Tracked]:
    """Note what the body does to the rows that it names, as one step with a way back.

    with tracked(actor_id=..., workspace_id=..., kind="budget_set") as step:
        step.watch(Budget, budget.id); budget.amount = amount
    """
    step = Tracked()
    yield step
    if rows := step.rows():
        step.change = note_change(
            actor_id=actor_id, workspace_id=workspace_id, kind=kind, count=len(rows),
            details={**(details or {}), "rows": rows},
        )  # fmt: skip


def undo_change(*, actor_id: int, workspace_id: int, change_id: int) -> int:
    """Take a step back; answers how many rows. What was changed since is left as it is.

    Raises NotFound, ChangedSince where nothing can be put back, TransferReversed.
    """
    return _turn(actor_id, workspace_id, change_id, redo=False)


def redo_change(*, actor_id: int, workspace_id: int, change_id: int) -> int:
    """Take a step again that was taken back; raises as undo_change does."""
    return _turn(actor_id, workspace_id, change_id, redo=True)


def _turn(actor_id: int, workspace_id: int, change_id: int, *, redo: bool) -> int:
    change = get_change(workspace_id, change_id, lock=True)
    if (change.undone_at is None) is redo:
        raise ChangedSince
    own = WAYS_BACK.get(change.kind)
    turn = turn_rows if "rows" in change.details else turn_records
    try:
        with session.begin_nested():
            count = own(change, redo) if own else turn(change=change, redo=redo)
            session.flush()
    except IntegrityError as error:  # its name or its month is taken by another now
        raise ChangedSince from error
    if count == 0:
        raise TransferReversed if _of_reversed(change) else ChangedSince
    change.undone_at, change.undone_by_id = (None, None) if redo else (now(), actor_id)
    session.flush()
    session.expire_all()
    return count


def turn_records(*, change: Change, redo: bool) -> int:
    """Swap the states of the records of a change; answers how many."""
    session.flush()
    done = session.execute(
        _SWAP,
        {
            "change_id": change.id,
            "workspace_id": change.workspace_id,
            "made_at": change.created_at,
            "redo": redo,
        },
    )
    count = int(done.rowcount)  # type: ignore[attr-defined]  # of an UPDATE there is one
    if change.kind in WHOLE and count != change.count:
        raise ChangedSince
    return count


def _of_reversed(change: Change) -> bool:
    transfers = session.scalars(
        select(Transaction.transfer_id)
        .join(TransactionVersion, TransactionVersion.transaction_id == Transaction.id)
        .where(TransactionVersion.change_id == change.id, Transaction.transfer_id.is_not(None))
        .limit(1)
    ).all()
    return any(find_reversal(transfer) for transfer in transfers if transfer)


def turn_rows(*, change: Change, redo: bool) -> int:
    """All of the rows or none: they belong together."""
    here, there = ("before", "after") if redo else ("after", "before")
    rows: Sequence[dict[str, Any]] = change.details["rows"]
    for row in rows if redo else reversed(rows):
        model = TRACKED[row["table"]]
        if not _is_now(model, row["id"], row[here], change.workspace_id):
            raise ChangedSince
        _put(model, row["id"], row[there])
    return len(rows)


def _key(model: type[Base]) -> Any:
    (column,) = model.__table__.primary_key
    return column


def _kept(model: type[Base]) -> list[str]:
    """The columns that are written: not those which the database works out itself."""
    derived = {"search", "saved", "last_used_at"}
    return [column.name for column in model.__table__.columns if column.name not in derived]


def _image(model: type[Base]) -> Any:
    """A row as text, by the database."""
    pairs: list[Any] = []
    for name in _kept(model):
        pairs += [literal(name), model.__table__.c[name]]
    return func.jsonb_build_object(*pairs)


def _images(model: type[Base], ids: Sequence[int]) -> dict[int, str]:
    session.flush()
    rows = session.execute(
        select(_key(model), cast(_image(model), Text)).where(_key(model).in_(ids))
    )
    return dict(rows.all())


def _is_now(model: type[Base], id_: int, image: str | None, workspace_id: int) -> bool:
    own = model.__table__.c.workspace_id == workspace_id
    query = select(cast(_image(model), Text)).where(_key(model) == id_, own).with_for_update()
    return session.scalar(query) == image


def _loses_records(id_: int, image: str | None) -> bool:
    """Whether records that undo may bring back would find their category gone, or of the other
    type."""
    type_ = json.loads(image)["type"] if image else None
    now_of = session.scalar(select(Category.type).where(Category.id == id_))
    return now_of not in {None, type_} and bool(session.scalar(select(may_come_back_to(id_))))


def _put(model: type[Base], id_: int, image: str | None) -> None:
    if model is Category and _loses_records(id_, image):
        raise ChangedSince
    if image is None:
        session.execute(delete(model.__table__).where(_key(model) == id_))  # type: ignore[arg-type]
        return
    names = ", ".join(_kept(model))
    table = model.__tablename__
    changed = ", ".join(f"{name} = excluded.{name}" for name in _kept(model))
    session.execute(
        text(
            f"INSERT INTO {table} ({names}) SELECT {names}"  # noqa: S608  # our own names only
            f" FROM jsonb_populate_record(NULL::{table}, CAST(:image AS jsonb))"
            f" ON CONFLICT ({_key(model).name}) DO UPDATE SET {changed}"
        ),
        {"image": image},
    )
