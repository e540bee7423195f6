"""JSON shapes of the wallet. Card numbers go out in groups and come in as people write them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from koshelok.ledger.queries import Moved
from koshelok.wallet.models import ALIAS_LIMIT
from koshelok.wallet.numbers import dashed, read_number
from koshelok.wallet.queries import CardView, SavedView, TransferFilters, TransferView
from koshelok.wallet.queries.saved import SEARCH_LIMIT
from koshelok.web.schemas import (
    AmountBound,
    DateIn,
    MoneyIn,
    MoneyOut,
    PageOut,
    PageQuery,
    Schema,
    checked,
)

DESCRIPTION_LIMIT = 200  # its twin is ledger.models
_EXAMPLE_ID = "01940000-0000-7000-8000-000000000000"
_EXAMPLE_NUMBER = "7777-1234-5678-9017"
StatusName = Literal["FROZEN", "ACTIVE", "EXPIRED", "CLOSED"]
TypeName = Literal[
    "transfer", "deposit", "purchase", "payout", "refund", "debt_payment", "reversal"
]  # fmt: skip
OutcomeName = Literal["success", "failed"]
CardNumber = Annotated[
    str,
    Field(max_length=40, examples=[_EXAMPLE_NUMBER]),
    AfterValidator(checked(read_number)),
]


class IdPath(Schema):
    """`/{id}`."""

    id: UUID


class CardOut(Schema):
    """A card; only an ACTIVE one sends and receives."""

    id: UUID = Field(examples=[_EXAMPLE_ID])
    card_number: str = Field(examples=[_EXAMPLE_NUMBER])
    status: StatusName = Field(examples=["ACTIVE"])
    balance: MoneyOut
    owner_name: str = Field(examples=["Malika Karimova"])
    expiry_date: date = Field(examples=[date(2030, 11, 21)])
    created_at: datetime


class CardPage(PageOut[CardOut]):
    """A person's cards, the oldest first, closed ones at the end."""


class TransferIn(Schema):
    """Money to send; the commission comes on top. `password` or `code` answers
    `step_up_required`."""

    from_card: UUID = Field(examples=[_EXAMPLE_ID], description="The id of a card of one's own.")
    to_card: CardNumber = Field(description="The number of any card, with or without dashes.")
    amount: MoneyIn
    description: str = Field("", max_length=DESCRIPTION_LIMIT, examples=["Ijara"])
    password: str | None = Field(None, max_length=128)
    code: str | None = Field(None, max_length=40)


class TransferOut(Schema):
    """A transfer; an end that is no card (where a deposit comes from) is null."""

    id: UUID = Field(examples=[_EXAMPLE_ID])
    from_card: str | None = Field(examples=[_EXAMPLE_NUMBER])
    to_card: str | None = Field(examples=["7777-9876-5432-1096"])
    amount: MoneyOut
    commission: MoneyOut
    type: TypeName = Field(examples=["transfer"])
    status: OutcomeName = Field(examples=["success"])
    description: str = Field(examples=["Ijara"])
    created_at: datetime
    completed_at: datetime


class TransferPage(PageOut[TransferOut]):
    """A page of transfers, the newest first."""


class TransferNarrowing(Schema):
    """What a history is narrowed to; days and amounts are included."""

    card: UUID | None = Field(None, description="One of the caller's cards.")
    direction: Literal["in", "out", "own"] | None = Field(
        None, description="As the cards looked at see it; `own` is between two of them."
    )
    type: TypeName | None = None
    status: OutcomeName | None = None
    start_date: DateIn | None = None
    end_date: DateIn | None = None
    min_amount: AmountBound | None = None
    max_amount: AmountBound | None = None

    def filters(self) -> TransferFilters:
        """Without the page."""
        names = TransferNarrowing.model_fields
        return TransferFilters(**{name: getattr(self, name) for name in names})


class TransferQuery(TransferNarrowing, PageQuery):
    """The query of the history."""


class SavedIn(Schema):
    """A card to keep under a name."""

    card_number: CardNumber
    alias: str = Field(max_length=ALIAS_LIMIT, examples=["Onam"])


class SavedPatch(Schema):
    """What of a saved card changes; the rest stays."""

    card_number: CardNumber | None = None
    alias: str | None = Field(None, max_length=ALIAS_LIMIT, examples=["Onam"])


class SavedOut(Schema):
    """A saved card; its holder as much as a sender may see."""

    id: UUID = Field(examples=[_EXAMPLE_ID])
    card_number: str = Field(examples=["7777-9876-5432-1096"])
    alias: str = Field(examples=["Onam"])
    card_holder: str = Field(examples=["M***a K."])
    created_at: datetime


class SavedPage(PageOut[SavedOut]):
    """A page of saved cards, by alias."""


class SavedQuery(PageQuery):
    """What a list of saved cards is narrowed to."""

    query: str = Field("", max_length=SEARCH_LIMIT, description="A part of an alias or a number.")


class ExportIn(TransferNarrowing):
    """A history to write into a file."""

    format: Literal["csv", "xlsx"] = Field(examples=["xlsx"])


def card_out(card: CardView, owner_name: str) -> CardOut:
    """A card as JSON."""
    return CardOut.model_construct(
        id=card.id,
        card_number=dashed(card.number),
        status=card.status,  # type: ignore[arg-type]  # the database holds one of the four
        balance=card.balance,
        owner_name=owner_name,
        expiry_date=card.expiry_date,
        created_at=card.created_at,
    )


def transfer_out(
    transfer: Moved | TransferView, from_number: str | None, to_number: str | None
) -> TransferOut:
    """A transfer as JSON."""
    return TransferOut.model_construct(
        id=transfer.id,
        from_card=from_number and dashed(from_number),
        to_card=to_number and dashed(to_number),
        amount=transfer.amount,
        commission=transfer.commission,
        type=transfer.type,  # type: ignore[arg-type]  # the database holds one of these
        status=transfer.status,  # type: ignore[arg-type]  # the database holds one of the two
        description=transfer.description,
        created_at=transfer.created_at,
        completed_at=transfer.completed_at,
    )


def saved_out(saved: SavedView) -> SavedOut:
    """A saved card as JSON."""
    return SavedOut.model_construct(
        id=saved.id,
        card_number=dashed(saved.number),
        alias=saved.alias,
        card_holder=saved.card_holder,
        created_at=saved.created_at,
    )
