"""JSON shapes of administration."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from koshelok.admin.operations import REASON_LIMIT
from koshelok.admin.queries import Detail, Ends, Figures
from koshelok.infra.difference import Difference
from koshelok.ledger.queries import Moved, Proof
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

if TYPE_CHECKING:
    from koshelok.audit.models import AuditEvent
    from koshelok.identity.models import User

MAX_ID = 2**63 - 1
DESCRIPTION_LIMIT = 200  # its twin is ledger.models
QUERY_LIMIT = 100
_ID = "01940000-0000-7000-8000-000000000000"
_NUMBER = "7777-1234-5678-9017"
_DAY = date(2026, 11, 21)
RoleName = Literal["USER", "PREMIUM", "ADMIN"]
StatusName = Literal["FROZEN", "ACTIVE", "EXPIRED", "CLOSED"]
TypeName = Literal["transfer", "deposit", "purchase", "refund", "debt_payment", "reversal"]
OutcomeName = Literal["success", "failed"]


def _read_card(text: str) -> str:
    return read_number(text, field="card")


CardNumber = Annotated[str, Field(max_length=40), AfterValidator(checked(_read_card))]


class IdPath(Schema):
    """`/{id}` of a card or a transfer."""

    id: UUID


class UserPath(Schema):
    """`/{id}` of a person."""

    id: int = Field(ge=1, le=MAX_ID)


class UserQuery(PageQuery):
    """Who is looked for."""

    query: str | None = Field(
        None, max_length=QUERY_LIMIT, description="Parts of a name, user name, e-mail or phone."
    )


class AdminUserOut(Schema):
    """A person as administrators see one."""

    id: int = Field(examples=[7])
    username: str | None = Field(examples=["malika"])
    phone_number: str | None = Field(examples=["+998901234567"])
    email: str | None = Field(examples=["malika@example.uz"])
    first_name: str = Field(examples=["Malika"])
    last_name: str = Field(examples=["Karimova"])
    full_name: str = Field(examples=["Malika Karimova"])
    has_password: bool
    totp: bool
    role: RoleName
    language: Literal["uz", "ru", "en"]
    created_at: datetime


class AdminUserPage(PageOut[AdminUserOut]):
    """A page of people, the newest first."""


class UserRoleIn(Schema):
    """What a person may do from now on."""

    role: RoleName = Field(examples=["PREMIUM"])


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

    id: UUID = Field(examples=[_ID])
    card_number: str = Field(examples=[_NUMBER])
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


class PlatformCardOut(Schema):
    """Where commissions go."""

    card_number: str = Field(examples=["7777-0000-0000-0000"])
    balance: MoneyOut


class DepositIn(Schema):
    """Money to issue; without a card, onto one's own oldest ACTIVE one."""

    amount: MoneyIn
    card: UUID | None = Field(None, examples=[_ID])
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

    id: UUID = Field(examples=[_ID])
    from_card: str | None = Field(examples=[_NUMBER])
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

    card: str | None = Field(examples=[_NUMBER])
    amount: MoneyOut
    balance_after: MoneyOut | None


class TransferDetailOut(AdminTransferOut):
    """A transfer with its postings, and what gave it back."""

    reversed_by: UUID | None = Field(examples=[None])
    postings: list[PostingOut]


class ProofOut(Schema):
    """A card's balance as it is kept, and as its postings make it."""

    card: UUID = Field(examples=[_ID])
    card_number: str = Field(examples=[_NUMBER])
    stored: MoneyOut
    computed: MoneyOut
    difference: MoneyOut
    ok: bool


class DifferenceOut(Schema):
    """A kept figure that its rows do not make; null is what is not there."""

    check: str = Field(examples=["ledger.balances"])
    subject: str = Field(examples=["account 104: balance"])
    stored: str | None = Field(examples=["500.00"])
    computed: str | None = Field(examples=["400.00"])


class ProofsQuery(PageQuery):
    """Which cards are listed; all of them are verified."""


class ProofPage(PageOut[ProofOut]):
    """Whether all agree, what does not, and a page of the cards."""

    ok: bool
    cards_checked: int = Field(examples=[120])
    postings: int = Field(examples=[5310])
    sum: MoneyOut
    differences: list[DifferenceOut]


class DayOut(Schema):
    """What a day of Tashkent saw."""

    day: date = Field(examples=[_DAY])
    succeeded: int = Field(examples=[40])
    failed: int = Field(examples=[2])
    turnover: MoneyOut
    commission: MoneyOut


class AdminDashboardOut(Schema):
    """Where the house stands; percents are of the days listed, null where nothing moved."""

    users: int = Field(examples=[120])
    new_users_today: int = Field(examples=[3])
    cards: dict[StatusName, int] = Field(
        examples=[{"ACTIVE": 90, "FROZEN": 20, "EXPIRED": 4, "CLOSED": 6}]
    )
    total_balance: MoneyOut
    platform_balance: MoneyOut
    turnover_today: MoneyOut
    transfers_today: int = Field(examples=[42])
    success_percent: int | None = Field(examples=[97])
    failure_percent: int | None = Field(examples=[3])
    days: list[DayOut]


class EventQuery(PageQuery):
    """What the history is narrowed to."""

    actor: str | None = Field(
        None,
        max_length=QUERY_LIMIT,
        description="The id of a person, or parts of what they are called.",
    )
    action: str | None = Field(None, max_length=60)
    start_date: DateIn | None = None
    end_date: DateIn | None = None


class EventOut(Schema):
    """Something that was done."""

    id: int = Field(examples=[41])
    action: str = Field(examples=["money.deposited"])
    actor: int | None = Field(examples=[7])
    actor_name: str | None = Field(examples=["Malika Karimova"])
    subject_type: str | None = Field(examples=["card"])
    subject_id: str | None = Field(examples=[_ID])
    details: dict[str, Any] = Field(examples=[{"amount": "3000000.00"}])
    ip: str | None = Field(examples=["203.0.113.7"])
    created_at: datetime


class EventPage(PageOut[EventOut]):
    """A page of the history, the latest first."""


def _number(card: CardView | None) -> str | None:
    return dashed(card.number) if card else None


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


def difference_out(found: Difference) -> DifferenceOut:
    """A difference as JSON."""
    stored, computed = (
        None if value is None else str(value) for value in (found.stored, found.computed)
    )
    return DifferenceOut.model_construct(
        check=found.check, subject=found.subject, stored=stored, computed=computed
    )


def dashboard_out(figures: Figures) -> AdminDashboardOut:
    """The figures as JSON."""
    today = figures.today
    return AdminDashboardOut.model_construct(
        users=figures.users,
        new_users_today=figures.new_users.get(today.day, 0),
        cards=figures.cards,  # type: ignore[arg-type]  # the four statuses
        total_balance=figures.total_balance,
        platform_balance=figures.platform_balance,
        turnover_today=today.turnover,
        transfers_today=today.succeeded + today.failed,
        success_percent=figures.success_percent,
        failure_percent=figures.failure_percent,
        days=[DayOut.model_validate(day) for day in figures.days],
    )


def event_out(event: "AuditEvent", people: Mapping[int, "User"]) -> EventOut:
    """An event as JSON."""
    actor = people.get(event.actor_id or 0)
    return EventOut.model_construct(
        id=event.id,
        action=event.action,
        actor=event.actor_id,
        actor_name=actor.display_name if actor else None,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        details=event.details,
        ip=event.ip,
        created_at=event.at,
    )
