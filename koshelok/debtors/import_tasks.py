"""Jobs of imports: entering a file's rows, taking them back."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from koshelok.core.money import to_json
from koshelok.debtors.errors import ImportFileGone
from koshelok.debtors.incoming import Incoming, Reason, read_rows
from koshelok.debtors.operations import import_rows, reverts
from koshelok.debtors.queries.imports import get_import
from koshelok.infra.tables import CSV_TYPE, Row, write_csv
from koshelok.infra.tables_in import as_text, in_batches
from koshelok.infra.unit_of_work import retried, unit_of_work
from koshelok.jobs import operations as jobs
from koshelok.jobs.operations import Work

AT_ONCE = 500
_NAME_LIMIT = 190


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
        with work.open_file(_name(words["wrong_file"], file_name), CSV_TYPE) as to:
            header = [words["row"], *mapping["header"], words["wrong"]]
            write_csv(to, header, _mendable(wrong, len(mapping["header"]), words["reasons"]))
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


def _name(beginning: str, file_name: str) -> str:
    return f"{beginning}-{Path(file_name).stem}"[:_NAME_LIMIT] + ".csv"


def _enter(whose: dict[str, Any], rows: list[Incoming], description: str) -> dict[str, Any]:
    return retried(lambda: import_rows.import_rows(**whose, rows=rows, description=description))


def _revert(work: Work, whose: dict[str, Any], after: int) -> Sequence[int]:
    given = {"actor_id": work.owner_id, "reason": work.params["reason"], "after": after}
    return retried(lambda: reverts.revert_people(**whose, **given))


def _mendable(rows: list[Incoming], width: int, sentences: dict[str, str]) -> Iterator[Row]:
    """As they came, with what is wrong at the end, so that the file can be brought again."""
    for row in rows:
        cells = [as_text(cell) for cell in row.cells]
        said = (_say(reason, row, sentences) for reason in row.wrong)
        yield [row.number, *(cells + [""] * width)[:width], " ".join(said)]


def _say(reason: Reason, row: Incoming, sentences: dict[str, str]) -> str:
    sentence = sentences.get(reason.message, reason.message)
    return f"{row.texts.get(reason.field, '')}: {sentence % reason.params}".removeprefix(": ")


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
