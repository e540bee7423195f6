"""The tables of an archive that people read, in their words; what is brought back is data.json."""

from collections.abc import Callable, Iterator
from typing import Any

from koshelok.budgets.queries import whole as budgets
from koshelok.finance.queries import whole as finance
from koshelok.infra.streams import stream
from koshelok.infra.tables import Row, Table
from koshelok.infra.whole import Section

SECTIONS = {section.name: section for section in (*finance.SECTIONS, *budgets.SECTIONS)}
_Words = dict[str, Any]


def own_tables(workspace_id: int, words: _Words) -> Iterator[Table]:
    """Records, categories, budgets and the rest of a workspace."""
    names = [row.name for row in rows_of(SECTIONS["categories"], workspace_id)]
    for name, make in _ROWS.items():
        title, header = words["tables"][name]
        yield Table(title, header, _made(workspace_id, name, make, names, words["codes"]))


def rows_of(section: Section, workspace_id: int) -> Iterator[Any]:
    """The rows of a table of the archive, as the database sends them."""
    return (section.row(found) for found in stream(section.select(workspace_id)))


def _made(
    workspace_id: int, name: str, make: Callable[..., Row | None], names: list[str], codes: _Words
) -> Iterator[Row]:
    for row in rows_of(SECTIONS[name], workspace_id):
        made = make(row, names, codes)
        if made is not None:
            yield made


def _record(row: Any, names: list[str], _: _Words) -> Row | None:
    if row.deleted_at is not None:
        return None
    receipts = " ".join(receipt.file for receipt in row.receipts)
    return (row.date, names[row.category - 1], row.amount, row.comment, row.split, receipts)


def _category(row: Any, _: list[str], codes: _Words) -> Row:
    archived = row.archived_at.date() if row.archived_at else None
    return (row.name, codes[row.type], archived)


def _budget(row: Any, names: list[str], _: _Words) -> Row:
    return (row.month, names[row.category - 1], row.amount, row.description)


def _move(row: Any, names: list[str], _: _Words) -> Row:
    giver, taker = names[row.from_category - 1], names[row.to_category - 1]
    return (row.month, giver, taker, row.amount)


def _plan(row: Any, names: list[str], codes: _Words) -> Row:
    return (names[row.category - 1], codes[row.carry], row.goal, row.goal_on)


def _earmark(row: Any, names: list[str], _: _Words) -> Row:
    return (row.date, names[row.category - 1], row.amount, row.note)


def _recurrence(row: Any, names: list[str], codes: _Words) -> Row:
    return (
        names[row.category - 1], row.amount, row.comment, row.every, codes[row.unit],
        row.starts_on, row.ends_on, None if row.stopped_at else row.next_on,
    )  # fmt: skip


def _rule(row: Any, names: list[str], _: _Words) -> Row:
    return (row.key, names[row.category - 1])


_ROWS: dict[str, Callable[..., Row | None]] = {
    "records": _record,
    "categories": _category,
    "budgets": _budget,
    "moves": _move,
    "plans": _plan,
    "earmarks": _earmark,
    "recurrences": _recurrence,
    "rules": _rule,
}
