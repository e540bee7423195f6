"""What of a person's cards stays when they close their account: the ledger, and nothing else."""

from sqlalchemy import delete

from koshelok.identity.events import AccountCloses, AccountErased
from koshelok.infra.db import session
from koshelok.wallet.errors import CardsHoldMoney
from koshelok.wallet.models import SavedCard, Wallet
from koshelok.wallet.operations.cards import change_status
from koshelok.wallet.queries import list_cards


def keep_money(event: AccountCloses) -> None:
    """Refuse while a card holds money; raises CardsHoldMoney."""
    if any(card.balance for card in list_cards(event.user_id)):
        raise CardsHoldMoney


def forget_person(event: AccountErased) -> None:
    """Close the cards, so that nothing comes any more, and forget whom the person sent to."""
    for card in list_cards(event.user_id):
        if card.status != "CLOSED":
            change_status(actor_id=event.user_id, card_id=card.id, status="CLOSED")
    session.execute(delete(SavedCard).where(SavedCard.owner_id == event.user_id))
    session.execute(delete(Wallet).where(Wallet.user_id == event.user_id))
