"""Lists are read along indexes, whatever their length."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from koshelok.admin import queries
from koshelok.admin.queries import CardFilters, HistoryFilters, TransferFilters
from koshelok.core.clock import today
from koshelok.core.errors import NotFound
from koshelok.identity.errors import LastAdmin
from koshelok.identity.operations import change_role
from koshelok.identity.queries import get_user, search_users
from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet.queries import CardView
from tests.conftest import Person

MANY = 30_000


@contextmanager
def explained() -> Iterator[list[str]]:
    """The plans of the reads in the body, filled when it ends."""
    asked: list[tuple[str, Any]] = []
    plans: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    connection = session.connection()
    for statement, parameters in asked:
        rows = connection.exec_driver_sql(f"EXPLAIN ANALYZE {statement}", parameters)
        plans.append("\n".join(row[0] for row in rows))


@pytest.fixture
def crowd(context: Flask, person: Person, card_of: Callable[..., CardView]) -> CardView:
    """Many people, cards, transfers and events, and one card among them."""
    card = card_of(person, "5000")
    with unit_of_work():
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in (
            """INSERT INTO users (username, first_name, last_name, role, language, created_at)
               SELECT 'crowd' || n, 'Ism' || n, 'Familiya', 'USER', 'uz',
                   now() - n * interval '1 hour' FROM generate_series(1, :many) AS n""",
            """INSERT INTO ledger_accounts (kind, status, hot, balance, created_at)
               SELECT 'card', 'ACTIVE', false, 0, now() FROM generate_series(1, :many)""",
            """INSERT INTO cards (id, number, owner_id, account_id, expiry_date, frozen_by_admin,
                   created_at)
               SELECT gen_random_uuid(), '7777' || lpad(id::text, 12, '0'), :owner, id,
                   '2030-01-01', false, now() - id * interval '1 minute'
               FROM ledger_accounts WHERE balance = 0 AND kind = 'card'""",
            """INSERT INTO ledger_transfers (id, type, status, from_account_id, to_account_id,
                   amount, commission, actor_id, idempotency_key, fingerprint, description,
                   created_at, completed_at)
               SELECT gen_random_uuid(), 'transfer', 'success', 103, 104, 5000, 0, 1, n::text,
                   '', '',
                   now() - n * interval '1 minute', now() FROM generate_series(1, :many) AS n""",
            "SET LOCAL koshelok.ledger = 'on'",
            """INSERT INTO ledger_pending (account_id, amount)
               SELECT 1 + n % 2, 1 FROM generate_series(1, :many) AS n""",
            """INSERT INTO audit_events (at, action, actor_id, details)
               SELECT now() - n * interval '1 minute', 'session.started', n % 1000 + 100, '{}'
               FROM generate_series(1, :many) AS n""",
        ):
            session.execute(text(statement), {"many": MANY, "owner": person.id})
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE users, cards, ledger_accounts, audit_events"))
        connection.execute(text("ANALYZE ledger_transfers, ledger_pending"))
    return card


def test_no_list_reads_a_whole_table(crowd: CardView) -> None:
    day = today() - timedelta(days=9)
    with explained() as plans:
        queries.list_transfers(TransferFilters(), limit=50)
        queries.list_transfers(TransferFilters(card=crowd.number), limit=50)
        queries.list_transfers(TransferFilters(start_date=day, end_date=day), limit=50)
        queries.list_transfers(TransferFilters(card=crowd.number, status="failed"), limit=50)
        queries.list_cards(CardFilters(), limit=50)
        queries.list_cards(CardFilters(owner=str(crowd.owner_id)), limit=50)
        queries.list_history(HistoryFilters(), limit=50)
        queries.list_history(HistoryFilters(actor=str(crowd.owner_id)), limit=50)
        queries.list_history(HistoryFilters(action="card.opened"), limit=50)
        queries.list_history(HistoryFilters(start_date=day, end_date=day), limit=50)
        search_users("ism29999", limit=50)
        search_users(None, limit=50)
    read = [line for plan in plans for line in plan.splitlines() if "never executed" not in line]
    assert [line for line in read if "Seq Scan" in line] == []


def test_a_search_across_reads_so_many_and_no_more(crowd: CardView) -> None:
    page = queries.list_transfers(TransferFilters(min_amount=crowd.balance + 1), limit=50)
    assert (page.items, page.next_cursor is None) == ([], False)
    rest = queries.list_transfers(
        TransferFilters(min_amount=crowd.balance + 1), limit=50, cursor=page.next_cursor
    )
    assert (rest.items, rest.next_cursor) == ([], None)


def test_the_last_administrator_stays_one(context: Flask, admin: Person, person: Person) -> None:
    with pytest.raises(LastAdmin), unit_of_work():
        change_role(actor_id=person.id, user_id=admin.id, role="USER")
    with pytest.raises(NotFound), unit_of_work():
        change_role(actor_id=admin.id, user_id=999999, role="USER")
    assert get_user(admin.id).role == "ADMIN"
