"""The life of an import, until the worker has it: brought, mapped, begun or dropped."""

from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import delete

from koshelok.core.text import clean
from koshelok.debtors import previews
from koshelok.debtors.errors import ImportColumnMissing
from koshelok.debtors.incoming import REQUIRED, WORDS
from koshelok.debtors.models import Import, ImportStatus
from koshelok.debtors.queries.imports import find_learned_columns, get_import, is_stopped
from koshelok.infra.db import session
from koshelok.infra.imports import ImportFileGone, ImportMoved, Labels, learn
from koshelok.infra.unit_of_work import after_commit
from koshelok.jobs import operations as jobs

KIND = "debtors_import"
TASK = "koshelok.debtors.import_tasks.import_file"
DUPLICATES = ("skip", "add")
_FILE_NAME_LIMIT = 200


def bring_file(
    *, actor_id: int, workspace_id: int, stream: BinaryIO, file_name: str, labels: Labels
) -> Import:
    """Keep a file and look at it: what its columns are, what its rows would do.

    `labels` are what we call the fields, in each language. Nothing enters the book yet. Raises
    Invalid (field `file`) for what cannot be read.
    """
    name = jobs.keep_upload(stream=stream)
    try:
        path = jobs.find_upload(name=name)
        if path is None:
            raise ImportFileGone
        mapping = previews.plan(path, find_learned_columns(workspace_id), labels)
        brought = Import(
            workspace_id=workspace_id,
            created_by_id=actor_id,
            file=name,
            file_name=clean(file_name, limit=10_000, field="file")[-_FILE_NAME_LIMIT:],
            mapping=mapping,
            counts=previews.examine(workspace_id, path, mapping),
        )
        session.add(brought)
        session.flush()
    except BaseException:
        jobs.drop_upload(name=name)
        raise
    return brought


def map_columns(*, workspace_id: int, import_id: UUID, columns: dict[str, int]) -> Import:
    """Say which column is which field, and look at the rows again; remembered for the next file.

    Raises ImportNotFound, ImportMoved, ImportFileGone.
    """
    brought = _get_brought(workspace_id, import_id)
    path = jobs.find_upload(name=brought.file)
    if path is None:
        raise ImportFileGone
    width = len(brought.mapping["header"])
    known = {f: place for f, place in columns.items() if f in WORDS and 0 <= place < width}
    mapping = {**brought.mapping, "columns": known}
    brought.mapping = {**mapping, "learned": learn(mapping)}
    brought.counts = previews.examine(workspace_id, path, mapping)
    session.flush()
    return brought


def start_import(
    *, actor_id: int, workspace_id: int, import_id: UUID, duplicates: str, words: dict[str, Any]
) -> Import:
    """Begin to enter the rows that are not wrong; `duplicates` is skip, or add: their balances go
    to the people who have the numbers. What stopped halfway goes on from where it was.

    `words` are the texts to write, in the reader's language. Raises ImportNotFound, ImportMoved,
    ImportColumnMissing, ImportFileGone, TooManyJobs.
    """
    found = get_import(workspace_id, import_id, lock=True)
    stopped = found.status == ImportStatus.RUNNING and is_stopped(found)
    if found.status != ImportStatus.UPLOADED and not stopped:
        raise ImportMoved
    if not set(REQUIRED) <= found.mapping["columns"].keys():
        raise ImportColumnMissing
    if jobs.find_upload(name=found.file) is None:
        raise ImportFileGone
    if not stopped:
        chosen = duplicates if duplicates in DUPLICATES else DUPLICATES[0]
        found.mapping = {
            **found.mapping, "duplicates": chosen, "learned": learn(found.mapping)
        }  # fmt: skip
    found.status = ImportStatus.RUNNING
    params = {"workspace": workspace_id, "import": str(import_id), "words": words}
    found.job_id = jobs.start_job(actor_id=actor_id, kind=KIND, task=TASK, params=params).id
    session.flush()
    return found


def drop_import(*, workspace_id: int, import_id: UUID) -> None:
    """Forget a file that was not imported; it is deleted once that is committed.

    Raises ImportNotFound, ImportMoved.
    """
    brought = _get_brought(workspace_id, import_id)
    after_commit(partial(jobs.drop_upload, name=brought.file))
    session.execute(delete(Import).where(Import.id == import_id))


def _get_brought(workspace_id: int, import_id: UUID) -> Import:
    brought = get_import(workspace_id, import_id, lock=True)
    if brought.status != ImportStatus.UPLOADED:
        raise ImportMoved
    return brought
