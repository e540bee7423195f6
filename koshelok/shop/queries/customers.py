"""Buyers as their shop sees them: who takes on credit, and who has bought lately."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text

from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.debtors.queries import select_people
from koshelok.identity.queries import CONTACTS
from koshelok.infra.db import session
from koshelok.shop.models import Customer, Order
from koshelok.shop.queries.shops import CustomerView

LATEST_ORDERS = 200
COUNTED = 100


@dataclass(frozen=True, slots=True)
class BuyerView:
    """Somebody who has ordered."""

    user_id: int
    full_name: str
    phone_number: str | None


def list_customers(
    workspace_id: int, *, limit: int, cursor: str | None = None
) -> Page[CustomerView]:
    """A page of those whom the shop has let, or stopped letting, take on credit, with what they
    owe; raises BadCursor."""
    person = select_people().subquery("person")
    rows = (
        select(
            Customer.user_id,
            func.coalesce(person.c.full_name, ""),
            func.coalesce(person.c.phone_number, ""),
            person.c.id,
            Customer.credit,
            func.coalesce(person.c.credit_limit, Customer.promised_limit),
            func.coalesce(person.c.debt_total, 0),
        )
        .outerjoin(person, person.c.id == Customer.debtor_id)
        .where(Customer.workspace_id == workspace_id)
        .order_by(Customer.user_id.desc())
        .limit(limit + 1)
    )
    if cursor:
        rows = rows.where(Customer.user_id < decode_cursor(cursor, int)[0])
    found = [CustomerView(*row) for row in session.execute(rows)]
    more, found = len(found) > limit, found[:limit]
    return Page(found, encode_cursor(found[-1].user_id) if more else None)


def list_latest_buyers(workspace_id: int) -> list[BuyerView]:
    """Who made the shop's last orders and is not a customer on credit, the latest first."""
    last = (
        select(Order.buyer_id, Order.id)
        .where(Order.workspace_id == workspace_id)
        .order_by(Order.id.desc())
        .limit(LATEST_ORDERS)
        .subquery("last")
    )
    known = select(Customer.user_id).where(Customer.workspace_id == workspace_id)
    rows = session.execute(
        select(CONTACTS.c.id, CONTACTS.c.full_name, CONTACTS.c.phone_number)
        .join(last, last.c.buyer_id == CONTACTS.c.id)
        .where(CONTACTS.c.id.not_in(known))
        .order_by(last.c.id.desc())
    )
    return [BuyerView(*row) for row in dict.fromkeys(tuple(row) for row in rows)]


_COUNTS = text("""
    SELECT person.id, (
        SELECT count(*) FROM (
            SELECT FROM orders WHERE buyer_id = person.id AND workspace_id = :workspace_id
            ORDER BY id DESC LIMIT :most
        ) AS made
    )
    FROM unnest(CAST(:ids AS bigint[])) AS person (id)
""")


def count_orders(workspace_id: int, user_ids: Sequence[int]) -> dict[int, int]:
    """How many orders each of these has made here, counted up to COUNTED."""
    asked = {"workspace_id": workspace_id, "ids": list(user_ids), "most": COUNTED}
    return {person: count for person, count in session.execute(_COUNTS, asked)}  # noqa: C416
