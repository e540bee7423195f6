"""Saving somebody's card under a name of one's own, changing and forgetting it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from koshelok.core.errors import NotFound
from koshelok.core.text import clean
from koshelok.infra.db import session
from koshelok.wallet.errors import AlreadySaved, CardNotFound, OwnCard
from koshelok.wallet.models import ALIAS_LIMIT, Card, SavedCard
from koshelok.wallet.numbers import read_number
from koshelok.wallet.queries.saved import SavedView, get_saved


def save_card(*, actor_id: int, card_number: str, alias: str) -> SavedView:
    """Keep another's card under an alias.

    Raises Invalid for the number or the alias, CardNotFound, OwnCard, AlreadySaved.
    """
    return _write(SavedCard(owner_id=actor_id), _find(actor_id, card_number), alias)


def edit_saved(
    *, actor_id: int, saved_id: UUID, card_number: str | None = None, alias: str | None = None
) -> SavedView:
    """Change the alias, or the card where it was replaced; raises NotFound, and as save_card."""
    saved = _get(actor_id, saved_id)
    card_id = saved.card_id if card_number is None else _find(actor_id, card_number)
    return _write(saved, card_id, saved.alias if alias is None else alias)


def delete_saved(*, actor_id: int, saved_id: UUID) -> SavedView:
    """Forget a saved card; answers what it was, for restore_saved. Raises NotFound."""
    view = get_saved(actor_id, saved_id)
    session.delete(_get(actor_id, saved_id))
    session.flush()
    return view


def restore_saved(*, actor_id: int, card_id: UUID, alias: str) -> SavedView:
    """Keep a card again that was forgotten; raises as save_card does."""
    card = session.get(Card, card_id)
    if card is None:
        raise CardNotFound(field="card_number")
    return _write(SavedCard(owner_id=actor_id), _anothers(actor_id, card), alias)


def _find(actor_id: int, card_number: str) -> UUID:
    number = read_number(card_number, field="card_number")
    card = session.scalar(select(Card).where(Card.number == number))
    if card is None:
        raise CardNotFound(field="card_number")
    return _anothers(actor_id, card)


def _anothers(actor_id: int, card: Card) -> UUID:
    if card.owner_id == actor_id:
        raise OwnCard
    return card.id


def _get(actor_id: int, saved_id: UUID) -> SavedCard:
    saved = session.get(SavedCard, saved_id, with_for_update=True)
    if saved is None or saved.owner_id != actor_id:
        raise NotFound
    return saved


def _write(saved: SavedCard, card_id: UUID, alias: str) -> SavedView:
    saved.card_id = card_id
    saved.alias = clean(" ".join(alias.split()), limit=ALIAS_LIMIT, field="alias", required=True)
    try:
        with session.begin_nested():
            session.add(saved)
            session.flush()
    except IntegrityError as error:
        if "uq_saved_cards_card" in str(error.orig):
            raise AlreadySaved from error
        raise
    return get_saved(saved.owner_id, saved.id)
