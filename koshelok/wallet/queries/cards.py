"""Reads of cards with the balance and status of their accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select

from koshelok.infra.db import Prepared, session
from koshelok.ledger.queries import ACCOUNTS
from koshelok.wallet.errors import CardNotFound
from koshelok.wallet.models import Card, Wallet


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as its owner sees it; the balance in so'm."""

    id: UUID
    number: str
    owner_id: int
    account_id: int
    expiry_date: date
    frozen_by_admin: bool
    created_at: datetime
    status: str
    balance: Decimal


def select_cards() -> Select[*tuple[Any, ...]]:
    """The columns of CardView, in its order."""
    return select(
        Card.id,
        Card.number,
        Card.owner_id,
        Card.account_id,
        Card.expiry_date,
        Card.frozen_by_admin,
        Card.created_at,
        ACCOUNTS.c.status,
        ACCOUNTS.c.balance,
    ).join(ACCOUNTS, ACCOUNTS.c.id == Card.account_id)


ACTIVE_CARDS = (
    select(Card.id, Card.owner_id)
    .join(ACCOUNTS, ACCOUNTS.c.id == Card.account_id)
    .where(ACCOUNTS.c.status == "ACTIVE")
    .subquery("active_cards")
)
"""The cards that money can come to, for what others join to them."""


def list_cards(owner_id: int) -> Sequence[CardView]:
    """A person's cards, the oldest first, closed ones at the end."""
    rows = session.execute(
        select_cards()
        .where(Card.owner_id == owner_id)
        .order_by(ACCOUNTS.c.status == "CLOSED", Card.created_at, Card.id)
    )
    return [CardView(*row) for row in rows]


def get_card(owner_id: int, card_id: UUID) -> CardView:
    """One of a person's cards; raises CardNotFound for anybody else's."""
    row = session.execute(
        select_cards().where(Card.id == card_id, Card.owner_id == owner_id)
    ).first()
    if row is None:
        raise CardNotFound(field="from_card")
    return CardView(*row)


def find_payout_card(owner_id: int) -> CardView | None:
    """The card on which a person is paid: their oldest ACTIVE one, or None."""
    row = session.execute(
        select_cards()
        .where(Card.owner_id == owner_id, ACCOUNTS.c.status == "ACTIVE")
        .order_by(Card.created_at, Card.id)
        .limit(1)
    ).first()
    return CardView(*row) if row else None


def get_payout_account(card_id: UUID) -> int:
    """The account of any card on which somebody is paid."""
    return session.scalars(select(Card.account_id).where(Card.id == card_id)).one()


def find_open_account(account_id: int) -> int | None:
    """The account of a card, or, where that is closed, of its owner's oldest active card."""
    owner_id, status = session.execute(
        select(Card.owner_id, ACCOUNTS.c.status)
        .join(ACCOUNTS, ACCOUNTS.c.id == Card.account_id)
        .where(Card.account_id == account_id)
    ).one()
    if status != "CLOSED":
        return account_id
    card = find_payout_card(owner_id)
    return card.account_id if card else None


def find_total(owner_id: int) -> Decimal | None:
    """What is on all of a person's cards together; None where they have none in use."""
    total: Decimal | None = session.scalar(
        select(func.sum(ACCOUNTS.c.balance))
        .join(Card, Card.account_id == ACCOUNTS.c.id)
        .where(Card.owner_id == owner_id, ACCOUNTS.c.status != "CLOSED")
    )
    return total


def find_recording(user_id: int) -> bool | None:
    """Whether a person's transfers become records; None before the first card."""
    wallet = session.get(Wallet, user_id)
    return wallet.records if wallet else None


# Asked at every transfer, so built once: the caller's card, and the card with a number.
_ENDS = Prepared(
    select(Card.id, Card.number, Card.owner_id, Card.account_id).where(
        ((Card.id == bindparam("card_id")) & (Card.owner_id == bindparam("owner_id")))
        | (Card.number == bindparam("number"))
    )
)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a transfer."""

    id: UUID
    number: str
    owner_id: int
    account_id: int


def get_ends(owner_id: int, card_id: UUID, number: str) -> tuple[End, End]:
    """The caller's card and the card with this number; raises CardNotFound at its field."""
    ends = [End(*row) for row in _ENDS(card_id=card_id, owner_id=owner_id, number=number)]
    source = next((e for e in ends if e.id == card_id and e.owner_id == owner_id), None)
    target = next((e for e in ends if e.number == number), None)
    if source is None:
        raise CardNotFound(field="from_card")
    if target is None:
        raise CardNotFound(field="to_card")
    return source, target
