"""Everything that finance keeps of a workspace, for an archive that can be brought back.

What the database works out itself (totals, search words) is left out, and so is what other
workspaces or people are part of: a record that a transfer made comes back as an ordinary one.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import FromClause, Select, Subquery, and_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from koshelok.finance.models import (
    BankMessage,
    Category,
    CategoryMemory,
    CategoryRule,
    Receipt,
    Recurrence,
    Transaction,
)
from koshelok.finance.receipts import receipts_folder
from koshelok.finance.whole import (
    BankMessageRow,
    CategoryRow,
    LearnedRow,
    ReceiptRow,
    RecordRow,
    RecurrenceRow,
    RuleRow,
)
from koshelok.infra.db import session
from koshelok.infra.whole import Row, Section, places

_STAYS = or_(Transaction.deleted_at.is_(None), Transaction.transfer_id.is_(None))


def has_records(workspace_id: int) -> bool:
    """Whether anything was written here, also what is in the trash."""
    models = (Transaction, Recurrence, CategoryRule, BankMessage)
    asked = [exists().where(model.workspace_id == workspace_id) for model in models]
    return bool(session.scalar(select(or_(*asked))))


def count_records(workspace_id: int) -> int:
    """How many records an archive will have."""
    query = select(func.count()).select_from(_kept(workspace_id))
    return session.scalar(query) or 0


def select_receipt_files(workspace_id: int) -> Select[*tuple[Any, ...]]:
    """The names of receipts' files: in the archive, and on the disk."""
    found = _receipts(workspace_id)
    return select(found.c.place, found.c.kind, found.c.file).order_by(found.c.place)


def path_of(file: str) -> Path:
    """Where the file of a receipt is on the disk, if it is there."""
    return receipts_folder() / file


def archived_file(place: int, kind: str) -> str:
    """What a receipt is called in an archive."""
    return f"receipts/{place:06}.{'pdf' if kind == 'pdf' else 'webp'}"


def category_places(workspace_id: int) -> FromClause:
    """The place of each category in an archive, for what others keep of them."""
    return places(Category, workspace_id)


def _select_categories(workspace_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Category.name, Category.type, Category.code, Category.archived_at,
            Category.last_used_at, Category.created_at,
        )
        .where(Category.workspace_id == workspace_id)
        .order_by(Category.id)
    )  # fmt: skip


def _select_rules(workspace_id: int) -> Select[*tuple[Any, ...]]:
    category = places(Category, workspace_id)
    return (
        select(category.c.place.label("category"), CategoryRule.key, CategoryRule.created_at)
        .join(category, category.c.id == CategoryRule.category_id)
        .where(CategoryRule.workspace_id == workspace_id)
        .order_by(CategoryRule.id)
    )


def _select_recurrences(workspace_id: int) -> Select[*tuple[Any, ...]]:
    category = places(Category, workspace_id)
    return (
        select(
            category.c.place.label("category"), Recurrence.amount, Recurrence.comment,
            Recurrence.unit, Recurrence.every, Recurrence.starts_on, Recurrence.ends_on,
            Recurrence.next_on, Recurrence.created_at, Recurrence.stopped_at,
        )
        .join(category, category.c.id == Recurrence.category_id)
        .where(Recurrence.workspace_id == workspace_id)
        .order_by(Recurrence.id)
    )  # fmt: skip


def _select_records(workspace_id: int) -> Select[*tuple[Any, ...]]:
    category, rule = places(Category, workspace_id), places(CategoryRule, workspace_id)
    recurrence, split = places(Recurrence, workspace_id), _splits(workspace_id)
    files = _files(workspace_id)
    return (
        select(
            category.c.place.label("category"), Transaction.amount, Transaction.comment,
            Transaction.date, Transaction.created_at, Transaction.updated_at,
            Transaction.deleted_at, split.c.place.label("split"), Transaction.external_id,
            rule.c.place.label("rule"), recurrence.c.place.label("recurrence"),
            Transaction.occurs_on, files.c.receipts,
        )
        .join(category, category.c.id == Transaction.category_id)
        .join(split, split.c.split_id == Transaction.split_id, isouter=True)
        .join(rule, rule.c.id == Transaction.rule_id, isouter=True)
        .join(recurrence, recurrence.c.id == Transaction.recurrence_id, isouter=True)
        .join(files, files.c.transaction_id == Transaction.id, isouter=True)
        .where(Transaction.workspace_id == workspace_id, _STAYS)
        .order_by(Transaction.id)
    )  # fmt: skip


def _select_learned(workspace_id: int) -> Select[*tuple[Any, ...]]:
    category = places(Category, workspace_id)
    return (
        select(
            CategoryMemory.key, category.c.place.label("category"), CategoryMemory.times,
            CategoryMemory.corrected, CategoryMemory.used_at, CategoryMemory.asked_at,
        )
        .join(category, category.c.id == CategoryMemory.category_id)
        .where(CategoryMemory.workspace_id == workspace_id)
        .order_by(CategoryMemory.key.collate("C"), category.c.place)
    )  # fmt: skip


def _select_bank_messages(workspace_id: int) -> Select[*tuple[Any, ...]]:
    kept = _kept(workspace_id)
    return (
        select(
            BankMessage.fingerprint, BankMessage.kind, BankMessage.amount, BankMessage.payee,
            BankMessage.card, BankMessage.at, BankMessage.balance, BankMessage.text,
            kept.c.place.label("record"), BankMessage.created_at, BankMessage.dismissed_at,
        )
        .join(kept, kept.c.id == BankMessage.transaction_id, isouter=True)
        .where(BankMessage.workspace_id == workspace_id)
        .order_by(BankMessage.id)
    )  # fmt: skip


def _kept(workspace_id: int) -> Subquery:
    """The records, and their places; deleted ones of transfers stay deleted for ever."""
    place = func.row_number().over(order_by=Transaction.id).label("place")
    own = Transaction.workspace_id == workspace_id
    return select(Transaction.id, place).where(own, _STAYS).subquery("kept")


def _splits(workspace_id: int) -> FromClause:
    place = func.row_number().over(order_by=func.min(Transaction.id)).label("place")
    return (
        select(Transaction.split_id, place)
        .where(Transaction.workspace_id == workspace_id, Transaction.split_id.is_not(None))
        .group_by(Transaction.split_id)
        .subquery("splits")
    )


def _receipts(workspace_id: int) -> FromClause:
    kept = _kept(workspace_id)
    order = (Receipt.transaction_id, Receipt.id)
    return (
        select(
            Receipt.transaction_id, Receipt.kind, Receipt.name, Receipt.file, Receipt.created_at,
            func.row_number().over(order_by=order).label("place"),
        )
        .join(kept, kept.c.id == Receipt.transaction_id)
        .where(and_(Receipt.workspace_id == workspace_id, Receipt.deleted_at.is_(None)))
        .subquery("receipts_places")
    )  # fmt: skip


def _files(workspace_id: int) -> FromClause:
    """The receipts of each record that has some, as JSON."""
    found = _receipts(workspace_id).c
    values: list[Any] = []
    for name in ("place", "kind", "name", "created_at"):
        values += [literal(name), found[name]]
    values += [literal("stored"), found.file]
    listed = func.jsonb_agg(aggregate_order_by(func.jsonb_build_object(*values), found.place))
    return (
        select(found.transaction_id, listed.label("receipts"))
        .group_by(found.transaction_id)
        .subquery("files")
    )


class _Records(Section):
    """Records, with their receipts inside."""

    def row(self, found: Any) -> Row:
        """A record as the select gave it."""
        values = dict(found._mapping)  # noqa: SLF001  # so SQLAlchemy calls it
        values["receipts"] = [
            ReceiptRow.model_construct(
                kind=receipt["kind"],
                name=receipt["name"],
                file=archived_file(receipt["place"], receipt["kind"]),
                created_at=datetime.fromisoformat(receipt["created_at"]),
            )
            for receipt in values["receipts"] or ()
            if path_of(receipt["stored"]).exists()
        ]
        return RecordRow.model_construct(**values)


SECTIONS = (
    Section("categories", CategoryRow, _select_categories),
    Section("rules", RuleRow, _select_rules),
    Section("recurrences", RecurrenceRow, _select_recurrences),
    _Records("records", RecordRow, _select_records),
    Section("learned", LearnedRow, _select_learned),
    Section("bank_messages", BankMessageRow, _select_bank_messages),
)
"""In the order in which they are written and brought back: what is named comes first."""
