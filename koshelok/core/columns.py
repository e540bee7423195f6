"""What the columns of somebody's table mean, read from their headers in any of our languages."""

import re
from collections.abc import Collection, Mapping, Sequence

_APOSTROPHES = str.maketrans("", "", "'’‘ʻʼ`")
_MARKS = re.compile(r"[\W_]+")

Words = Mapping[str, Collection[str]]


def fold(header: str) -> str:
    """A header without case, marks and apostrophes: `F.I.Sh.` is `f i sh`."""
    return _MARKS.sub(" ", header.lower().translate(_APOSTROPHES)).strip()


def guess_columns(
    header: Sequence[str], words: Words, learned: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Which column holds each field, as far as the headers tell; each column at most once.

    What was `learned` (folded header to field) counts most, then a header that is one of a field's
    words, then one that has it as a part, the longer the better.
    """
    found: list[tuple[int, int, int, str]] = []
    for column, name in enumerate(map(fold, header)):
        if not name:
            continue
        if field := (learned or {}).get(name):
            found.append((2, 0, -column, field))
        for field, synonyms in words.items():
            for word in map(fold, synonyms):
                if word and f" {word} " in f" {name} ":
                    found.append((int(word == name), len(word), -column, field))
    columns: dict[str, int] = {}
    for *_, place, field in sorted(found, key=lambda match: match[:3], reverse=True):
        if field not in columns and -place not in columns.values():
            columns[field] = -place
    return columns


def find_header(
    rows: Sequence[Sequence[str]], words: Words, learned: Mapping[str, str] | None = None
) -> int | None:
    """Which of the first rows names the columns: one with two known words, else the very first
    where it has no digit; None where the table begins with its data."""
    for place, row in enumerate(rows):
        if len(guess_columns(row, words, learned)) > 1:
            return place
    first = [cell for cell in rows[0] if cell] if rows else []
    wordy = len(first) > 1 and not any(char.isdigit() for cell in first for char in cell)
    return 0 if wordy else None
