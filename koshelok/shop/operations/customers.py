"""Letting buyers take on credit: each is a person in the shop's book, whose limit counts."""

from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert as pg_insert

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.core.errors import NotFound
from koshelok.core.money import format_amount, positive
from koshelok.core.phones import read_phone
from koshelok.debtors import operations as book
from koshelok.debtors.queries import find_by_phone, get_debtor
from koshelok.identity.queries import find_user_by_contact, get_user
from koshelok.infra.db import session
from koshelok.shop.errors import (
    CustomerNotFound,
    CustomerWithoutPhone,
    NotAShop,
    NumberUnknown,
)
from koshelok.shop.models import Customer, Order
from koshelok.shop.queries import CustomerView, find_customer, get_customer
from koshelok.workspaces.queries import get_kind


def set_credit(
    *,
    actor_id: int,
    workspace_id: int,
    user_id: int,
    credit: bool,
    limit: Decimal | None = None,
    promise: bool = False,
) -> CustomerView:
    """Let a buyer take on credit up to a limit in so'm (None: as much as the shop delivers), or
    stop letting them; what they owe stays owed.

    Who has ordered here, or whose number is in the shop's book, is the person of their number in
    that book. Anybody else, with `promise`, is promised credit and enters the book by their first
    order on it: nobody learns a name and a number by counting ids.

    Raises NotAShop, CustomerNotFound, CustomerWithoutPhone, Invalid.
    """
    if get_kind(workspace_id) != "shop":
        raise NotAShop
    if _is_known(workspace_id, user_id):
        return _set(actor_id, workspace_id, user_id, credit=credit, limit=limit)
    if not promise:
        raise CustomerNotFound
    promised = None if limit is None else positive(limit, field="limit")
    return _save(actor_id, workspace_id, user_id, credit=credit, promised_limit=promised)


def enter_customer(*, actor_id: int, workspace_id: int) -> int:
    """Enter a buyer who was promised credit into the shop's book, with the limit promised; answers
    the person. Raises CustomerWithoutPhone."""
    customer = find_customer(workspace_id, actor_id)
    if customer is None or customer.debtor_id is not None:
        raise CustomerNotFound
    limit = customer.promised_limit
    view = _set(actor_id, workspace_id, actor_id, credit=customer.credit, limit=limit)
    assert view.debtor is not None  # noqa: S101  # just entered
    return view.debtor


def approve_customer(
    *, actor_id: int, workspace_id: int, phone_number: str, limit: Decimal | None = None
) -> CustomerView:
    """Let whoever has this phone number take on credit, whether they have ordered here or not.

    Raises NotAShop, InvalidPhone, NumberUnknown, Invalid.
    """
    if get_kind(workspace_id) != "shop":
        raise NotAShop
    user = find_user_by_contact(read_phone(phone_number))
    if user is None:
        raise NumberUnknown
    return _set(actor_id, workspace_id, user.id, credit=True, limit=limit)


def _is_known(workspace_id: int, user_id: int) -> bool:
    """Whether the shop may know who this is; raises CustomerNotFound where it is nobody."""
    try:
        number = get_user(user_id).phone_number
    except NotFound as error:
        raise CustomerNotFound from error
    customer = find_customer(workspace_id, user_id)
    if customer is not None and customer.debtor_id is not None:
        return True
    ordered = exists().where(Order.buyer_id == user_id, Order.workspace_id == workspace_id)
    if session.scalar(select(ordered)):
        return True
    return bool(number and find_by_phone(workspace_id, number))


def _set(
    actor_id: int, workspace_id: int, user_id: int, *, credit: bool, limit: Decimal | None
) -> CustomerView:
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
    return _save(actor_id, workspace_id, user_id, credit=credit, debtor_id=debtor_id)


def _save(
    actor_id: int,
    workspace_id: int,
    user_id: int,
    *,
    credit: bool,
    debtor_id: int | None = None,
    promised_limit: Decimal | None = None,
) -> CustomerView:
    moment = now()
    changes = {
        "credit": credit,
        "debtor_id": debtor_id,
        "promised_limit": promised_limit,
        "updated_at": moment,
    }
    row = pg_insert(Customer).values(
        workspace_id=workspace_id, user_id=user_id, created_at=moment, **changes
    )
    session.execute(
        row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=changes)
    )
    made = get_customer(workspace_id, user_id)
    audit.record(
        action="shop.credit_set",
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="user",
        subject_id=user_id,
        details={
            "credit": str(credit).lower(),
            "limit": format_amount(made.limit) if made.limit else "",
        },
    )
    return made


def _debtor_of(actor_id: int, workspace_id: int, user_id: int, *, needed: bool) -> int | None:
    """The person in the book whom a buyer is; entered, or brought back, where one is needed."""
    known = find_customer(workspace_id, user_id)
    if (
        known is not None
        and known.debtor_id is not None
        and get_debtor(workspace_id, known.debtor_id, deleted=None).deleted_at is None
    ):
        return known.debtor_id
    if not needed:
        return known.debtor_id if known else None
    user = get_user(user_id)
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
