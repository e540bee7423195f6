"""Bringing back what an archive holds of finance, into a workspace where nothing is yet.

Everything goes in by the rules of the database, which keeps totals and refuses what contradicts
itself; the rows' own values were looked at before.
"""

import hashlib
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update

from koshelok.core.clock import now
from koshelok.core.ids import uuid7
from koshelok.finance.models import (
    BankMessage,
    Category,
    CategoryMemory,
    CategoryRule,
    Receipt,
    Recurrence,
)
from koshelok.finance.operations.receipts import receipt_name
from koshelok.finance.queries.whole import has_records
from koshelok.finance.receipts import keep_receipt, remove_receipt_files
from koshelok.finance.whole import (
    BankMessageRow,
    CategoryRow,
    LearnedRow,
    ReceiptRow,
    RecordRow,
    RecurrenceRow,
    RuleRow,
)
from koshelok.infra.db import Base, session
from koshelok.infra.pictures import Unreadable
from koshelok.infra.unit_of_work import after_rollback
from koshelok.infra.whole import Misfit, Row, nth

_RECORD = (
    "id", "workspace_id", "category_id", "type", "amount", "comment", "date", "created_by_id",
    "created_at", "updated_at", "deleted_at", "split_id", "external_id", "rule_id",
    "recurrence_id", "occurs_on",
)  # fmt: skip


@dataclass
class Bringing:
    """An archive on its way into a workspace: what its rows became so far.

    `read_file` gives a file of the archive by its name and raises Misfit where there is none.
    """

    actor_id: int
    workspace_id: int
    read_file: Callable[[str], bytes]
    categories: list[tuple[int, str]] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)
    recurrences: list[int] = field(default_factory=list)
    records: "array[int]" = field(default_factory=lambda: array("q"))
    forgot: bool = False
    seed: bytes = field(default_factory=lambda: uuid7().bytes)

    def category(self, place: int) -> dict[str, Any]:
        """The columns by which a row names its category; raises Misfit."""
        id_, type_ = nth(self.categories, place)
        return {"category_id": id_, "type": type_, "workspace_id": self.workspace_id}

    def split(self, place: int | None) -> UUID | None:
        """What the parts of a split share from now on."""
        if place is None:
            return None
        named = self.seed + place.to_bytes(8)
        return UUID(bytes=hashlib.sha256(named).digest()[:16], version=4)


def is_empty(*, workspace_id: int) -> bool:
    """Whether an archive may be brought here: nothing but the first categories."""
    return not has_records(workspace_id)


def put_away_categories(*, workspace_id: int) -> list[int]:
    """Make room for the names and codes of the archive's categories; answers which are to go."""
    ids = session.scalars(
        update(Category)
        .where(Category.workspace_id == workspace_id)
        .values(code=None, archived_at=now())
        .returning(Category.id)
    )
    return list(ids)


def clear_categories(*, categories: Sequence[int]) -> None:
    """Take away the first categories, which those of the archive have replaced."""
    session.execute(delete(Category).where(Category.id.in_(categories)))


def bring_categories(*, into: Bringing, rows: Sequence[CategoryRow]) -> None:
    """Make categories, in their order."""
    values = [{**row.model_dump(), "workspace_id": into.workspace_id} for row in rows]
    for id_, row in zip(_number(Category, values), rows, strict=True):
        into.categories.append((id_, row.type))


def bring_rules(*, into: Bringing, rows: Sequence[RuleRow]) -> None:
    """Make rules, in their order."""
    into.rules += _number(CategoryRule, [_of_category(into, row) for row in rows])


def bring_recurrences(*, into: Bringing, rows: Sequence[RecurrenceRow]) -> None:
    """Make what comes again and again, in its order."""
    into.recurrences += _number(Recurrence, [_of_category(into, row) for row in rows])


def bring_records(*, into: Bringing, rows: Sequence[RecordRow]) -> None:
    """Make records, in their order, with their receipts."""
    ids = _reserve(len(rows))
    driver: Any = session.connection().connection.driver_connection
    columns = ", ".join(_RECORD)
    with driver.cursor() as cursor, cursor.copy(f"COPY transactions ({columns}) FROM STDIN") as to:
        for id_, row in zip(ids, rows, strict=True):
            record = _record(into, id_, row)
            to.write_row([record[name] for name in _RECORD])
    into.records.extend(ids)
    for id_, row in zip(ids, rows, strict=True):
        if row.receipts:
            _insert(Receipt, [_receipt(into, id_, receipt) for receipt in row.receipts])


def bring_learned(*, into: Bringing, rows: Sequence[LearnedRow]) -> None:
    """Remember what was remembered, in place of what the records have just taught."""
    if not into.forgot:
        own = CategoryMemory.workspace_id == into.workspace_id
        session.execute(delete(CategoryMemory).where(own))
        into.forgot = True
    values = [_of_category(into, row) for row in rows]
    for value in values:
        del value["type"], value["created_by_id"]
    _insert(CategoryMemory, values)


def bring_bank_messages(*, into: Bringing, rows: Sequence[BankMessageRow]) -> None:
    """Make messages that were read."""
    values = []
    for row in rows:
        value = {**row.model_dump(exclude={"record"}), **_own(into)}
        value["transaction_id"] = nth(into.records, row.record) if row.record else None
        values.append(value)
    _insert(BankMessage, values)


def _record(into: Bringing, id_: int, row: RecordRow) -> dict[str, Any]:
    category = into.category(row.category)
    return {
        **row.model_dump(exclude={"category", "split", "rule", "recurrence", "receipts"}),
        **category,
        "id": id_,
        "created_by_id": into.actor_id,
        "split_id": into.split(row.split),
        "rule_id": nth(into.rules, row.rule) if row.rule else None,
        "recurrence_id": nth(into.recurrences, row.recurrence) if row.recurrence else None,
    }


def _receipt(into: Bringing, transaction_id: int, row: ReceiptRow) -> dict[str, Any]:
    try:
        stored = keep_receipt(into.read_file(row.file))
    except Unreadable as error:
        raise Misfit from error
    after_rollback(partial(remove_receipt_files, stored.file))
    return {
        **_own(into),
        "transaction_id": transaction_id,
        "kind": stored.kind,
        "name": receipt_name(name=row.name),
        "file": stored.file,
        "size": stored.size,
        "created_at": row.created_at,
    }


def _reserve(count: int) -> list[int]:
    """So many ids for records, rising."""
    sequence = func.pg_get_serial_sequence(text("'transactions'"), text("'id'"))
    ids = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
    return sorted(session.scalars(ids))


def _own(into: Bringing) -> dict[str, int]:
    return {"workspace_id": into.workspace_id, "created_by_id": into.actor_id}


def _of_category(into: Bringing, row: Row) -> dict[str, Any]:
    values = row.model_dump()
    return {**values, **into.category(values.pop("category")), "created_by_id": into.actor_id}


def _insert(model: type[Base], values: list[dict[str, Any]]) -> None:
    if values:
        session.execute(insert(model), values)


def _number(model: type[Base], values: list[dict[str, Any]]) -> list[int]:
    """Insert rows in their order; answers their ids."""
    made = insert(model).returning(model.__table__.c.id, sort_by_parameter_order=True)
    return list(session.scalars(made, values)) if values else []


LOADERS: dict[str, Callable[..., None]] = {
    "categories": bring_categories,
    "rules": bring_rules,
    "recurrences": bring_recurrences,
    "records": bring_records,
    "learned": bring_learned,
    "bank_messages": bring_bank_messages,
}
