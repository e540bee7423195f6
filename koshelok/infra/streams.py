"""Reading much, in bounded memory, as it stood at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Select, text

from koshelok.infra.db import session

AT_ONCE = 1000
_WHOLE = (("cursor_tuple_fraction", "1"), ("enable_nestloop", "off"))


def freeze() -> None:
    """Let this transaction see one moment to its end; before anything else in it."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


@contextmanager
def read_whole() -> Iterator[None]:
    """Let the database plan for all rows of each query: for the first of them, as it plans for a
    cursor, it would look the others up one by one."""
    for setting in _WHOLE:
        session.execute(text(f"SET LOCAL {setting[0]} TO {setting[1]}"))
    yield
    for setting in _WHOLE:
        session.execute(text(f"SET LOCAL {setting[0]} TO DEFAULT"))


def stream(query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Rows as the database sends them, so many at once."""
    options = {"stream_results": True, "yield_per": AT_ONCE}
    yield from session.execute(query.execution_options(**options))
