"""Entering the rows of an import: so many in one transaction, each once however often it is tried.

Everything a row makes has an identifier made of the import's and the row's number.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from koshelok.audit import operations as audit
from koshelok.core.clock import midnight, now
from koshelok.core.money import to_json
from koshelok.debtors.incoming import Incoming
from koshelok.debtors.models import Debt, Debtor, Import, ImportStatus, Method, Payment
from koshelok.debtors.operations.settlement import settle
from koshelok.debtors.queries.imports import get_import
from koshelok.infra.db import session
from koshelok.infra.imports import ImportMoved


@dataclass(frozen=True, slots=True)
class _Entry:
    row: Incoming
    debtor_id: int
    own: bool  # the person came with this very row


def import_rows(
    *, actor_id: int, workspace_id: int, import_id: UUID, rows: Sequence[Incoming], description: str
) -> dict[str, Any]:
    """Enter rows: people by their numbers, what they owe as debts, what is held for them as
    payments that stay credit. Those whose balances change are locked in the order of their ids.

    Answers the rows' counts and sums, the same however often. Raises ImportMoved.
    """
    found = get_import(workspace_id, import_id, lock=True)
    if found.status != ImportStatus.RUNNING:
        raise ImportMoved
    good = [row for row in rows if not row.wrong]
    _insert_people(actor_id, found, good)
    people = _find_people(workspace_id, good)
    entries = []
    counts: Counter[str] = Counter(wrong=len(rows) - len(good), new=0, duplicate=0, added=0)
    for row in good:
        debtor_id, client_id = people.get(row.phone_number, (0, None))
        own = client_id == uuid5(import_id, str(row.number))
        counts["new" if own else "duplicate"] += 1
        if debtor_id and row.balance and (own or found.mapping["duplicates"] == "add"):
            counts["added"] += not own
            entries.append(_Entry(row, debtor_id, own))
    _enter(actor_id, found, entries, description)
    return {**counts, **_sums(entries)}


def finish_import(
    *, actor_id: int, workspace_id: int, import_id: UUID, counts: dict[str, Any]
) -> None:
    """Note what came of it; a second time changes nothing."""
    found = get_import(workspace_id, import_id, lock=True)
    if found.status != ImportStatus.RUNNING:
        return
    found.status = ImportStatus.DONE
    found.counts = {**counts, "rows": found.counts["rows"]}
    audit.record(
        action="debtors.imported",
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="import",
        subject_id=import_id,
        details={"file": found.file_name, **counts},
    )


def _insert_people(actor_id: int, found: Import, rows: Iterable[Incoming]) -> None:
    """Whoever has a number already, also since the look at the file, stays who they are."""
    values = [
        {
            "workspace_id": found.workspace_id,
            "full_name": row.full_name,
            "phone_number": row.phone_number,
            "note": row.note,
            "credit_limit": row.credit_limit,
            "client_id": uuid5(found.id, str(row.number)),
            "import_id": found.id,
            "created_by_id": actor_id,
            "last_entry_at": _at(row),
        }
        for row in rows
    ]
    _insert(Debtor, values, Debtor.id)


def _find_people(workspace_id: int, rows: Iterable[Incoming]) -> dict[str, tuple[int, UUID | None]]:
    found = session.execute(
        select(Debtor.phone_number, Debtor.id, Debtor.client_id).where(
            Debtor.workspace_id == workspace_id,
            Debtor.phone_number.in_({row.phone_number for row in rows}),
            Debtor.deleted_at.is_(None),
        )
    )
    return {phone: (debtor_id, client_id) for phone, debtor_id, client_id in found}


def _enter(actor_id: int, found: Import, entries: list[_Entry], description: str) -> None:
    kept = _lock({entry.debtor_id for entry in entries})
    touched: Counter[int] = Counter()
    for model, sign in ((Debt, 1), (Payment, -1)):
        values = [
            _values(actor_id, found, entry, model, description)
            for entry in entries
            if entry.debtor_id in kept and entry.row.balance * sign > 0
        ]
        touched.update(_insert(model, values, model.debtor_id))
    own = Counter(entry.debtor_id for entry in entries if entry.own)
    met = [debtor for debtor, times in touched.items() if times > 1 or not own[debtor]]
    session.execute(update(Debtor).where(Debtor.id.in_(met)).values(last_entry_at=now()))
    for debtor_id in met:  # others have one entry, which there is nothing to settle with
        settle(actor_id=actor_id, debtor_id=debtor_id)


def _insert(model: type, values: list[dict[str, Any]], answer: Any) -> Sequence[int]:
    """Insert what is not there yet, in one statement; of each row that was made, the answer."""
    made = insert(model.__table__).on_conflict_do_nothing().returning(answer)  # type: ignore[attr-defined]  # a mapped class
    return session.scalars(made, values).all() if values else ()


def _lock(debtor_ids: Collection[int]) -> set[int]:
    locked = session.scalars(
        select(Debtor.id)
        .where(Debtor.id.in_(debtor_ids), Debtor.deleted_at.is_(None))
        .order_by(Debtor.id)
        .with_for_update(key_share=True)
    )
    return set(locked)


def _values(
    actor_id: int, found: Import, entry: _Entry, model: type, description: str
) -> dict[str, Any]:
    amount = abs(entry.row.balance)
    own: dict[str, Any] = {"remaining": amount, "due_date": entry.row.due_date}
    if model is Payment:
        own = {"credited": amount, "method": Method.CASH}
    return {
        "workspace_id": found.workspace_id,
        "debtor_id": entry.debtor_id,
        "amount": amount,
        "description": description,
        "client_id": uuid5(found.id, str(entry.row.number)),
        "import_id": found.id,
        "created_by_id": actor_id,
        "created_at": _at(entry.row),
        **own,
    }


def _at(row: Incoming) -> datetime:
    return midnight(row.day) if row.day else now()


def _sums(entries: Iterable[_Entry]) -> dict[str, str]:
    debt = credit = Decimal(0)
    for entry in entries:
        debt += max(entry.row.balance, Decimal(0))
        credit += max(-entry.row.balance, Decimal(0))
    return {"debt": to_json(debt), "credit": to_json(credit)}
