"""The life of an import: brought, mapped, looked at, saved by the worker, taken back whole."""

from datetime import datetime
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import delete, func, select

from koshelok.core.text import clean
from koshelok.finance import incoming
from koshelok.finance.errors import ImportColumnMissing, TooManyNewCategories
from koshelok.finance.incoming import WORDS, is_ready
from koshelok.finance.models import Change, Import, ImportRow, ImportStatus
from koshelok.finance.operations import import_rows
from koshelok.finance.operations.changes import note_change
from koshelok.finance.queries.imports import (
    count_rows,
    find_learned_columns,
    get_import,
    is_working,
    list_new_categories,
)
from koshelok.infra.db import session
from koshelok.infra.imports import ImportFileGone, ImportMoved, Labels, learn
from koshelok.infra.unit_of_work import after_commit
from koshelok.jobs import operations as jobs

KIND, CHANGE = "finance_import", "imported"
READ, SAVE = (f"koshelok.finance.import_tasks.{name}" for name in ("read_file", "save_rows"))
NEW_CATEGORIES = 200
_FILE_NAME_LIMIT = 200
Words = dict[str, Any]


def bring_file(
    *, actor_id: int, workspace_id: int, stream: BinaryIO, file_name: str, labels: Labels,
    words: Words,
) -> Import:  # fmt: skip
    """Keep a file, guess its columns and, where they are known, let the worker read its rows.

    `labels` are what we call the fields, in each language, `words` what is written in the
    reader's. Raises Invalid (field `file`) for what cannot be read, TooManyJobs.
    """
    name = jobs.keep_upload(stream=stream)
    try:
        path = jobs.find_upload(name=name)
        if path is None:
            raise ImportFileGone
        brought = Import(
            workspace_id=workspace_id,
            created_by_id=actor_id,
            file=name,
            file_name=clean(file_name, limit=10_000, field="file")[-_FILE_NAME_LIMIT:],
            mapping=incoming.plan(path, find_learned_columns(workspace_id), labels),
        )
        session.add(brought)
        session.flush()
        if is_ready(brought.mapping):
            _begin(brought, actor_id, READ, words)
    except BaseException:
        jobs.drop_upload(name=name)
        raise
    return brought


def map_columns(
    *, actor_id: int, workspace_id: int, import_id: UUID, columns: dict[str, int], positive: str,
    words: Words,
) -> Import:  # fmt: skip
    """Say which column is which field, and let the rows be read again; remembered for the next
    file. `positive` is the type of an amount without a sign.

    Raises ImportNotFound, ImportMoved, ImportFileGone, ImportColumnMissing, TooManyJobs.
    """
    brought = _get_unsaved(workspace_id, import_id)
    if jobs.find_upload(name=brought.file) is None:
        raise ImportFileGone
    width = len(brought.mapping["header"])
    known = {f: place for f, place in columns.items() if f in WORDS and 0 <= place < width}
    mapping = {**brought.mapping, "columns": known}
    if positive in {"income", "expense"}:
        mapping["positive"] = positive
    if not is_ready(mapping):
        raise ImportColumnMissing
    brought.mapping = {**mapping, "learned": learn(mapping)}
    brought.status, brought.counts = ImportStatus.READING, {}
    _begin(brought, actor_id, READ, words)
    return brought


def start_import(*, actor_id: int, workspace_id: int, import_id: UUID, words: Words) -> Import:
    """Begin to save the new rows; what stopped halfway goes on from where it was.

    Raises ImportNotFound, ImportMoved, TooManyNewCategories, TooManyJobs.
    """
    found = get_idle(workspace_id=workspace_id, import_id=import_id)
    if found.status not in {ImportStatus.READY, ImportStatus.RUNNING}:
        raise ImportMoved
    if found.status == ImportStatus.READY:
        if (made := len(list_new_categories(import_id))) > NEW_CATEGORIES:
            raise TooManyNewCategories(count=made, limit=NEW_CATEGORIES)
        found.mapping = {**found.mapping, "learned": learn(found.mapping)}
    found.status = ImportStatus.RUNNING
    _begin(found, actor_id, SAVE, words)
    return found


def drop_import(*, workspace_id: int, import_id: UUID) -> None:
    """Forget a file that was not saved; it is deleted once that is committed.

    Raises ImportNotFound, ImportMoved.
    """
    brought = _get_unsaved(workspace_id, import_id)
    after_commit(partial(jobs.drop_upload, name=brought.file))
    session.execute(delete(Import).where(Import.id == import_id))


def note_rows(*, workspace_id: int, import_id: UUID, job_id: UUID, other: str) -> dict[str, Any]:
    """Say what a file's rows, now that they are there, would do; answers their counts. Raises
    ImportMoved."""
    found = _get_of_job(workspace_id, import_id, job_id)
    import_rows.weigh_rows(workspace_id=workspace_id, import_id=import_id, other=other)
    if found.status == ImportStatus.READING:
        found.counts = {
            **count_rows(import_id),
            "categories": list_new_categories(import_id)[: NEW_CATEGORIES + 1],
        }
        found.status = ImportStatus.READY
    else:  # read again after the database lost them: what is saved is a duplicate now
        found.counts = {**found.counts, "passed": 0}
    session.flush()
    return found.counts


def open_saving(
    *, actor_id: int, workspace_id: int, import_id: UUID, job_id: UUID, other: str
) -> tuple[int, bool]:
    """Before the first batch: weigh the rows once more, make the categories, note the change.

    Answers how many rows there are to save, and whether the database lost some. Raises ImportMoved.
    """
    found = _get_of_job(workspace_id, import_id, job_id)
    if found.status != ImportStatus.RUNNING:
        raise ImportMoved
    there = func.count(), func.count().filter(ImportRow.status == "new")
    rows, new = session.execute(select(*there).where(ImportRow.import_id == import_id)).one()
    passed = found.counts.get("passed", 0)
    if rows != found.counts["rows"] - passed:  # also where they were read again, but not noted
        return 0, True
    if not passed:
        import_rows.weigh_rows(workspace_id=workspace_id, import_id=import_id, other=other)
        new = count_rows(import_id)["new"]
    made = import_rows.open_categories(workspace_id=workspace_id, import_id=import_id)
    if found.change_id is None:
        import_rows.teach(workspace_id=workspace_id, import_id=import_id, other=other)
        found.change_id = note_change(
            actor_id=actor_id, workspace_id=workspace_id, kind=CHANGE, count=0,
            details={"import": str(import_id), "file": found.file_name, "categories": made},
        ).id  # fmt: skip
    session.flush()
    return new, False


def save_next(*, actor_id: int, workspace_id: int, import_id: UUID, job_id: UUID, size: int) -> int:
    """Make records of the next rows; answers how many rows went, 0 at the end. Raises
    ImportMoved."""
    found = _get_of_job(workspace_id, import_id, job_id)
    if found.status != ImportStatus.RUNNING:
        raise ImportMoved
    change = session.get_one(Change, found.change_id, with_for_update=True)
    gone, saved = import_rows.save_batch(
        actor_id=actor_id, workspace_id=workspace_id, import_id=import_id, at=change.created_at,
        size=size,
    )  # fmt: skip
    found.counts = {**found.counts, "passed": found.counts.get("passed", 0) + gone}
    change.count += saved
    session.flush()
    return gone


def finish_import(*, workspace_id: int, import_id: UUID, job_id: UUID) -> dict[str, Any]:
    """Note what came of it, and let its file and rows go; answers the counts."""
    found = _get_of_job(workspace_id, import_id, job_id)
    if found.status == ImportStatus.RUNNING:
        change = session.get_one(Change, found.change_id)
        counts = found.counts
        duplicate = counts["rows"] - counts["wrong"] - change.count
        found.counts = {**counts, "new": change.count, "duplicate": duplicate}
        found.status = ImportStatus.DONE
        import_rows.drop_rows(import_id=import_id)
        after_commit(partial(jobs.drop_upload, name=found.file))
        session.flush()
    return found.counts


def forget_unsaved(*, before: datetime) -> int:
    """Let imports go that were only looked at, long ago; answers how many."""
    gone = session.scalars(
        delete(Import)
        .where(
            Import.created_at < before,
            Import.status.in_([ImportStatus.READING, ImportStatus.READY]),
        )
        .returning(Import.file)
    ).all()
    for file in gone:
        after_commit(partial(jobs.drop_upload, name=file))
    return len(gone)


def _begin(found: Import, actor_id: int, task: str, words: Words) -> None:
    params = {"workspace": found.workspace_id, "import": str(found.id), "words": words}
    found.job_id = jobs.start_job(actor_id=actor_id, kind=KIND, task=task, params=params).id
    session.flush()


def _get_unsaved(workspace_id: int, import_id: UUID) -> Import:
    found = get_idle(workspace_id=workspace_id, import_id=import_id)
    if found.status not in {ImportStatus.READING, ImportStatus.READY}:
        raise ImportMoved
    return found


def get_idle(*, workspace_id: int, import_id: UUID) -> Import:
    """An import that the worker has not, locked; raises ImportNotFound, ImportMoved. Who has to
    wait for the worker is refused at once instead."""
    for lock in (False, True):
        found = get_import(workspace_id, import_id, lock=lock)
        if is_working(found):
            raise ImportMoved
    return found


def _get_of_job(workspace_id: int, import_id: UUID, job_id: UUID) -> Import:
    found = get_import(workspace_id, import_id, lock=True)
    if found.job_id != job_id:
        raise ImportMoved
    return found
