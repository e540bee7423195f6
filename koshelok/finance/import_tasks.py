"""Jobs of imports: reading a file's rows, saving them, forgetting what was only looked at."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from koshelok.core.clock import now
from koshelok.finance.incoming import count_rows, read_rows
from koshelok.finance.operations import import_rows, imports
from koshelok.finance.queries.imports import get_import, list_wrong
from koshelok.infra.cells_in import Reason
from koshelok.infra.imports import ImportFileGone, mendable, name_of_wrong
from koshelok.infra.tables import CSV_TYPE, write_csv
from koshelok.infra.tables_in import Cell
from koshelok.infra.unit_of_work import retried, unit_of_work
from koshelok.jobs import operations as jobs
from koshelok.jobs.operations import Work

AT_ONCE = 5_000
KEPT = timedelta(days=7)  # as long as the files
_TOLD_EVERY = 1_000


def read_file(work: Work) -> None:
    """Read a file, row after row, into the database, to be looked at."""
    whose = _whose(work)
    path, mapping = _find(whose)
    _read(work, whose, path, mapping)
    work.result = {}


def save_rows(work: Work) -> None:
    """Make records of the new rows, and a file of the wrong ones, to be mended."""
    whose = _whose(work)
    path, mapping = _find(whose)
    asked = {**whose, "actor_id": work.owner_id, "other": work.params["words"]["other"]}
    total, lost = retried(partial(imports.open_saving, **asked))
    if lost:  # by a crash of the database, which keeps no log of these rows
        _read(work, whose, path, mapping)
        total, _ = retried(partial(imports.open_saving, **asked))
    work.advance(0, total)
    batch = {**whose, "actor_id": work.owner_id, "size": AT_ONCE}
    while gone := retried(partial(imports.save_next, **batch)):
        work.advance(work.done + gone)
    _write_wrong(work, mapping, whose["import_id"])
    counts = retried(partial(imports.finish_import, **whose))
    work.result = {name: counts[name] for name in ("rows", "new", "duplicate", "wrong")}


def forget_old() -> int:
    """Let go what was only looked at a week ago; answers how many imports."""
    with unit_of_work():
        return imports.forget_unsaved(before=now() - KEPT)


def _whose(work: Work) -> dict[str, Any]:
    return {
        "workspace_id": work.params["workspace"],
        "import_id": UUID(work.params["import"]),
        "job_id": work.id,
    }


def _find(whose: dict[str, Any]) -> tuple[Path, dict[str, Any]]:
    with unit_of_work():
        found = get_import(whose["workspace_id"], whose["import_id"])
        name, mapping = found.file, found.mapping
    path = jobs.find_upload(name=name)
    if path is None:
        raise ImportFileGone
    return path, mapping


def _read(work: Work, whose: dict[str, Any], path: Path, mapping: dict[str, Any]) -> None:
    work.advance(0, count_rows(path))
    rows = _told(work, read_rows(path, mapping))
    with unit_of_work():
        import_rows.stage_rows(import_id=whose["import_id"], rows=rows)
    with unit_of_work():
        import_rows.count_staged()
    with unit_of_work():
        imports.note_rows(**whose, other=work.params["words"]["other"])


def _told(work: Work, rows: Iterable[Any]) -> Iterator[Any]:
    for count, row in enumerate(rows, start=1):
        yield row
        if count % _TOLD_EVERY == 0:
            work.advance(count, max(count, work.total or 0))


def _write_wrong(work: Work, mapping: dict[str, Any], import_id: UUID) -> None:
    words, wrong = work.params["words"], _each_wrong(import_id)
    first = next(wrong, None)
    if first is None:
        return
    with work.open_file(name_of_wrong(words["wrong_file"], words["file"]), CSV_TYPE) as to:
        header = [words["row"], *mapping["header"], words["wrong"]]
        rows = mendable(chain([first], wrong), len(mapping["header"]), words["reasons"])
        write_csv(to, header, rows)


def _each_wrong(import_id: UUID) -> Iterator[tuple[int, Sequence[Cell], list[tuple[Reason, str]]]]:
    after = 0
    while True:
        with unit_of_work():
            rows = list_wrong(import_id, after=after, limit=_TOLD_EVERY)
        for after, cells, reasons in rows:
            yield after, cells, [(Reason(*reason), text) for *reason, text in reasons]
        if not rows:
            return
