"""JSON shapes of cards."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from koshelok.admin.operations import REASON_LIMIT
from koshelok.admin.queries import QUERY_LIMIT
from koshelok.ledger.queries import Proof
from koshelok.wallet.numbers import dashed
from koshelok.wallet.queries import CardView
from koshelok.web.schemas import MoneyOut, PageOut, PageQuery, Schema

EXAMPLE_ID = "01940000-0000-7000-8000-000000000000"
EXAMPLE_NUMBER = "7777-1234-5678-9017"
StatusName = Literal["FROZEN", "ACTIVE", "EXPIRED", "CLOSED"]


class IdPath(Schema):
    """`/{id}` of a card or a transfer."""

    id: UUID


class CardQuery(PageQuery):
    """Which cards are looked for."""

    owner: str | None = Field(
        None,
        max_length=QUERY_LIMIT,
        description="The id of a person, or parts of what they are called.",
    )
    status: StatusName | None = None


class AdminCardOut(Schema):
    """Anybody's card."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    card_number: str = Field(examples=[EXAMPLE_NUMBER])
    status: StatusName = Field(examples=["ACTIVE"])
    frozen_by_admin: bool
    balance: MoneyOut
    owner: int = Field(examples=[7])
    owner_name: str = Field(examples=["Malika Karimova"])
    expiry_date: date = Field(examples=[date(2030, 11, 21)])
    created_at: datetime


class AdminCardPage(PageOut[AdminCardOut]):
    """A page of cards, the newest first."""


class CardStatusIn(Schema):
    """What a card may do from now on, and why."""

    status: Literal["FROZEN", "ACTIVE", "CLOSED"] = Field(examples=["FROZEN"])
    reason: str = Field("", max_length=REASON_LIMIT, examples=["Karta yo'qolgan"])


class ProofOut(Schema):
    """A card's balance as it is kept, and as its postings make it."""

    card: UUID = Field(examples=[EXAMPLE_ID])
    card_number: str = Field(examples=[EXAMPLE_NUMBER])
    stored: MoneyOut
    computed: MoneyOut
    difference: MoneyOut
    ok: bool


def card_out(card: CardView, owner_name: str) -> AdminCardOut:
    """A card as JSON."""
    return AdminCardOut.model_construct(
        id=card.id,
        card_number=dashed(card.number),
        status=card.status,  # type: ignore[arg-type]  # the database holds one of the four
        frozen_by_admin=card.frozen_by_admin,
        balance=card.balance,
        owner=card.owner_id,
        owner_name=owner_name,
        expiry_date=card.expiry_date,
        created_at=card.created_at,
    )


def proof_out(card: CardView, proof: Proof) -> ProofOut:
    """A proof as JSON."""
    return ProofOut.model_construct(
        card=card.id,
        card_number=dashed(card.number),
        stored=proof.stored,
        computed=proof.computed,
        difference=proof.difference,
        ok=proof.difference == 0,
    )
