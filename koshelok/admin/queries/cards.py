"""Everybody's cards."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select, tuple_

from koshelok.admin.queries.people import find_by_id
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.identity.queries import users_matching
from koshelok.infra.db import session
from koshelok.ledger.queries import Proof, list_account_proofs, prove_account
from koshelok.wallet.errors import CardNotFound
from koshelok.wallet.queries import CardView, select_cards

HOUSE = 2  # accounts up to this id are the house's
CARDS = select_cards().subquery("every_card")


@dataclass(frozen=True, slots=True)
class CardFilters:
    """What the cards are narrowed to; `owner` is an id or parts of what the person is called."""

    owner: str | None = None
    status: str | None = None


def list_cards(filters: CardFilters, *, limit: int, cursor: str | None = None) -> Page[CardView]:
    """Cards, the newest first; raises BadCursor."""
    query = select(CARDS).order_by(CARDS.c.created_at.desc(), CARDS.c.id.desc()).limit(limit + 1)
    if filters.owner:
        person = find_by_id(filters.owner)
        ids = [person.id] if person else users_matching(filters.owner)
        query = query.where(CARDS.c.owner_id.in_(ids))
    if filters.status:
        query = query.where(CARDS.c.status == filters.status)
    if cursor:
        after = decode_cursor(cursor, datetime, UUID)
        query = query.where(tuple_(CARDS.c.created_at, CARDS.c.id) < tuple_(*after))
    cards = [CardView(*row) for row in session.execute(query)]
    last = cards[limit - 1] if len(cards) > limit else None
    return Page(cards[:limit], encode_cursor(last.created_at, last.id) if last else None)


def get_card(card_id: UUID) -> CardView:
    """Anybody's card; raises CardNotFound."""
    row = session.execute(select(CARDS).where(CARDS.c.id == card_id)).first()
    if row is None:
        raise CardNotFound(field="card")
    return CardView(*row)


def find_card_by_number(number: str) -> CardView | None:
    """Whose card has this number."""
    row = session.execute(select(CARDS).where(CARDS.c.number == number)).first()
    return None if row is None else CardView(*row)


def list_cards_of_accounts(account_ids: Collection[int]) -> Mapping[int, CardView]:
    """The cards over these accounts; the house's accounts have none."""
    rows = session.execute(select(CARDS).where(CARDS.c.account_id.in_(account_ids)))
    return {card.account_id: card for card in (CardView(*row) for row in rows)}


def prove_card(card: CardView) -> Proof:
    """A card's balance against its postings, in one statement."""
    return Proof(card.account_id, *prove_account(card.account_id))


def list_proofs(*, limit: int, cursor: str | None = None) -> Page[tuple[CardView, Proof]]:
    """Every card's balance against its postings, in the order of accounts; raises BadCursor."""
    after = cast(int, decode_cursor(cursor, int)[0]) if cursor else HOUSE
    proofs = list_account_proofs(after_id=max(after, HOUSE), limit=limit + 1)
    cards = list_cards_of_accounts([proof.account_id for proof in proofs])
    page = [(cards[p.account_id], p) for p in proofs[:limit] if p.account_id in cards]
    more = len(proofs) > limit
    return Page(page, encode_cursor(proofs[limit - 1].account_id) if more else None)
