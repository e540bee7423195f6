"""The history of a person's cards: newest first, a page at a time, flat in its length.

Each card is looked at from both sides along the indexes of ledger_transfers, at most a page
of each, and the pages are merged: a card with a million transfers answers as one with ten.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Row,
    Select,
    bindparam,
    column,
    func,
    lateral,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from koshelok.core.errors import NotFound
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.infra.db import session
from koshelok.ledger.queries import TRANSFERS
from koshelok.wallet.models import Card
from koshelok.wallet.queries.cards import get_card
from koshelok.wallet.queries.days import span

_ledger = TRANSFERS.c
_sender, _receiver = aliased(Card), aliased(Card)


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer as the owner of the cards looked at sees it; amounts in so'm.

    `direction` is "in", "out", or "own" where both cards are among those looked at. The number
    and owner of an end that is no card (a deposit's source) are None.
    """

    id: UUID
    type: str
    status: str
    amount: Decimal
    commission: Decimal
    description: str
    failure_code: str | None
    created_at: datetime
    completed_at: datetime
    reverses_id: UUID | None
    from_number: str | None
    to_number: str | None
    from_owner_id: int | None
    to_owner_id: int | None
    direction: str

    @property
    def bears_commission(self) -> bool:
        """Whether the commission is this end's: who sends pays it, and has it given back."""
        return (self.direction == "in") == (self.type == "reversal")

    @property
    def total(self) -> Decimal:
        """What left or reached the cards looked at."""
        return self.amount + self.commission if self.bears_commission else self.amount


@dataclass(frozen=True, slots=True)
class TransferFilters:
    """What a history is narrowed to; None is no limit. Days (of Tashkent) and amounts are
    included; `direction` is as TransferView's."""

    card: UUID | None = None
    direction: str | None = None
    type: str | None = None
    status: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None


def list_transfers(
    owner_id: int, filters: TransferFilters, *, limit: int, cursor: str | None = None
) -> Page[TransferView]:
    """A page of a person's transfers; a refused one is seen by who asked for it only.

    Raises CardNotFound for another's card, DatesReversed, BadCursor.
    """
    accounts = _accounts(owner_id, filters.card)
    wanted = [_visible_to(owner_id), *_narrowed(filters)]
    if cursor:
        after = decode_cursor(cursor, datetime, UUID)
        wanted.append(tuple_(_ledger.created_at, _ledger.id) < tuple_(*after))
    page = _newest_of_all(accounts, filters.direction, wanted, limit + 1).subquery("page")
    rows = session.execute(_shown(page).order_by(page.c.created_at.desc(), page.c.id.desc())).all()
    views = [_view(row, set(accounts)) for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(views, None)
    return Page(views, encode_cursor(views[-1].created_at, views[-1].id))


def count_transfers(owner_id: int, filters: TransferFilters) -> int:
    """How many a history has: reads all of it, so for work in the background, not for pages."""
    accounts = _accounts(owner_id, filters.card)
    wanted = [_visible_to(owner_id), *_narrowed(filters)]
    each = (
        select(func.count()).select_from(TRANSFERS).where(side.in_(accounts), other, *wanted)
        for side, other in _sides(accounts, filters.direction)
    )
    return sum(session.scalar(count) or 0 for count in each)


def get_transfer(owner_id: int, transfer_id: UUID) -> TransferView:
    """A transfer from or to one of a person's cards; raises NotFound for anybody else's."""
    row = session.execute(
        _shown(TRANSFERS).where(
            _ledger.id == transfer_id,
            _visible_to(owner_id),
            or_(_sender.owner_id == owner_id, _receiver.owner_id == owner_id),
        )
    ).first()
    if row is None:
        raise NotFound
    return _view(row, set(_accounts(owner_id, None)))


def _accounts(owner_id: int, card_id: UUID | None) -> Sequence[int]:
    if card_id is not None:
        return [get_card(owner_id, card_id).account_id]
    return session.scalars(select(Card.account_id).where(Card.owner_id == owner_id)).all()


def _visible_to(owner_id: int) -> ColumnElement[bool]:
    return or_(_ledger.status == "success", _ledger.actor_id == owner_id)


def _narrowed(filters: TransferFilters) -> list[ColumnElement[bool]]:
    start, after = span(filters.start_date, filters.end_date)
    bounds = {
        _ledger.type.__eq__: filters.type,
        _ledger.status.__eq__: filters.status,
        _ledger.created_at.__ge__: start,
        _ledger.created_at.__lt__: after,
        _ledger.amount.__ge__: filters.min_amount,
        _ledger.amount.__le__: filters.max_amount,
    }
    return [compare(value) for compare, value in bounds.items() if value is not None]


def _newest_of_all(
    accounts: Sequence[int], direction: str | None, wanted: list[ColumnElement[bool]], limit: int
) -> Select[Any]:
    """The newest of both sides of all accounts."""
    found = union_all(
        *(
            _newest(side, accounts, [*wanted, other], limit)
            for side, other in _sides(accounts, direction)
        )
    ).subquery("found")
    return select(found).order_by(found.c.created_at.desc(), found.c.id.desc()).limit(limit)


def _sides(
    accounts: Sequence[int], direction: str | None
) -> list[tuple[ColumnElement[int], ColumnElement[bool]]]:
    """Where an account of ours stands, and what must hold of the other end; what went between
    two of the accounts counts once, as sent."""
    sent, received = _ledger.from_account_id, _ledger.to_account_id
    incoming = (received, sent.not_in(accounts))
    sides: dict[str | None, list[tuple[ColumnElement[int], ColumnElement[bool]]]] = {
        None: [(sent, true()), incoming],
        "in": [incoming],
        "out": [(sent, received.not_in(accounts))],
        "own": [(sent, received.in_(accounts))],
    }
    return sides[direction]


def _newest(
    side: ColumnElement[int], accounts: Sequence[int], wanted: list[ColumnElement[bool]], limit: int
) -> Select[Any]:
    """The newest of each account, on one side of its transfers: top of an index, nothing sorted."""
    looked_at = func.unnest(bindparam(None, list(accounts), ARRAY(BigInteger)))
    account = looked_at.table_valued(column("id", BigInteger)).render_derived()
    newest = lateral(
        select(TRANSFERS)
        .where(side == account.c.id, *wanted)
        .order_by(_ledger.created_at.desc(), _ledger.id.desc())
        .limit(limit)
    )
    return select(newest).select_from(account).join(newest, true())


def _shown(source: FromClause) -> Select[Any]:
    """The columns of TransferView in its order, then both accounts."""
    page = source.c
    return (
        select(
            page.id, page.type, page.status, page.amount, page.commission, page.description,
            page.failure_code, page.created_at, page.completed_at, page.reverses_id,
            _sender.number, _receiver.number, _sender.owner_id, _receiver.owner_id,
            page.from_account_id, page.to_account_id,
        )
        .select_from(source)
        .outerjoin(_sender, _sender.account_id == page.from_account_id)
        .outerjoin(_receiver, _receiver.account_id == page.to_account_id)
    )  # fmt: skip


def _view(row: Row[*tuple[Any, ...]], accounts: Collection[int]) -> TransferView:
    source, target = row[-2:]
    outgoing = "own" if target in accounts else "out"
    return TransferView(*(*row[:-2], outgoing if source in accounts else "in"))
