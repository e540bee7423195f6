"""Ids in addresses: one that no row can have is not found, before the database is asked."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

MAX_ID = 2**63 - 1


class IdConverter(IntegerConverter):
    """`<int:id>`, as far as a bigint goes."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": MAX_ID, **kwargs})
