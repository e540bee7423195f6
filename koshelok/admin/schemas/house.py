"""JSON shapes of what is seen from above: figures, proofs, the history."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from koshelok.admin.queries import QUERY_LIMIT, Figures
from koshelok.admin.schemas.cards import EXAMPLE_ID, ProofOut, StatusName
from koshelok.infra.difference import Difference
from koshelok.web.schemas import DateIn, MoneyOut, PageOut, PageQuery, Schema

if TYPE_CHECKING:
    from koshelok.audit.models import AuditEvent
    from koshelok.identity.models import User


class PlatformCardOut(Schema):
    """Where commissions go."""

    card_number: str = Field(examples=["7777-0000-0000-0000"])
    balance: MoneyOut


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

    day: date = Field(examples=[date(2026, 11, 21)])
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
    action: str | None = Field(None, max_length=60, pattern=r"^[a-z_.]+$")
    start_date: DateIn | None = None
    end_date: DateIn | None = None


class EventOut(Schema):
    """Something that was done."""

    id: int = Field(examples=[41])
    action: str = Field(examples=["money.deposited"])
    actor: int | None = Field(examples=[7])
    actor_name: str | None = Field(examples=["Malika Karimova"])
    subject_type: str | None = Field(examples=["card"])
    subject_id: str | None = Field(examples=[EXAMPLE_ID])
    details: dict[str, Any] = Field(examples=[{"amount": "3000000.00"}])
    ip: str | None = Field(examples=["203.0.113.7"])
    created_at: datetime


class EventPage(PageOut[EventOut]):
    """A page of the history, the latest first."""


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
