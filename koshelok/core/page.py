"""Keyset pages: a list answers its items and an opaque cursor to what follows."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from koshelok.core.errors import Invalid

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAX_LIMIT = 100


class BadCursor(Invalid):
    """The cursor was not made by this list."""

    code = "bad_cursor"
    message = "This cursor is not valid."
    field = "cursor"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, and the cursor to the next ones or None at the end."""

    items: Sequence[T]
    next_cursor: str | None


def encode_cursor(*keys: date | datetime | UUID | int | str) -> str:
    """Pack the sort keys of a page's last row; opaque to the caller."""
    raw = json.dumps([_plain(key) for key in keys])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *types: type) -> tuple[object, ...]:
    """Unpack keys of the given types (date, datetime, UUID, int, str); else BadCursor."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(types):
            raise ValueError
        return tuple(_key(value, type_) for value, type_ in zip(values, types, strict=True))
    except (ValueError, TypeError, UnicodeError, binascii.Error, RecursionError) as error:
        raise BadCursor from error


def _plain(key: date | datetime | UUID | int | str) -> int | str:
    if isinstance(key, date):
        return key.isoformat()
    return str(key) if isinstance(key, UUID) else key


def _key(value: object, type_: type) -> object:
    if issubclass(type_, date):
        day = type_.fromisoformat(value)  # type: ignore[arg-type]  # a wrong type raises TypeError, as meant
        if isinstance(day, datetime) and not MINYEAR < day.year < MAXYEAR:  # in any zone
            raise ValueError(value)
        return day
    if type_ is UUID:
        return UUID(str(value))
    if type(value) is not type_:
        raise ValueError(value)
    if type_ is int and not -(2**63) <= value < 2**63:  # type: ignore[operator]  # an int by the line above
        raise ValueError(value)
    if type_ is str and b"\0" in value.encode():  # type: ignore[attr-defined]  # a str by the line above
        raise ValueError(value)
    return value
