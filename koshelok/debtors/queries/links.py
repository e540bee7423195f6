"""Reads of links and of what debtors marked as wrong through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from koshelok.core.clock import now
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.debtors.errors import DisputeNotFound, LinkNotFound
from koshelok.debtors.models import Debt, Debtor, Dispute, Link, Payment
from koshelok.infra.db import session
from koshelok.wallet.queries import find_payout_card
from koshelok.workspaces.queries import find_owner


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link that opens now, and whose statement it opens."""

    id: int
    workspace_id: int
    debtor: int
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class DisputeView:
    """What a debtor says is wrong, with the entry it is about; the amount in so'm."""

    id: int
    debtor: int
    full_name: str
    debt: int | None
    payment: int | None
    note: str
    created_at: datetime
    resolved_at: datetime | None
    amount: Decimal
    entered_at: datetime

    @property
    def entry(self) -> tuple[str, int | None]:
        """What it is about, as lines of the history are told apart."""
        return ("debt", self.debt) if self.debt else ("payment", self.payment)


def _select_live() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Link.id, Link.workspace_id, Link.debtor_id, Link.created_at, Link.expires_at,
            Link.opened_at, Link.sent_at,
        )
        .join(Debtor, Debtor.id == Link.debtor_id)
        .where(
            Link.revoked_at.is_(None), Link.expires_at > now(), Debtor.deleted_at.is_(None)
        )
    )  # fmt: skip


def get_link(link_id: int | None) -> LinkView:
    """A link by the id in its token; raises LinkNotFound for one that is over or was shut, or
    whose person was put away: they are never told apart."""
    row = session.execute(_select_live().where(Link.id == link_id)).first()
    if row is None:
        raise LinkNotFound
    return LinkView(*row)


def find_link(workspace_id: int, debtor_id: int) -> LinkView | None:
    """The link of a person that opens now."""
    row = session.execute(
        _select_live()
        .where(Link.debtor_id == debtor_id, Link.workspace_id == workspace_id)
        .order_by(Link.id.desc())
        .limit(1)
    ).first()
    return LinkView(*row) if row else None


def find_last_sent(debtor_id: int) -> datetime | None:
    """When a link was last sent to a person, whichever it was."""
    found: datetime | None = session.scalar(
        select(func.max(Link.sent_at)).where(Link.debtor_id == debtor_id)
    )
    return found


def _select_disputes() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Dispute.id, Dispute.debtor_id, Debtor.full_name, Dispute.debt_id, Dispute.payment_id,
            Dispute.note, Dispute.created_at, Dispute.resolved_at,
            func.coalesce(Debt.amount, Payment.amount),
            func.coalesce(Debt.created_at, Payment.created_at),
        )
        .join(Debtor, Debtor.id == Dispute.debtor_id)
        .outerjoin(Debt, Debt.id == Dispute.debt_id)
        .outerjoin(Payment, Payment.id == Dispute.payment_id)
    )  # fmt: skip


def list_disputes(workspace_id: int, *, limit: int, cursor: str | None = None) -> Page[DisputeView]:
    """What debtors of a book marked as wrong and nobody has settled yet, the oldest first."""
    query = _select_disputes().where(
        Dispute.workspace_id == workspace_id, Dispute.resolved_at.is_(None)
    )
    if cursor:
        query = query.where(Dispute.id > decode_cursor(cursor, int)[0])
    rows = session.execute(query.order_by(Dispute.id).limit(limit + 1)).all()
    views = [DisputeView(*row) for row in rows[:limit]]
    return Page(views, encode_cursor(views[-1].id) if len(rows) > limit else None)


def list_disputes_of(debtor_id: int) -> Sequence[DisputeView]:
    """What one person marked as wrong and nobody has settled yet, the oldest first."""
    rows = session.execute(
        _select_disputes()
        .where(Dispute.debtor_id == debtor_id, Dispute.resolved_at.is_(None))
        .order_by(Dispute.id)
    )
    return [DisputeView(*row) for row in rows]


def get_dispute(workspace_id: int, dispute_id: int) -> DisputeView:
    """One of them, settled or not; raises DisputeNotFound."""
    row = session.execute(
        _select_disputes().where(Dispute.id == dispute_id, Dispute.workspace_id == workspace_id)
    ).first()
    if row is None:
        raise DisputeNotFound
    return DisputeView(*row)


def select_open_disputes(workspace_id: int) -> Select[int]:
    """How many wait for the shop."""
    return (
        select(func.count())
        .select_from(Dispute)
        .where(Dispute.workspace_id == workspace_id, Dispute.resolved_at.is_(None))
    )


def count_disputes(workspace_id: int) -> int:
    """How many wait for the shop."""
    return session.scalar(select_open_disputes(workspace_id)) or 0


def find_payout_number(workspace_id: int) -> str | None:
    """The card on which a book is paid: that of whoever has owned it the longest, if any."""
    owner_id = find_owner(workspace_id)
    card = find_payout_card(owner_id) if owner_id is not None else None
    return card.number if card else None
