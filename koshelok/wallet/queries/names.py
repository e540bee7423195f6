"""Whom a history is about: the holders of the cards at the other ends, as its reader knows them."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from koshelok.identity.queries import list_users
from koshelok.infra.db import session
from koshelok.wallet.models import Card, SavedCard
from koshelok.wallet.numbers import mask_name
from koshelok.wallet.queries.transfers import TransferView


def list_names(reader_id: int, transfers: Collection[TransferView]) -> Mapping[str, str]:
    """Names by card number: the reader's own name for the card, else its holder's, masked.

    Without the reader's cards and those of holders who have given no name.
    """
    owners = {
        number: owner_id
        for view in transfers
        for number, owner_id in (
            (view.from_number, view.from_owner_id), (view.to_number, view.to_owner_id),
        )
        if number is not None and owner_id is not None and owner_id != reader_id
    }  # fmt: skip
    if not owners:
        return {}
    people = {user.id: user.full_name for user in list_users(list(set(owners.values())))}
    saved = session.execute(
        select(Card.number, SavedCard.alias)
        .join(SavedCard, SavedCard.card_id == Card.id)
        .where(SavedCard.owner_id == reader_id, Card.number.in_(owners))
    )
    holders = {
        number: mask_name(people[owner]) for number, owner in owners.items() if people[owner]
    }
    return holders | {row.number: row.alias for row in saved}
