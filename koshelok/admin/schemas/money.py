"""JSON shapes of deposits, reversals and transfers."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from koshelok.admin.operations import DESCRIPTION_LIMIT
from koshelok.admin.queries import Detail, Ends
from koshelok.admin.schemas.cards import EXAMPLE_ID, EXAMPLE_NUMBER
from koshelok.ledger.queries import Moved
from koshelok.wallet.numbers import dashed, read_number
from koshelok.wallet.queries import CardView
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

TypeName = Literal[
    "transfer", "deposit", "purchase", "payout", "refund", "debt_payment", "reversal"
]  # fmt: skip
OutcomeName = Literal["success", "failed"]


def _read_card(text: str) -> str:
    return read_number(text, field="card")


CardNumber = Annotated[str, Field(max_length=40), AfterValidator(checked(_read_card))]


class DepositIn(Schema):
    """Money to issue; without a card, onto one's own oldest ACTIVE one."""

    amount: MoneyIn
    card: UUID | None = Field(None, examples=[EXAMPLE_ID])
    description: str = Field("", max_length=DESCRIPTION_LIMIT, examples=["Kassadan"])


class ReverseIn(Schema):
    """Why a transfer is given back."""

    reason: str = Field(min_length=1, max_length=DESCRIPTION_LIMIT, examples=["Xato yuborilgan"])


class TransferQuery(PageQuery):
    """What the transfers are narrowed to; days and amounts are included."""

    card: CardNumber | None = Field(None, description="The number of a card at either end.")
    status: OutcomeName | None = None
    start_date: DateIn | None = None
    end_date: DateIn | None = None
    min_amount: AmountBound | None = None
    max_amount: AmountBound | None = None


class AdminTransferOut(Schema):
    """Anybody's transfer; an end that is the house's is null."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    from_card: str | None = Field(examples=[EXAMPLE_NUMBER])
    from_owner: int | None = Field(examples=[7])
    to_card: str | None = Field(examples=["7777-9876-5432-1096"])
    to_owner: int | None = Field(examples=[8])
    amount: MoneyOut
    commission: MoneyOut
    type: TypeName = Field(examples=["transfer"])
    status: OutcomeName = Field(examples=["success"])
    failure_code: str | None = Field(examples=[None])
    reverses: UUID | None = Field(examples=[None])
    actor: int = Field(examples=[7])
    description: str = Field(examples=["Ijara"])
    created_at: datetime
    completed_at: datetime


class AdminTransferPage(PageOut[AdminTransferOut]):
    """The newest first. A page of a rare search may be short and still have a cursor."""


class PostingOut(Schema):
    """What a transfer did to one account; a card of null is the house's."""

    card: str | None = Field(examples=[EXAMPLE_NUMBER])
    amount: MoneyOut
    balance_after: MoneyOut | None


class TransferDetailOut(AdminTransferOut):
    """A transfer with its postings, and what gave it back."""

    reversed_by: UUID | None = Field(examples=[None])
    postings: list[PostingOut]


def transfer_out(transfer: Moved, ends: Ends) -> AdminTransferOut:
    """A transfer as JSON: nothing in it ever changes, so a repeated call answers the same."""
    return AdminTransferOut.model_construct(**_transfer(transfer, ends))


def detail_out(transfer: Moved, ends: Ends, detail: Detail) -> TransferDetailOut:
    """A transfer with what may still come of it."""
    postings = [
        PostingOut.model_construct(
            card=_number(posting.card),
            amount=posting.amount,
            balance_after=posting.balance_after,
        )
        for posting in detail.postings
    ]
    return TransferDetailOut.model_construct(
        **_transfer(transfer, ends), reversed_by=detail.reversed_by, postings=postings
    )


def _transfer(transfer: Moved, ends: Ends) -> dict[str, Any]:
    same = ("id", "amount", "commission", "type", "status", "failure_code", "description")
    return {
        **{name: getattr(transfer, name) for name in same},
        "from_card": _number(ends.source),
        "from_owner": ends.source and ends.source.owner_id,
        "to_card": _number(ends.target),
        "to_owner": ends.target and ends.target.owner_id,
        "reverses": transfer.reverses_id,
        "actor": transfer.actor_id,
        "created_at": transfer.created_at,
        "completed_at": transfer.completed_at,
    }


def _number(card: CardView | None) -> str | None:
    return dashed(card.number) if card else None
