"""Jobs of imports: entering a file's rows, taking them back."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from koshelok.core.money import to_json
from koshelok.debtors.incoming import Incoming, read_rows
from koshelok.debtors.operations import import_rows, reverts
from koshelok.debtors.queries.imports import get_import
from koshelok.infra.cells_in import Reason
from koshelok.infra.imports import ImportFileGone, mendable, name_of_wrong
from koshelok.infra.tables import CSV_TYPE, write_csv
from koshelok.infra.tables_in import Cell, in_batches
from koshelok.infra.unit_of_work import retried, unit_of_work
from koshelok.jobs import operations as jobs
from koshelok.jobs.operations import Work

AT_ONCE = 500


def import_file(work: Work) -> None:
    """Enter the rows of a file, and write those that are wrong into another, to be mended."""
    whose: dict[str, Any] = {
        "actor_id": work.owner_id,
        "workspace_id": work.params["workspace"],
        "import_id": UUID(work.params["import"]),
    }
    with unit_of_work():
        found = get_import(whose["workspace_id"], whose["import_id"])
        name, mapping, file_name = found.file, found.mapping, found.file_name
        work.advance(0, found.counts["rows"])
    path = jobs.find_upload(name=name)
    if path is None:
        raise ImportFileGone
    words, counts, wrong = work.params["words"], _Counts(), list[Incoming]()
    for rows in in_batches(read_rows(path, mapping), AT_ONCE):
        counts.add(_enter(whose, rows, words["description"]))
        wrong += [row for row in rows if row.wrong]
        work.advance(work.done + len(rows))
    if wrong:
        with work.open_file(name_of_wrong(words["wrong_file"], file_name), CSV_TYPE) as to:
            header = [words["row"], *mapping["header"], words["wrong"]]
            write_csv(
                to, header, mendable(map(_told, wrong), len(mapping["header"]), words["reasons"])
            )
    with unit_of_work():
        import_rows.finish_import(**whose, counts=counts.told())
    work.result = counts.told()


def revert_import(work: Work) -> None:
    """Take an import back, person after person."""
    whose: dict[str, Any] = {
        "workspace_id": work.params["workspace"],
        "import_id": UUID(work.params["import"]),
    }
    with unit_of_work():
        total = reverts.count_touched(**whose)
    work.advance(0, total)
    after = 0
    while ids := _revert(work, whose, after):
        after = ids[-1]
        work.advance(work.done + len(ids))
    work.total = work.done
    with unit_of_work():
        work.result = reverts.finish_revert(actor_id=work.owner_id, **whose)


def _enter(whose: dict[str, Any], rows: list[Incoming], description: str) -> dict[str, Any]:
    return retried(lambda: import_rows.import_rows(**whose, rows=rows, description=description))


def _revert(work: Work, whose: dict[str, Any], after: int) -> Sequence[int]:
    given = {"actor_id": work.owner_id, "reason": work.params["reason"], "after": after}
    return retried(lambda: reverts.revert_people(**whose, **given))


def _told(row: Incoming) -> tuple[int, list[Cell], list[tuple[Reason, str]]]:
    reasons = [(reason, row.texts.get(reason.field, "")) for reason in row.wrong]
    return row.number, row.cells, reasons


class _Counts:
    """What the batches come to together."""

    def __init__(self) -> None:
        self._rows: Counter[str] = Counter()
        self._sums = {"debt": Decimal(0), "credit": Decimal(0)}

    def add(self, counts: dict[str, Any]) -> None:
        """Count a batch in."""
        for name, value in counts.items():
            if name in self._sums:
                self._sums[name] += Decimal(value)
            else:
                self._rows[name] += value

    def told(self) -> dict[str, Any]:
        """As JSON: numbers of rows, and sums as strings."""
        return {**self._rows, **{name: to_json(amount) for name, amount in self._sums.items()}}
