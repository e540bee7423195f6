"""One payment over several categories: parts that sum to it, records each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from koshelok.core.clock import now
from koshelok.core.ids import uuid7
from koshelok.core.money import format_amount, positive, to_json
from koshelok.finance.errors import (
    LinkedToTransfer,
    SplitSumDiffers,
    SplitTooSmall,
    SplitTypesDiffer,
)
from koshelok.finance.operations.changes import note_change
from koshelok.finance.operations.transactions import (
    bind_made,
    check_category,
    clean_comment,
    record_transaction,
    version_of,
)
from koshelok.finance.queries import Record, get_record, get_transaction, list_parts
from koshelok.infra.db import session

MAX_PARTS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a split: so much for a category, with a note of its own if it has one."""

    category_id: int
    amount: Decimal
    comment: str = ""


def record_split(
    *,
    actor_id: int,
    workspace_id: int,
    amount: Decimal,
    parts: Sequence[Part],
    comment: str = "",
    day: date,
    client_id: UUID | None = None,
) -> list[Record]:
    """Record a payment as its parts, which sum to `amount`; a part without a note has the whole's.

    Under a client_id that is known it answers what was recorded then.

    Raises SplitTooSmall, SplitSumDiffers, SplitTypesDiffer, and as record_transaction does.
    """
    _check(positive(amount), parts, _hold(workspace_id, parts))
    split_id, made = uuid7(), list[Record]()
    for part in parts:
        record = record_transaction(
            actor_id=actor_id,
            workspace_id=workspace_id,
            category_id=part.category_id,
            amount=part.amount,
            comment=part.comment or comment,
            day=day,
            split_id=split_id,
            client_id=None if made else client_id,
        )
        if record.split_id != split_id:
            known = list_parts(workspace_id, record.split_id) if record.split_id else []
            return known or [record]  # what was taken back since does not return
        made.append(record)
    return made


def split_transaction(
    *, actor_id: int, workspace_id: int, transaction_id: int, parts: Sequence[Part]
) -> tuple[list[Record], int]:
    """Divide a record: it becomes the first part and keeps its receipts. Answers the parts, and
    the change, which undo takes back as one.

    Raises NotFound, LinkedToTransfer, and as record_split does.
    """
    types = _hold(workspace_id, parts)  # before the record, as a change of many holds them
    whole = get_transaction(workspace_id, transaction_id, lock=True)
    if whole.transfer_id is not None:
        raise LinkedToTransfer(field="amount")
    _check(whole.amount, parts, types | {whole.type})
    split_id = whole.split_id or uuid7()
    change = note_change(
        actor_id=actor_id, workspace_id=workspace_id, kind="split", count=len(parts), at=now(),
        details={"comment": whole.comment, "amount": to_json(whole.amount)},
    )  # fmt: skip
    session.add(version_of(transaction=whole, change_id=change.id))
    first, *others = parts
    whole.category_id, whole.amount = first.category_id, first.amount
    whole.comment = clean_comment(first.comment) or whole.comment
    whole.split_id, whole.updated_at = split_id, change.created_at
    session.flush()
    made = [
        record_transaction(
            actor_id=actor_id,
            workspace_id=workspace_id,
            category_id=part.category_id,
            amount=part.amount,
            comment=part.comment or whole.comment,
            day=whole.date,
            split_id=split_id,
            import_id=whole.import_id,
        )
        for part in others
    ]
    bind_made(change=change, ids=[part.id for part in made])
    return [get_record(workspace_id, transaction_id), *made], change.id


def _hold(workspace_id: int, parts: Sequence[Part]) -> set[str]:
    """The types of the parts' categories; two splits at once hold these in one order."""
    if not 2 <= len(parts) <= MAX_PARTS:
        raise SplitTooSmall(limit=MAX_PARTS)
    ids = sorted({part.category_id for part in parts})
    return {check_category(workspace_id=workspace_id, category_id=id_).type for id_ in ids}


def _check(amount: Decimal, parts: Sequence[Part], types: set[str]) -> None:
    if len(types) != 1:
        raise SplitTypesDiffer
    total = sum((positive(part.amount) for part in parts), Decimal(0))
    if total != amount:
        raise SplitSumDiffers(sum=format_amount(total), amount=format_amount(amount))
