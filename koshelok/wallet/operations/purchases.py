"""Money of goods: from the buyer's card into escrow, on to the seller's card when they arrive,
back where they do not. Free of commission and of any size.

What it meant to both is in their records: an expense of the buyer, an income of the seller, each
under its transfer, whose reversal takes it out again (sql/records.sql).
"""

from decimal import Decimal
from uuid import UUID

from koshelok.core.clock import today
from koshelok.finance import operations as finance
from koshelok.identity import queries as identity
from koshelok.ledger import operations as ledger
from koshelok.wallet.queries import find_recording, get_card, get_payout_account
from koshelok.workspaces import queries as workspaces


def buy(*, actor_id: int, card_id: UUID, amount: Decimal, description: str, key: str) -> UUID:
    """Take what goods cost from the actor's own card into escrow; answers the transfer's id.

    It is an expense of the actor, unless they want no records. Raises CardNotFound and a
    Refused of the ledger.
    """
    card = get_card(actor_id, card_id)
    made = ledger.take_into_escrow(
        actor_id=actor_id, key=key, source=card.account_id, amount=amount, description=description
    )
    if find_recording(actor_id):
        _record(actor_id, workspaces.get_personal(actor_id).id, "expense", made.transfer.id,
                amount, description)  # fmt: skip
    return made.transfer.id


def pay_out(
    *, actor_id: int, workspace_id: int, card_id: UUID, amount: Decimal, description: str, key: str
) -> UUID:
    """Send what a buyer paid on from escrow to the seller's card, an income of the workspace;
    answers the transfer's id. Raises a Refused of the ledger."""
    made = ledger.pay_from_escrow(
        actor_id=actor_id,
        key=key,
        target=get_payout_account(card_id),
        amount=amount,
        description=description,
    )
    _record(actor_id, workspace_id, "income", made.transfer.id, amount, description)
    return made.transfer.id


def undo_purchase(*, actor_id: int, purchase_id: UUID, reason: str) -> None:
    """Give what is in escrow back to the buyer's card, at most once; raises AlreadyReversed."""
    key = f"undo:{purchase_id}"
    ledger.reverse(
        actor_id=actor_id, key=key, fingerprint=key, transfer_id=purchase_id, reason=reason
    )


def _record(
    actor_id: int, workspace_id: int, type_: str, transfer_id: UUID, amount: Decimal, comment: str
) -> None:
    finance.record_transaction(
        actor_id=actor_id,
        workspace_id=workspace_id,
        category_id=finance.open_shop_category(
            workspace_id=workspace_id,
            type=type_,
            language=identity.get_user(actor_id).language,
        ),
        amount=amount,
        comment=comment,
        day=today(),
        transfer_id=transfer_id,
    )
