"""Reading much, in bounded memory, as it stood at one moment."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select

from koshelok.infra.db import session

AT_ONCE = 1000


def freeze() -> None:
    """Let this transaction see one moment to its end; before anything else in it."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def stream(query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Rows as the database sends them, so many at once."""
    options = {"stream_results": True, "yield_per": AT_ONCE}
    yield from session.execute(query.execution_options(**options))
