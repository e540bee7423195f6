"""Reads of imports, and of what their rows would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from koshelok.core.errors import NotFound
from koshelok.core.money import to_json
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.finance.errors import ImportNotFound
from koshelok.finance.models import Category, Change, Import, ImportRow, ImportStatus, Type
from koshelok.infra.db import session
from koshelok.infra.imports import find_learned
from koshelok.jobs import queries as jobs

if TYPE_CHECKING:
    from koshelok.jobs.models import Job

NEW, DUPLICATE, WRONG = "new", "duplicate", "wrong"
STATES = (NEW, DUPLICATE, WRONG)


@dataclass(frozen=True, slots=True)
class Brought:
    """An import as a list shows it; `taken_back` once all of it was."""

    id: UUID
    file_name: str
    status: str
    counts: dict[str, Any]
    created_at: Any
    change_id: int | None
    taken_back: bool


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row before it is saved; `guessed` where the note, not the file, gave its category."""

    number: int
    status: str
    type: str | None
    amount: Decimal | None
    date: date | None
    comment: str
    category_name: str
    code: str | None
    guessed: bool
    wrong: list[list[Any]]


def get_import(workspace_id: int, import_id: UUID, *, lock: bool = False) -> Import:
    """One import of the workspace; raises ImportNotFound."""
    query = select(Import).where(Import.id == import_id, Import.workspace_id == workspace_id)
    if lock:
        query = query.with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise ImportNotFound
    return found


def list_imports(workspace_id: int, *, limit: int, cursor: str | None = None) -> Page[Brought]:
    """The workspace's imports, the newest first."""
    query = (
        select(
            Import.id, Import.file_name, Import.status, Import.counts, Import.created_at,
            Import.change_id, Change.undone_at.is_not(None),
        )
        .outerjoin(Change, Change.id == Import.change_id)
        .where(Import.workspace_id == workspace_id)
        .order_by(Import.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if cursor:
        query = query.where(Import.id < decode_cursor(cursor, UUID)[0])
    rows = [Brought(*row) for row in session.execute(query)]
    more = len(rows) > limit
    return Page(rows[:limit], encode_cursor(rows[limit - 1].id) if more else None)


def is_taken_back(found: Import) -> bool:
    """Whether all of it was undone."""
    undone = select(Change.undone_at).where(Change.id == found.change_id)
    return session.scalar(undone) is not None


def find_learned_columns(workspace_id: int) -> dict[str, str]:
    """What headers meant in the workspace's last imports: folded header to field."""
    return find_learned(Import, workspace_id)


def list_rows(
    workspace_id: int,
    import_id: UUID,
    *,
    status: str | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page[PreviewRow]:
    """An import's rows in the order of its file, of one status if given."""
    query = (
        select(
            ImportRow.number, ImportRow.status, ImportRow.type, ImportRow.amount, ImportRow.date,
            ImportRow.comment, func.coalesce(Category.name, ImportRow.category_name),
            Category.code, ImportRow.category_name == "", ImportRow.wrong,
        )
        .join(Import, Import.id == ImportRow.import_id)
        .outerjoin(Category, Category.id == ImportRow.category_id)
        .where(Import.workspace_id == workspace_id, ImportRow.import_id == import_id)
        .order_by(ImportRow.number)
        .limit(limit + 1)
    )  # fmt: skip
    if status:
        query = query.where(ImportRow.status == status)
    if cursor:
        (after,) = decode_cursor(cursor, int)
        query = query.where(ImportRow.number > after)
    rows = [PreviewRow(*row) for row in session.execute(query)]
    more = len(rows) > limit
    return Page(rows[:limit], encode_cursor(rows[limit - 1].number) if more else None)


def count_rows(import_id: UUID) -> dict[str, Any]:
    """How many rows are new, duplicates or wrong, and what the new ones sum to, by type."""
    counts: dict[str, Any] = {"rows": 0, **dict.fromkeys(STATES, 0)}
    sums = {Type.INCOME: Decimal(0), Type.EXPENSE: Decimal(0)}
    rows = session.execute(
        select(ImportRow.status, ImportRow.type, func.count(), func.sum(ImportRow.amount))
        .where(ImportRow.import_id == import_id)
        .group_by(ImportRow.status, ImportRow.type)
    )
    for status, type_, count, amount in rows:
        counts[status] += count
        counts["rows"] += count
        if status == NEW:
            sums[Type(str(type_))] += amount or 0
    return {**counts, **{str(type_): to_json(amount) for type_, amount in sums.items()}}


def list_new_categories(import_id: UUID) -> list[tuple[str, str]]:
    """Type and name of the categories that saving would make."""
    rows = session.execute(
        select(ImportRow.type, ImportRow.category_name)
        .where(
            ImportRow.import_id == import_id,
            ImportRow.status == NEW,
            ImportRow.category_id.is_(None),
        )
        .group_by(ImportRow.type, func.fold_text(ImportRow.category_name), ImportRow.category_name)
        .order_by(ImportRow.type, ImportRow.category_name)
    )
    return [(str(type_), name) for type_, name in rows]


def list_wrong(
    import_id: UUID, *, after: int, limit: int
) -> Sequence[tuple[int, list[str], list[Any]]]:
    """Numbers of wrong rows, their cells and why, in the order of the file."""
    rows = session.execute(
        select(ImportRow.number, ImportRow.cells, ImportRow.wrong)
        .where(
            ImportRow.import_id == import_id, ImportRow.status == WRONG, ImportRow.number > after
        )
        .order_by(ImportRow.number)
        .limit(limit)
    )
    return [(number, cells or [], wrong) for number, cells, wrong in rows]


def find_job(actor_id: int, job_id: UUID | None) -> "Job | None":
    """The work of an import, if it is this person's and not forgotten."""
    if job_id is None:
        return None
    try:
        return jobs.get_job(actor_id, job_id)
    except NotFound:
        return None


def is_working(found: Import) -> bool:
    """Whether the worker has it, or will."""
    begun = found.status in {ImportStatus.READING, ImportStatus.RUNNING}
    return begun and jobs.is_unfinished(found.job_id)


def is_stopped(found: Import) -> bool:
    """Whether its saving began and neither goes on nor came to its end."""
    return found.status == ImportStatus.RUNNING and not jobs.is_unfinished(found.job_id)
