"""Asking for an archive, and bringing one back; koshelok.archive.tasks does the work."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import psycopg
from sqlalchemy import func, select
from sqlalchemy.exc import DataError, IntegrityError

from koshelok.archive.documents import Document
from koshelok.archive.errors import ArchiveBroken, ArchiveGone, WorkspaceNotEmpty
from koshelok.archive.incoming import Archive, open_archive
from koshelok.archive.tables import SECTIONS
from koshelok.audit import operations as audit
from koshelok.budgets.operations import whole as budgets
from koshelok.finance.operations import whole as finance
from koshelok.infra.db import session
from koshelok.infra.whole import Misfit
from koshelok.jobs import operations as jobs
from koshelok.wallet import operations as wallet
from koshelok.workspaces import operations as workspaces

if TYPE_CHECKING:
    from koshelok.jobs.models import Job

EXPORT, IMPORT = "archive_export", "archive_import"
_EXPORT_TASK = "koshelok.archive.tasks.export_all"
_IMPORT_TASK = "koshelok.archive.tasks.import_all"
_LOADERS: dict[str, Callable[..., None]] = {**finance.LOADERS, **budgets.LOADERS}
_REFUSED = (Misfit, IntegrityError, DataError, psycopg.IntegrityError, psycopg.DataError)


def start_export(*, actor_id: int, workspace_id: int, own: bool, words: dict[str, Any]) -> "Job":
    """Begin to write everything of a workspace into a ZIP; with `own`, which is for a person's
    own workspace, also their cards and orders. `words` are words.archive_words.

    Raises TooManyJobs.
    """
    params = {"workspace": workspace_id, "own": own, "words": words}
    job = jobs.start_job(actor_id=actor_id, kind=EXPORT, task=_EXPORT_TASK, params=params)
    _note("workspace.exported", actor_id, workspace_id, job)
    return job


def start_import(*, actor_id: int, workspace_id: int, stream: BinaryIO, language: str) -> "Job":
    """Keep an archive and begin to bring it into a workspace; what is not one is refused at once.

    Raises ArchiveInvalid, ArchiveNewer, WorkspaceNotEmpty, TooManyJobs.
    """
    check_empty(workspace_id=workspace_id)
    name = jobs.keep_upload(stream=stream)
    try:
        with open_archive(find_file(name=name)) as archive, archive.data() as data:
            Document(data)
        params = {"workspace": workspace_id, "file": name, "language": language}
        job = jobs.start_job(actor_id=actor_id, kind=IMPORT, task=_IMPORT_TASK, params=params)
    except BaseException:
        jobs.drop_upload(name=name)
        raise
    _note("workspace.brought_back", actor_id, workspace_id, job)
    return job


def find_file(*, name: str) -> Path:
    """Where an archive that was brought is; raises ArchiveGone."""
    path = jobs.find_upload(name=name)
    if path is None:
        raise ArchiveGone
    return path


def check_empty(*, workspace_id: int) -> None:
    """Raise WorkspaceNotEmpty unless an archive may be brought into a workspace."""
    parts = (finance, budgets)
    if not all(part.is_empty(workspace_id=workspace_id) for part in parts):
        raise WorkspaceNotEmpty


def bring_archive(
    *,
    actor_id: int,
    workspace_id: int,
    archive: Archive,
    language: str,
    progress: Callable[[int], object],
) -> int:
    """Bring all of an archive into an empty workspace, or nothing; answers how many rows.

    Two at once wait for each other. Raises ArchiveInvalid, ArchiveNewer, ArchiveBroken,
    ReceiptMissing, WorkspaceNotEmpty, Forbidden where the actor is no owner any more.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(IMPORT), workspace_id)))
    check_empty(workspace_id=workspace_id)
    into = finance.Bringing(actor_id, workspace_id, archive.read_receipt)
    with archive.data() as data:
        document = Document(data)
        place = document.head.workspace
        workspaces.edit_workspace(
            actor_id=actor_id, workspace_id=workspace_id,
            time_zone=place.time_zone, month_start=place.month_start,
        )  # fmt: skip
        replaced = finance.put_away_categories(workspace_id=workspace_id)
        count = _bring(into, document, progress)
    wallet.keep_recording(workspace_id=workspace_id, language=language)
    budgets.clear_plans(categories=replaced)
    finance.clear_categories(categories=replaced)
    return count


def _bring(into: finance.Bringing, document: Document, progress: Callable[[int], object]) -> int:
    count = 0
    for name, section in SECTIONS.items():
        for first, rows in document.batches(section):
            try:
                _LOADERS[name](into=into, rows=rows)
                session.flush()
            except _REFUSED as error:
                raise ArchiveBroken(part=name, row=first) from error
            count += len(rows)
            progress(count)
    document.finish()
    return count


def _note(action: str, actor_id: int, workspace_id: int, job: "Job") -> None:
    audit.record(
        action=action,
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="job",
        subject_id=job.id,
    )
