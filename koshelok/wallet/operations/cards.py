"""Opening, activating, freezing, closing and expiring cards."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from koshelok.audit import operations as audit
from koshelok.core.clock import now, today
from koshelok.core.ids import uuid7
from koshelok.finance import operations as finance
from koshelok.identity import queries as identity_queries
from koshelok.infra.db import session
from koshelok.infra.settings import current
from koshelok.ledger import operations as ledger
from koshelok.ledger.queries import ACCOUNTS
from koshelok.wallet.errors import CardLimitReached, CardNotFound, FrozenByAdmin, StatusNotChanged
from koshelok.wallet.models import Card, Wallet
from koshelok.wallet.numbers import new_number
from koshelok.wallet.queries import CardView, get_card, list_cards
from koshelok.workspaces import queries as workspaces

EXPIRED_AT_ONCE = 500
_BY_OWNER = {("FROZEN", "ACTIVE"), ("ACTIVE", "FROZEN"), ("FROZEN", "CLOSED"), ("ACTIVE", "CLOSED"),
             ("EXPIRED", "CLOSED")}  # fmt: skip
_BY_ADMIN = _BY_OWNER | {("EXPIRED", "ACTIVE")}


def open_card(*, actor_id: int) -> CardView:
    """Open a FROZEN card for the actor; raises CardLimitReached by role.

    The person is locked: two requests at once do not open one card too many.
    """
    user = identity_queries.get_user(actor_id, lock=True)
    limit = current().cards_maximum[user.role]
    open_cards = [card for card in list_cards(actor_id) if card.status != "CLOSED"]
    if len(open_cards) >= limit:
        raise CardLimitReached(limit=limit)
    _open_wallet(actor_id, user.language)
    card_id = _insert(actor_id, ledger.open_account())
    audit.record(action="card.opened", actor_id=actor_id, subject_type="card", subject_id=card_id)
    return get_card(actor_id, card_id)


def _insert(owner_id: int, account_id: int) -> UUID:
    """Under the first number that is free: chance may draw one twice."""
    while True:
        made: UUID | None = session.scalar(
            insert(Card)
            .values(
                id=uuid7(),
                number=new_number(),
                owner_id=owner_id,
                account_id=account_id,
                expiry_date=_expiry(),
                frozen_by_admin=False,
                created_at=now(),
            )
            .on_conflict_do_nothing(index_elements=["number"])
            .returning(Card.id)
        )
        if made is not None:
            return made


def _expiry() -> date:
    """The same day so many years on; 29 February becomes the 28th."""
    day, years = today(), current().card_years
    if (day.month, day.day) == (2, 29):
        day -= timedelta(days=1)
    return day.replace(year=day.year + years)


def _open_wallet(user_id: int, language: str) -> None:
    """Say where this person's transfers are recorded: their own workspace, categories made."""
    if session.get(Wallet, user_id) is not None:
        return
    workspace_id = workspaces.get_personal(user_id).id
    expense, income = finance.open_transfer_categories(workspace_id=workspace_id, language=language)
    session.add(
        Wallet(
            user_id=user_id,
            records=True,
            workspace_id=workspace_id,
            expense_category_id=expense,
            income_category_id=income,
        )
    )
    session.flush()


def keep_recording(*, workspace_id: int, language: str) -> None:
    """Let transfers become records of the workspace's present categories, once those that they
    became before are to go."""
    wallets = session.scalars(
        select(Wallet).filter_by(workspace_id=workspace_id).with_for_update()
    ).all()
    if not wallets:
        return
    expense, income = finance.open_transfer_categories(workspace_id=workspace_id, language=language)
    for wallet in wallets:
        wallet.expense_category_id, wallet.income_category_id = expense, income
    session.flush()


def set_recording(*, actor_id: int, records: bool) -> None:
    """Turn on or off that transfers are written down as income and expenses."""
    wallet = session.get(Wallet, actor_id)
    if wallet is not None:
        wallet.records = records
        session.flush()


def change_status(*, actor_id: int, card_id: UUID, status: str) -> CardView:
    """Activate (FROZEN to ACTIVE), freeze or close one's own card; CLOSED is for good.

    Raises CardNotFound, FrozenByAdmin, StatusNotChanged, AccountNotEmpty for a close.
    """
    card = _lock(card_id)
    if card is None or card.owner_id != actor_id:
        raise CardNotFound(field="from_card")
    if card.frozen_by_admin and status == "ACTIVE":
        raise FrozenByAdmin
    _change(actor_id, card, status, _BY_OWNER)
    return get_card(actor_id, card_id)


def change_status_as_admin(
    *, actor_id: int, card_id: UUID, status: str, reason: str = ""
) -> CardView:
    """Freeze, unfreeze, close anybody's card, or renew an expired one; written in the history.

    What an admin froze, its owner cannot unfreeze. An expired card that becomes ACTIVE is good
    for as long as a new one. Raises as change_status does.
    """
    card = _lock(card_id)
    if card is None:
        raise CardNotFound(field="card")
    before = _change(actor_id, card, status, _BY_ADMIN, reason)
    card.frozen_by_admin = status == "FROZEN"
    if before == "EXPIRED" and status == "ACTIVE":
        card.expiry_date = _expiry()
    session.flush()
    return get_card(card.owner_id, card_id)


def _lock(card_id: UUID) -> Card | None:
    return session.get(Card, card_id, with_for_update=True, populate_existing=True)


def _change(
    actor_id: int, card: Card, status: str, allowed: set[tuple[str, str]], reason: str = ""
) -> str:
    before = get_card(card.owner_id, card.id).status
    if (before, status) not in allowed:
        raise StatusNotChanged(status=before)
    ledger.set_status(account_id=card.account_id, status=status)
    audit.record(
        action="card.status_changed",
        actor_id=actor_id,
        subject_type="card",
        subject_id=card.id,
        details={"from": before, "to": status, "reason": reason},
    )
    return before


def expire_cards() -> int:
    """Expire active and frozen cards past their date, some hundred at a time; answers how many.

    Accounts are locked in the order in which transfers lock them: neither ends the other.
    """
    due = session.scalars(
        select(Card)
        .join(ACCOUNTS, ACCOUNTS.c.id == Card.account_id)
        .where(Card.expiry_date < today(), ACCOUNTS.c.status.in_(["ACTIVE", "FROZEN"]))
        .order_by(Card.expiry_date, Card.id)
        .limit(EXPIRED_AT_ONCE)
        .with_for_update(of=Card)
    ).all()
    for account_id in sorted(card.account_id for card in due):
        ledger.set_status(account_id=account_id, status="EXPIRED")
    return len(due)
