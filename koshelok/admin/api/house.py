"""The platform's card, the figures, the verification and the history over JSON."""

from flask import Response

from koshelok.admin import queries
from koshelok.admin.api.blueprint import api
from koshelok.admin.queries import HistoryFilters
from koshelok.admin.schemas import (
    AdminDashboardOut,
    EventOut,
    EventPage,
    EventQuery,
    PlatformCardOut,
    ProofPage,
    ProofsQuery,
    dashboard_out,
    difference_out,
    event_out,
    proof_out,
)
from koshelok.infra.settings import current
from koshelok.ledger.queries import get_platform_balance
from koshelok.wallet.numbers import dashed
from koshelok.web import access
from koshelok.web.api import READ, answers, ok


@api.get("/admin/platform-card", summary="Show the platform's card",
         responses=answers({200: PlatformCardOut}, errors=(401, 403)))  # fmt: skip
@access.admin
def show_platform_card() -> Response:
    """Where commissions go; its balance is exact at this instant."""
    return ok(
        PlatformCardOut.model_construct(
            card_number=dashed(current().platform_card), balance=get_platform_balance()
        )
    )


@api.get("/admin/dashboard", summary="Show the figures of the house",
         responses=answers({200: AdminDashboardOut}, errors=(401, 403)))  # fmt: skip
@access.admin
def show_dashboard() -> Response:
    """People, cards, money, and what moved on each of the last 30 days of Tashkent."""
    return ok(dashboard_out(queries.get_figures()))


@api.get("/admin/verify-balances", summary="Verify all balances",
         responses=answers({200: ProofPage}, errors=READ))  # fmt: skip
@access.admin
def verify_balances(query: ProofsQuery) -> Response:
    """Everything is verified at each call; `items` are the cards a page at a time."""
    page = queries.list_proofs(limit=query.limit, cursor=query.cursor)
    found = queries.verify_ledger()
    return ok(
        ProofPage.model_construct(
            items=[proof_out(card, proof) for card, proof in page.items],
            next_cursor=page.next_cursor,
            ok=found.ok,
            cards_checked=found.cards,
            postings=found.postings,
            sum=found.sum,
            differences=[difference_out(item) for item in found.differences],
        )
    )


@api.get("/admin/audit", summary="List what was done",
         responses=answers({200: EventPage}, errors=READ))  # fmt: skip
@access.admin
def list_audit(query: EventQuery) -> Response:
    """The latest first."""
    filters = HistoryFilters(**query.model_dump(exclude={"limit", "cursor"}))
    page = queries.list_history(filters, limit=query.limit, cursor=query.cursor)
    people = queries.list_people(event.actor_id for event in page.items)
    items: list[EventOut] = [event_out(event, people) for event in page.items]
    return ok(EventPage.model_construct(items=items, next_cursor=page.next_cursor))
