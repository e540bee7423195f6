"""Accounts against their postings, in one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from koshelok.core.errors import NotFound
from koshelok.infra.db import session
from koshelok.ledger.models import Account, Posting, Seal
from koshelok.ledger.queries.balances import ACCOUNTS, ZERO

_PROOFS = select(
    ACCOUNTS.c.id,
    ACCOUNTS.c.balance,
    select(func.coalesce(func.sum(Posting.amount), ZERO))
    .where(Posting.account_id == ACCOUNTS.c.id)
    .scalar_subquery(),
)


def prove_account(account_id: int) -> tuple[Decimal, Decimal]:
    """An account's balance, and the sum of its postings: the same, or something is wrong.

    Both in so'm; raises NotFound.
    """
    row = session.execute(_PROOFS.where(ACCOUNTS.c.id == account_id)).first()
    if row is None:
        raise NotFound
    _, stored, computed = row
    return stored, computed


@dataclass(frozen=True, slots=True)
class Proof:
    """A balance as it is stored, and as the postings make it; in so'm."""

    account_id: int
    stored: Decimal
    computed: Decimal

    @property
    def difference(self) -> Decimal:
        """What is stored too much, or too little."""
        return self.stored - self.computed

    @property
    def ok(self) -> bool:
        """Whether they are the same."""
        return self.stored == self.computed


def list_account_proofs(*, after_id: int | None = None, limit: int) -> Sequence[Proof]:
    """Accounts after an id, each against its postings: a page of them all."""
    page = _PROOFS.order_by(ACCOUNTS.c.id).limit(limit)
    if after_id is not None:
        page = page.where(ACCOUNTS.c.id > after_id)
    return [Proof(*row) for row in session.execute(page)]


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is to verify; all postings sum to zero."""

    accounts: int
    postings: int
    sum: Decimal
    days_sealed: int


def get_totals() -> Totals:
    """Count everything, in one statement."""
    row = session.execute(
        select(
            select(func.count()).select_from(Account).scalar_subquery(),
            func.count(),
            func.coalesce(func.sum(Posting.amount), ZERO),
            select(func.count()).select_from(Seal).scalar_subquery(),
        ).select_from(Posting)
    ).one()
    return Totals(*row)
