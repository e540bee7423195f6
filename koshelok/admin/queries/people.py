"""People by id, and by what administrators type: an id, or parts of what people are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from koshelok.identity.queries import list_users, users_matching
from koshelok.infra.db import session

if TYPE_CHECKING:
    from koshelok.identity.models import User

MAX_DIGITS = 18
QUERY_LIMIT = 100
MOST = 50


def list_people(ids: Iterable[int | None]) -> Mapping[int, User]:
    """Who these are, by id."""
    wanted = sorted({id_ for id_ in ids if id_ is not None})
    return {user.id: user for user in list_users(wanted)} if wanted else {}


def find_by_id(text: str) -> User | None:
    """Whose id the text is."""
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS):
        return None
    return next(iter(list_users([int(text)])), None)


def find_ids(text: str) -> Sequence[int]:
    """Ids of the people meant, some dozens at most; digits alone are an id if somebody has it."""
    person = find_by_id(text)
    return [person.id] if person else session.scalars(users_matching(text).limit(MOST)).all()
