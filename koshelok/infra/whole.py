"""Tables that leave the house whole and come back: the shape of their rows as JSON.

Rows name each other by their place in the archive (the first category is 1), never by the ids
of a database, so that they mean the same in any other.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)
from sqlalchemy import FromClause, Select, func, select

from koshelok.infra.db import Base

T = TypeVar("T")
_AMOUNT = re.compile(r"-?\d{1,16}\.\d\d", re.ASCII)
_MOST_ROWS = 2**31


class Misfit(ValueError):
    """A row that names another which is not there, or a value that does not fit."""


class Row(BaseModel):
    """A row of an archive: nothing is converted, nothing unknown is let pass."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _exact(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise ValueError("not an amount")
    return Decimal(value)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("NUL")
    return text


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


Amount = Annotated[Decimal, BeforeValidator(_exact), Field(max_digits=18, decimal_places=2)]
At = Annotated[AwareDatetime, PlainSerializer(_utc, when_used="json-unless-none")]
Place = Annotated[int, Field(ge=1, le=_MOST_ROWS)]
Text = Annotated[str, AfterValidator(_without_nul)]


@dataclass(frozen=True, slots=True)
class Section:
    """A table of an archive: its name there, the shape of its rows, and where they come from
    (a select for a workspace, its columns named as the shape's fields)."""

    name: str
    shape: type[Row]
    select: Callable[[int], Select[*tuple[Any, ...]]]

    def row(self, found: Any) -> Row:
        """A row as the select gave it."""
        return self.shape.model_construct(**found._mapping)  # noqa: SLF001  # so SQLAlchemy calls it


def places(model: type[Base], workspace_id: int) -> FromClause:
    """The ids of a workspace's rows, and the place of each in the archive."""
    table = model.__table__.c
    return (
        select(table.id, func.row_number().over(order_by=table.id).label("place"))
        .where(table.workspace_id == workspace_id)
        .subquery(f"{model.__tablename__}_places")
    )


def nth(rows: Sequence[T], place: int) -> T:
    """What a row names by its place; raises Misfit."""
    if place > len(rows):
        raise Misfit
    return rows[place - 1]
