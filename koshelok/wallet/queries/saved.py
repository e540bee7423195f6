"""Reads of saved cards: somebody's card under a name of one's own, its holder masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, or_, select, tuple_

from koshelok.core.errors import NotFound
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.identity.queries import list_users
from koshelok.infra.db import session
from koshelok.wallet.models import Card, SavedCard
from koshelok.wallet.numbers import bare, mask_name

SEARCH_LIMIT = 60
_COLUMNS = select(
    SavedCard.id, SavedCard.card_id, Card.number, Card.owner_id, SavedCard.alias,
    SavedCard.created_at,
).join(Card, Card.id == SavedCard.card_id)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SavedView:
    """A saved card as lists and the API show it; of its holder as much as a sender may see."""

    id: UUID
    card_id: UUID
    number: str
    alias: str
    card_holder: str
    created_at: datetime


def list_saved(
    owner_id: int, query: str = "", *, limit: int, cursor: str | None = None
) -> Page[SavedView]:
    """A person's saved cards by alias; `query` is a part of an alias, in any spelling, or of a
    number. Raises BadCursor."""
    rows = _COLUMNS.where(SavedCard.owner_id == owner_id, *_matching(query.strip()))
    place = tuple_(SavedCard.alias, SavedCard.id)
    if cursor:
        rows = rows.where(place > tuple_(*decode_cursor(cursor, str, UUID)))
    found = session.execute(rows.order_by(SavedCard.alias, SavedCard.id).limit(limit + 1)).all()
    items = _views(found[:limit])
    more = len(found) > limit
    return Page(items, encode_cursor(items[-1].alias, items[-1].id) if more else None)


def get_saved(owner_id: int, saved_id: UUID) -> SavedView:
    """One of a person's saved cards; raises NotFound for anybody else's."""
    row = session.execute(
        _COLUMNS.where(SavedCard.id == saved_id, SavedCard.owner_id == owner_id)
    ).first()
    if row is None:
        raise NotFound
    return _views([row])[0]


def _matching(query: str) -> Sequence[ColumnElement[bool]]:
    if not query:
        return ()
    named = func.strpos(func.fold_text(SavedCard.alias), func.fold_text(query)) > 0
    digits = bare(query)
    if not (digits.isascii() and digits.isdigit()):
        return (named,)
    return (or_(named, func.strpos(Card.number, digits) > 0),)


def _views(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[SavedView]:
    people = {user.id: user.full_name for user in list_users([row.owner_id for row in rows])}
    return [
        SavedView(
            row.id, row.card_id, row.number, row.alias, mask_name(people[row.owner_id]),
            row.created_at,
        )
        for row in rows
    ]  # fmt: skip
