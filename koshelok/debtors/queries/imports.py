"""Reads of imports."""

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from koshelok.core.errors import NotFound
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.debtors.errors import ImportNotFound
from koshelok.debtors.models import Debtor, Import, ImportStatus
from koshelok.infra.db import session
from koshelok.infra.imports import find_learned
from koshelok.jobs import queries as jobs

if TYPE_CHECKING:
    from koshelok.jobs.models import Job


def get_import(workspace_id: int, import_id: UUID, *, lock: bool = False) -> Import:
    """One import of the workspace; raises ImportNotFound."""
    query = select(Import).where(Import.id == import_id, Import.workspace_id == workspace_id)
    if lock:
        query = query.with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise ImportNotFound
    return found


def list_imports(workspace_id: int, *, limit: int, cursor: str | None = None) -> Page[Import]:
    """The workspace's imports, the newest first."""
    query = (
        select(Import)
        .where(Import.workspace_id == workspace_id)
        .order_by(Import.id.desc())
        .limit(limit + 1)
    )
    if cursor:
        query = query.where(Import.id < decode_cursor(cursor, UUID)[0])
    rows = session.scalars(query).all()
    more = len(rows) > limit
    return Page(rows[:limit], encode_cursor(rows[limit - 1].id) if more else None)


def find_learned_columns(workspace_id: int) -> dict[str, str]:
    """What headers meant in the workspace's last imports: folded header to field."""
    return find_learned(Import, workspace_id)


def find_names(workspace_id: int, phones: Collection[str]) -> dict[str, str]:
    """Who in the book has which of these numbers."""
    query = select(Debtor.phone_number, Debtor.full_name).where(
        Debtor.workspace_id == workspace_id,
        Debtor.phone_number.in_(phones),
        Debtor.deleted_at.is_(None),
    )
    return {row.phone_number: row.full_name for row in session.execute(query)}


def find_job(actor_id: int, job_id: UUID | None) -> "Job | None":
    """The work of an import, if it is this person's and not forgotten."""
    if job_id is None:
        return None
    try:
        return jobs.get_job(actor_id, job_id)
    except NotFound:
        return None


def is_stopped(found: Import) -> bool:
    """Whether its work began and neither goes on nor came to its end."""
    begun = found.status in {ImportStatus.RUNNING, ImportStatus.REVERTING}
    return begun and not jobs.is_unfinished(found.job_id)
