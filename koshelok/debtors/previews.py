"""What an import would do, told before it does: each row new, a duplicate, or wrong."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from koshelok.core.money import to_json
from koshelok.debtors.incoming import REQUIRED, WORDS, Incoming, read_rows
from koshelok.debtors.queries.imports import find_names
from koshelok.infra.imports import SAMPLE_LENGTH, Labels, plan_columns
from koshelok.infra.tables_in import in_batches, read_table

SHOWN_ROWS = 200
_AT_ONCE = 1000


def plan(path: Path, learned: dict[str, str], labels: Labels) -> dict[str, Any]:
    """How to read a file (infra.imports.plan_columns); duplicates are skipped. Raises Invalid."""
    return {**plan_columns(read_table(path), WORDS, learned, labels), "duplicates": "skip"}


def examine(workspace_id: int, path: Path, mapping: dict[str, Any]) -> dict[str, Any]:
    """How many rows are new, duplicates or wrong, what they come to, and the first of them.

    Raises Invalid where the file itself is at fault.
    """
    counts: Counter[str] = Counter(rows=0, new=0, duplicate=0, wrong=0)
    sums: dict[str, Decimal] = {"debt": Decimal(0), "credit": Decimal(0)}
    shown: dict[str, list[dict[str, Any]]] = {"all": [], "wrong": [], "duplicate": []}
    for row, state, who in _judged(workspace_id, path, mapping):
        counts.update(["rows", state])
        if state == "new":
            sums["debt" if row.balance > 0 else "credit"] += abs(row.balance)
        for chosen in {"all", state} & shown.keys():
            if len(shown[chosen]) < SHOWN_ROWS:
                shown[chosen].append(_shown(row, state, who))
    return {**counts, **{name: to_json(amount) for name, amount in sums.items()}, "shown": shown}


def _judged(
    workspace_id: int, path: Path, mapping: dict[str, Any]
) -> Iterator[tuple[Incoming, str, str]]:
    """Each row, whether it is new, a duplicate or wrong, and who has its number already."""
    if not set(REQUIRED) <= mapping["columns"].keys():
        return
    seen: dict[str, str] = {}
    for rows in in_batches(read_rows(path, mapping), _AT_ONCE):
        seen = find_names(workspace_id, {row.phone_number for row in rows}) | seen
        for row in rows:
            yield row, *_judge(row, seen)


def _judge(row: Incoming, seen: dict[str, str]) -> tuple[str, str]:
    """`seen` is who has a number already: in the book, or above in the file."""
    if row.wrong:
        return "wrong", ""
    if who := seen.get(row.phone_number):
        return "duplicate", who
    seen[row.phone_number] = row.full_name
    return "new", ""


def _shown(row: Incoming, state: str, who: str) -> dict[str, Any]:
    read = {} if row.wrong else {"balance": to_json(row.balance)}
    return {
        **read,
        "number": row.number,
        "state": state,
        "who": who,
        "texts": {name: text[:SAMPLE_LENGTH] for name, text in row.texts.items()},
        "wrong": {reason.field: [reason.message, reason.params] for reason in row.wrong},
    }
