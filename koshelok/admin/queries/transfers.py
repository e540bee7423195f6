"""Everybody's transfers: the newest first, a page at a time, flat in their number.

Days and a card lie along an index in the order of the list. What does not (amounts, outcomes) is
looked for among the next SCAN transfers only: a page of a rare search may be short, or empty, and
its cursor goes on from where the search stopped.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, select, tuple_, union_all

from koshelok.admin.queries.cards import find_card_by_number, list_cards_of_accounts
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.infra.db import session
from koshelok.ledger import queries as ledger
from koshelok.ledger.queries import TRANSFERS, Moved, moved
from koshelok.wallet.queries import CardView
from koshelok.wallet.queries.days import span

SCAN = 20_000
_ledger = TRANSFERS.c


@dataclass(frozen=True, slots=True)
class TransferFilters:
    """What the transfers are narrowed to; `card` is sixteen digits. Days and amounts are
    included."""

    card: str | None = None
    status: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """Both cards of a transfer; an end that is the house's is None."""

    source: CardView | None
    target: CardView | None


@dataclass(frozen=True, slots=True)
class PostingView:
    """What a transfer did to one account; `card` is None where it is the house's."""

    card: CardView | None
    amount: Decimal
    balance_after: Decimal | None


@dataclass(frozen=True, slots=True)
class Detail:
    """A transfer with its postings, and the reversal that gave it back."""

    transfer: Moved
    ends: Ends
    postings: Sequence[PostingView]
    reversed_by: UUID | None


def get_transfer(transfer_id: UUID) -> Detail:
    """Anybody's transfer; raises NotFound."""
    transfer = ledger.get_transfer(transfer_id)
    ends = list_ends([transfer])[transfer_id]
    cards = {card.account_id: card for card in (ends.source, ends.target) if card}
    postings = [
        PostingView(cards.get(posting.account_id), posting.amount, posting.balance_after)
        for posting in ledger.list_postings(transfer_id)
    ]
    reversal = ledger.find_reversal(transfer_id)
    return Detail(transfer, ends, postings, reversal.id if reversal else None)


def list_transfers(
    filters: TransferFilters, *, limit: int, cursor: str | None = None
) -> Page[Moved]:
    """A page of transfers, refusals included; raises DatesReversed, BadCursor."""
    walk = _Walk(filters, cursor)
    if not walk.possible:
        return Page([], None)
    if not walk.searches:
        return _page(walk.newest(limit + 1), limit)
    searched = walk.newest(SCAN).subquery("searched")
    matching = select(searched).where(*walk.across(searched))
    found = _page(_ordered(matching, searched, limit + 1), limit)
    return found if found.next_cursor else Page(found.items, _end_of(searched))


def list_ends(transfers: Iterable[Moved]) -> Mapping[UUID, Ends]:
    """The cards of each of these transfers, in one query."""
    listed = list(transfers)
    accounts = {t.from_account_id for t in listed} | {t.to_account_id for t in listed}
    cards = list_cards_of_accounts(accounts)
    return {t.id: Ends(cards.get(t.from_account_id), cards.get(t.to_account_id)) for t in listed}


class _Walk:
    """The list in its order, from a cursor on."""

    def __init__(self, filters: TransferFilters, cursor: str | None) -> None:
        self.filters = filters
        self.card = find_card_by_number(filters.card) if filters.card else None
        self.along = list(_along(filters, cursor))

    @property
    def possible(self) -> bool:
        """Whether the card that was asked for is there."""
        return self.card is not None or not self.filters.card

    @property
    def searches(self) -> bool:
        """Whether something is asked that lies along no index."""
        wanted = self.filters
        return bool(wanted.status) or (wanted.min_amount, wanted.max_amount) != (None, None)

    def newest(self, limit: int) -> Select[Any]:
        """The next so many; of a card, those it sent and those it received, merged."""
        if self.card is None:
            return _ordered(select(TRANSFERS).where(*self.along), TRANSFERS, limit)
        sides = [
            _ordered(
                select(TRANSFERS).where(side == self.card.account_id, *self.along), TRANSFERS, limit
            ).subquery()
            for side in (_ledger.from_account_id, _ledger.to_account_id)
        ]
        both = union_all(*map(select, sides)).subquery("both")
        return _ordered(select(both), both, limit)

    def across(self, source: FromClause) -> list[ColumnElement[bool]]:
        """What each row is asked."""
        wanted, tests = self.filters, []
        if wanted.status:
            tests.append(source.c.status == wanted.status)
        if wanted.min_amount is not None:
            tests.append(source.c.amount >= wanted.min_amount)
        if wanted.max_amount is not None:
            tests.append(source.c.amount <= wanted.max_amount)
        return tests


def _along(filters: TransferFilters, cursor: str | None) -> Iterator[ColumnElement[bool]]:
    start, end = span(filters.start_date, filters.end_date)
    if start:
        yield _ledger.created_at >= start
    if end:
        yield _ledger.created_at < end
    if cursor:
        after = decode_cursor(cursor, datetime, UUID)
        yield tuple_(_ledger.created_at, _ledger.id) < tuple_(*after)


def _ordered(query: Select[Any], source: FromClause, limit: int) -> Select[Any]:
    return query.order_by(source.c.created_at.desc(), source.c.id.desc()).limit(limit)


def _page(query: Select[Any], limit: int) -> Page[Moved]:
    rows = [moved(row) for row in session.execute(query)]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encode_cursor(last.created_at, last.id) if last else None)


def _end_of(searched: FromClause) -> str | None:
    """Where a search stopped before the list did."""
    columns = searched.c.created_at, searched.c.id
    row = session.execute(_ordered(select(*columns), searched, 1).offset(SCAN - 1)).first()
    return None if row is None else encode_cursor(*row)
