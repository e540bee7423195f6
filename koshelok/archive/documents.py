"""data.json: one JSON document, each row of it on a line of its own.

So a program reads it whole, and we read it line by line, in bounded memory, whoever wrote it.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import IO, Any, Literal

from pydantic import ValidationError

from koshelok.archive.errors import ArchiveBroken, ArchiveInvalid, ArchiveNewer
from koshelok.archive.incoming import Lines
from koshelok.infra.whole import At, Row, Section

FORMAT: Literal["koshelok"] = "koshelok"
VERSION = 1
AT_ONCE = 1000
MAX_LINE = 64 * 1024
MAX_ROWS = 5_000_000


class Place(Row):
    """The workspace that the archive is of."""

    name: str
    kind: str
    time_zone: str
    month_start: int


class Head(Row):
    """The beginning of the document."""

    format: Literal["koshelok"]
    version: int
    exported_at: At
    workspace: Place


def new_head(workspace: Place, at: datetime) -> Head:
    """The beginning of a document of this version."""
    return Head(format=FORMAT, version=VERSION, exported_at=at, workspace=workspace)


def write_document(to: IO[bytes], head: Head, tables: Iterable[tuple[str, Iterable[Row]]]) -> int:
    """Write a document; answers how many rows."""
    count = 0
    to.write(head.model_dump_json().encode()[:-1])
    for name, rows in tables:
        to.write(f',\n"{name}":['.encode())
        for place, row in enumerate(rows):
            count += 1
            to.write((",\n" if place else "\n").encode() + row.model_dump_json().encode())
        to.write(b"\n]")
    to.write(b"\n}\n")
    return count


class Document:
    """A document being read, table after table in their order."""

    def __init__(self, lines: Lines) -> None:
        self._lines, self._rows = lines, 0
        self.head = self._read_head()

    def batches(self, section: Section) -> Iterator[tuple[int, list[Row]]]:
        """The rows of the next table, which must be this one, some at a time, each time with the
        number of the first; once where there are none. Raises ArchiveBroken."""
        if self._line(section.name, 0) != f'"{section.name}":['.encode():
            raise ArchiveBroken(part=section.name, row=0)
        rows, first = self._each(section), 1
        while batch := list(islice(rows, AT_ONCE)):
            yield first, batch
            first += len(batch)
        if first == 1:
            yield first, []

    def finish(self) -> None:
        """Nothing may follow. Raises ArchiveBroken."""
        if self._line("}", 0) != b"}" or self._lines.next(1):
            raise ArchiveBroken(part="}", row=0)

    def _each(self, section: Section) -> Iterator[Row]:
        number = 0
        while (line := self._line(section.name, number + 1)) not in {b"]", b"],"}:
            number += 1
            self._rows += 1
            if self._rows > MAX_ROWS:
                raise ArchiveBroken(part=section.name, row=number)
            try:
                yield section.shape.model_validate_json(line.removesuffix(b","))
            except ValidationError as error:
                raise ArchiveBroken(part=section.name, row=number) from error

    def _line(self, part: str, row: int) -> bytes:
        line = self._lines.next(MAX_LINE)
        if not line.endswith(b"\n"):
            raise ArchiveBroken(part=part, row=row)
        return line.rstrip(b"\r\n")

    def _read_head(self) -> Head:
        try:
            line = self._line("head", 1).removesuffix(b",") + b"}"
            told: Any = json.loads(line)
            if not isinstance(told, dict) or told.get("format") != FORMAT:
                raise ArchiveInvalid
            if isinstance(version := told.get("version"), int) and version > VERSION:
                raise ArchiveNewer
            return Head.model_validate_json(line)
        except (ValueError, RecursionError, ArchiveBroken) as error:
            raise ArchiveInvalid from error
