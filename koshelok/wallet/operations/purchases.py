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
from koshelok.ledger.queries import get_transfer
from koshelok.wallet.errors import NoCardToPay
from koshelok.wallet.queries import (
    find_open_account,
    find_recording,
    get_card,
    get_payout_account,
)
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


def undo_purchase(
    *,
    actor_id: int,
    purchase_id: UUID,
    payout_id: UUID | None = None,
    payout_card_id: UUID | None = None,
    reason: str,
) -> None:
    """Give the buyer what goods cost, at most once: from escrow, or, where it was paid out, from
    the seller's card. In the place of a closed card stands the buyer's oldest active one, and the
    one on which the seller is paid now (`payout_card_id`).

    Raises NoCardToPay, and a Refused of the ledger: InsufficientFunds where the seller has not
    got it.
    """
    buyer = find_open_account(get_transfer(purchase_id).from_account_id)
    if buyer is None:
        raise NoCardToPay
    ledger.reverse_purchase(
        actor_id=actor_id,
        purchase_id=purchase_id,
        buyer=buyer,
        payout_id=payout_id,
        seller=_find_seller(payout_id, payout_card_id) if payout_id else None,
        reason=reason,
    )


def _find_seller(payout_id: UUID, payout_card_id: UUID | None) -> int:
    paid = get_transfer(payout_id).to_account_id
    if payout_card_id is None or find_open_account(paid) == paid:
        return paid
    return get_payout_account(payout_card_id)


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
