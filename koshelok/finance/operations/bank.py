"""Banks' messages become records, each once; what could not be read is kept until dealt with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from koshelok.core.clock import now
from koshelok.core.errors import NotFound
from koshelok.finance.bank import Message, Unread
from koshelok.finance.errors import CategoryArchived
from koshelok.finance.models import BankMessage, Category, Change, Transaction, TransactionVersion
from koshelok.finance.operations.changes import TRACKED, note_change, tracked
from koshelok.finance.operations.transactions import (
    FIELDS,
    bind_made,
    check_category,
    record_transaction,
)
from koshelok.finance.periods import check_day
from koshelok.finance.queries.bank import external_id, find_recorded, get_unread
from koshelok.infra.db import session

RECORDED = "bank_recorded"
TRACKED[BankMessage.__tablename__] = BankMessage
# One statement for however many. What is live already stays alone: two who paste at once wait.
_RECORD = text("""
    INSERT INTO transactions (workspace_id, category_id, type, amount, comment, date,
                              created_by_id, created_at, updated_at, external_id, rule_id)
    SELECT :workspace_id, read.category_id, read.type, read.amount, read.note, read.day,
           :actor_id, :at, :at, read.name,
           (SELECT rule.id FROM category_rules AS rule
            WHERE rule.workspace_id = :workspace_id AND rule.category_id = read.category_id
              AND rule.key = ANY (note_keys(read.note))
            ORDER BY length(rule.key) DESC LIMIT 1)
    FROM unnest(
        CAST(:categories AS bigint[]), CAST(:types AS text[]), CAST(:amounts AS numeric[]),
        CAST(:notes AS text[]), CAST(:days AS date[]), CAST(:names AS text[])
    ) WITH ORDINALITY AS read (category_id, type, amount, note, day, name, place)
    ORDER BY read.place
    ON CONFLICT (workspace_id, external_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL
    DO NOTHING
    RETURNING external_id, id
""")


@dataclass(frozen=True, slots=True)
class Entry:
    """A message to record: into what, on which day, and when it happened."""

    message: Message
    category_id: int
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Saved:
    """How many were recorded, how many unread lines kept anew, and the change (None: none)."""

    count: int
    kept: int
    change_id: int | None


def save_messages(
    *, actor_id: int, workspace_id: int, entries: Sequence[Entry], unread: Sequence[Unread] = ()
) -> Saved:
    """Record messages that have no live record, as one change; keep the lines nobody could read.

    Raises Invalid for a day, NotFound, CategoryArchived or SavingsTakeNoRecords for a category,
    NotFound too for one of the other type.
    """
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('bank_messages', :workspace_id))"),
        {"workspace_id": workspace_id},
    )
    _use_categories(workspace_id, entries)
    change = note_change(
        actor_id=actor_id, workspace_id=workspace_id, kind=RECORDED, count=0, at=now()
    )
    made = _record(actor_id, workspace_id, change, entries)
    _bind(change, list(made.values()))
    _remember(actor_id, workspace_id, entries, made)
    kept = _keep(actor_id, workspace_id, unread)
    change.count, change_id = len(made), change.id
    if not made:
        session.delete(change)
    session.flush()
    return Saved(len(made), kept, change_id if made else None)


def _use_categories(workspace_id: int, entries: Sequence[Entry]) -> None:
    """Note that they were used, and hold them until the end."""
    wanted = {entry.category_id for entry in entries}
    query = (
        select(Category)
        .where(Category.id.in_(wanted), Category.workspace_id == workspace_id)
        .order_by(Category.id)
    )
    found = {each.id: each for each in session.scalars(query.with_for_update(key_share=True))}
    for entry in entries:
        category = found.get(entry.category_id)
        if category is None or category.type != entry.message.type:
            check_category(workspace_id=workspace_id, category_id=entry.category_id)
            raise NotFound
        if category.archived_at is not None:
            raise CategoryArchived
    session.execute(update(Category).where(Category.id.in_(found)).values(last_used_at=now()))


def _record(
    actor_id: int, workspace_id: int, change: Change, entries: Sequence[Entry]
) -> dict[str, int]:
    """The ids of what was recorded, by the name of its message."""
    rows = session.execute(
        _RECORD,
        {
            "workspace_id": workspace_id,
            "actor_id": actor_id,
            "at": change.created_at,
            "categories": [entry.category_id for entry in entries],
            "types": [entry.message.type for entry in entries],
            "amounts": [entry.message.amount for entry in entries],
            "notes": [entry.message.payee for entry in entries],
            "days": [check_day(entry.day) for entry in entries],
            "names": [external_id(entry.message.fingerprint) for entry in entries],
        },
    )
    return dict(rows.all())


def _bind(change: Change, ids: Sequence[int]) -> None:
    """Before the change they were not there; bind_made in one statement."""
    columns = {name: Transaction.__table__.c[name] for name in (*FIELDS, "updated_at")}
    columns["deleted_at"] = literal(change.created_at)
    session.execute(
        insert(TransactionVersion).from_select(
            ["change_id", "transaction_id", *columns],
            select(literal(change.id), Transaction.id, *columns.values()).where(
                Transaction.id.in_(ids)
            ),
        )
    )


def _remember(
    actor_id: int, workspace_id: int, entries: Sequence[Entry], made: dict[str, int]
) -> None:
    """What the bank said, for the next message of the card."""
    rows = {}
    for entry in entries:
        said = entry.message
        if id_ := made.get(external_id(said.fingerprint)):
            rows[said.fingerprint] = _row(
                actor_id, workspace_id, said.fingerprint, kind=said.type, amount=said.amount,
                payee=said.payee, card=said.card, at=entry.at, balance=said.balance,
                transaction_id=id_,
            )  # fmt: skip
    if not rows:
        return
    statement = upsert(BankMessage).values(list(rows.values()))
    changed = {name: statement.excluded[name] for name in ("transaction_id", "at", "created_by_id")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "fingerprint"], set_=changed
        )
    )


def _keep(actor_id: int, workspace_id: int, unread: Sequence[Unread]) -> int:
    """How many of these lines were not kept before."""
    rows = {each.fingerprint: _row(actor_id, workspace_id, each.fingerprint, kind="unread",
                                   text=each.text) for each in unread}  # fmt: skip
    if not rows:
        return 0
    statement = upsert(BankMessage).values(list(rows.values())).on_conflict_do_nothing()
    return len(session.scalars(statement.returning(BankMessage.id)).all())


def _row(actor_id: int, workspace_id: int, fingerprint: str, **values: Any) -> dict[str, Any]:
    return {
        "workspace_id": workspace_id,
        "fingerprint": fingerprint,
        "payee": "",
        "text": "",
        "created_by_id": actor_id,
        "created_at": now(),
        **values,
    }


def record_unread(
    *,
    actor_id: int,
    workspace_id: int,
    message_id: int,
    category_id: int,
    amount: Decimal,
    comment: str = "",
    day: date,
) -> int:
    """Make a record of lines by hand and answer the change; undone, the lines wait again.

    Raises NotFound for the message, and as record_transaction does.
    """
    message = get_unread(workspace_id, message_id, lock=True)
    if find_recorded(workspace_id, [message.fingerprint]):  # while the row was waited for
        raise NotFound
    record = record_transaction(
        actor_id=actor_id, workspace_id=workspace_id, category_id=category_id, amount=amount,
        comment=comment, day=day, external_id=external_id(message.fingerprint),
    )  # fmt: skip
    message.transaction_id = record.id
    change = note_change(actor_id=actor_id, workspace_id=workspace_id, kind=RECORDED, at=now())
    bind_made(change=change, ids=[record.id])
    return change.id


def dismiss_unread(*, actor_id: int, workspace_id: int, message_id: int) -> int | None:
    """Put lines away that nobody needs, and answer the change. Raises NotFound."""
    message = get_unread(workspace_id, message_id, lock=True)
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="bank_dismissed") as step:
        step.watch(BankMessage, message.id)
        message.dismissed_at = now()
    return step.change.id if step.change else None
