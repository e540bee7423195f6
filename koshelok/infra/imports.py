"""What all imports of files share: what the columns are, what was learned of them, and the file of
rows to mend."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from koshelok.core.columns import Words, find_header, fold, guess_columns
from koshelok.core.errors import DomainError
from koshelok.infra.cells_in import Reason
from koshelok.infra.db import session
from koshelok.infra.tables import Row
from koshelok.infra.tables_in import Cell, EmptyTable, as_text
from koshelok.infra.tables_in import Row as NumberedRow

HEAD_ROWS, SAMPLES, SAMPLE_LENGTH, LEARNED_FROM = 20, 3, 60, 20
_NAME_LIMIT = 190
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Labels = Mapping[str, Sequence[str]]


class ImportMoved(DomainError):
    """It is past this step: begun, done or taken back, perhaps by somebody else."""

    code = "import_moved"
    message = "This import has gone on meanwhile. Look at how it stands now."


class ImportFileGone(DomainError):
    """Files that people bring are kept for a week."""

    code = "import_file_gone"
    message = "The file was kept for a week and is gone now. Choose it again."


def find_learned(imports: Any, workspace_id: int) -> dict[str, str]:
    """What headers meant in a workspace's last imports, by a feature's model of them (with
    `workspace_id` and `mapping`): folded header to field; the latest has the last word."""
    learned: dict[str, str] = {}
    mappings = session.scalars(
        select(imports.mapping["learned"])
        .where(imports.workspace_id == workspace_id, imports.mapping.has_key("learned"))
        .order_by(imports.id.desc())
        .limit(LEARNED_FROM)
    )
    for mapping in mappings:
        learned = {**mapping, **learned}
    return learned


def plan_columns(
    rows: Iterable[NumberedRow], words: Words, learned: dict[str, str], labels: Labels
) -> dict[str, Any]:
    """How to read a table: its header, some cells of each column, which field each is, and the
    number of its first row. `labels` are what we call the fields ourselves, in each language.

    Raises Invalid.
    """
    known = {field: [*words[field], *labels.get(field, ())] for field in words}
    head = list(islice(rows, HEAD_ROWS))
    texts = [[as_text(cell)[:SAMPLE_LENGTH] for cell in cells] for _, cells in head]
    place = find_header(texts, known, learned)
    below = texts[0 if place is None else place + 1 :]
    if not below:
        raise EmptyTable
    header = texts[place] if place is not None else []
    width = max(len(header), *(len(row) for row in below))
    return {
        "header": [
            header[n] if n < len(header) and header[n] else _letter(n) for n in range(width)
        ],
        "samples": [[row[n] for row in below if n < len(row) and row[n]][:SAMPLES]
                    for n in range(width)],
        "first": head[0 if place is None else place][0] + (place is not None),
        "columns": guess_columns(header, known, learned),
    }  # fmt: skip


def learn(mapping: Mapping[str, Any]) -> dict[str, str]:
    """What the headers of a file meant, for the next one."""
    header, columns = mapping["header"], mapping["columns"]
    return {fold(header[place]): field for field, place in columns.items()}


def name_of_wrong(beginning: str, file_name: str) -> str:
    """What the file of rows to mend is called."""
    return f"{beginning}-{Path(file_name).stem}"[:_NAME_LIMIT] + ".csv"


def mendable(
    rows: Iterable[tuple[int, Sequence[Cell], Iterable[tuple[Reason, str]]]],
    width: int,
    sentences: Mapping[str, str],
) -> Iterator[Row]:
    """Rows as they came, with what is wrong at the end, so that the file can be brought again.

    Each has its number, its cells, and its reasons with what stands in their cells.
    """
    for number, cells, reasons in rows:
        texts = [as_text(cell) for cell in cells]
        said = (_say(reason, text, sentences) for reason, text in reasons)
        yield [number, *(texts + [""] * width)[:width], " ".join(said)]


def _say(reason: Reason, text: str, sentences: Mapping[str, str]) -> str:
    sentence = sentences.get(reason.message, reason.message)
    return f"{text}: {sentence % reason.params}".removeprefix(": ")


def _letter(column: int) -> str:
    """What a spreadsheet calls a column."""
    high, low = divmod(column, len(_LETTERS))
    return (_LETTERS[high - 1] if high else "") + _LETTERS[low]
