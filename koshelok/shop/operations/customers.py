"""Letting buyers take on credit: each is a person in the shop's book, whose limit counts."""

from decimal import Decimal

from sqlalchemy.dialects.postgresql import insert as pg_insert

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.core.errors import NotFound
from koshelok.core.money import format_amount
from koshelok.debtors import operations as book
from koshelok.debtors.queries import find_by_phone, get_debtor
from koshelok.identity.queries import get_user
from koshelok.infra.db import session
from koshelok.shop.errors import CustomerNotFound, CustomerWithoutPhone, NotAShop
from koshelok.shop.models import Customer
from koshelok.shop.queries import CustomerView, find_customer, get_customer
from koshelok.workspaces.queries import get_kind


def set_credit(
    *, actor_id: int, workspace_id: int, user_id: int, credit: bool, limit: Decimal | None = None
) -> CustomerView:
    """Let a buyer take on credit up to a limit in so'm (None: as much as the shop delivers), or
    stop letting them; what they owe stays owed.

    They are the person of their number in the shop's book, entered where the book does not know
    them. Raises NotAShop, CustomerNotFound, CustomerWithoutPhone, Invalid.
    """
    if get_kind(workspace_id) != "shop":
        raise NotAShop
    debtor_id = _debtor_of(actor_id, workspace_id, user_id, needed=credit)
    if debtor_id is None:
        raise CustomerNotFound
    if credit:
        book.edit_debtor(
            actor_id=actor_id,
            workspace_id=workspace_id,
            debtor_id=debtor_id,
            credit_limit=limit,
            clear_limit=limit is None,
        )
    moment = now()
    row = pg_insert(Customer).values(
        workspace_id=workspace_id,
        user_id=user_id,
        debtor_id=debtor_id,
        credit=credit,
        created_at=moment,
        updated_at=moment,
    )
    changes = {"credit": credit, "debtor_id": debtor_id, "updated_at": moment}
    session.execute(
        row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=changes)
    )
    audit.record(
        action="shop.credit_set",
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="user",
        subject_id=user_id,
        details={"credit": str(credit).lower(), "limit": format_amount(limit) if limit else ""},
    )
    return get_customer(workspace_id, user_id)


def _debtor_of(actor_id: int, workspace_id: int, user_id: int, *, needed: bool) -> int | None:
    """The person in the book whom a buyer is; entered, or brought back, where one is needed."""
    try:
        user = get_user(user_id)
    except NotFound as error:
        raise CustomerNotFound from error
    known = find_customer(workspace_id, user_id)
    if (
        known is not None
        and get_debtor(workspace_id, known.debtor_id, deleted=None).deleted_at is None
    ):
        return known.debtor_id
    if not needed:
        return known.debtor_id if known else None
    if not user.phone_number:
        raise CustomerWithoutPhone
    found = find_by_phone(workspace_id, user.phone_number)
    if found is not None:
        return found.id
    made = book.create_debtor(
        actor_id=actor_id,
        workspace_id=workspace_id,
        full_name=user.full_name or user.phone_number,
        phone_number=user.phone_number,
    )
    return made.id
