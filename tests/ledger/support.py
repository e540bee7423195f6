"""A small bank for tests: cards with money, what its books say, and the function with a fault."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from koshelok.core.errors import DomainError
from koshelok.core.ids import uuid7
from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.wallet import operations as wallet
from koshelok.wallet.queries import CardView
from tests.conftest import HOUSE_ACCOUNTS, Person

PLATFORM, ISSUER = 1, 2
SQL = Path(__file__).resolve().parents[2] / "koshelok"
TABLES = (
    "category_totals", "transactions", "saved_cards", "cards", "audit_events", "ledger_pending",
    "ledger_postings", "ledger_transfers", "ledger_seals", "ledger_days", "ledger_accounts",
)  # fmt: skip

# What may not be, in one statement, so in one snapshot. Simpler than ledger.verification, and
# another's work: the two prove each other.
WRONG = """
    WITH pending AS (SELECT account_id, sum(amount) AS sum FROM ledger_pending GROUP BY 1),
    posted AS (
        SELECT account_id, sum(amount) AS sum, count(*) AS count FROM ledger_postings GROUP BY 1
    ),
    moved AS (
        SELECT transfer_id, sum(amount) AS sum, count(*) AS count FROM ledger_postings GROUP BY 1
    ),
    chain AS (
        SELECT id, balance_after, amount,
            lag(balance_after) OVER (PARTITION BY account_id ORDER BY id) AS before
        FROM ledger_postings
    ),
    held AS (
        SELECT a.id, a.kind, a.balance + coalesce(pending.sum, 0) AS balance,
            coalesce(posted.sum, 0) AS posted
        FROM ledger_accounts AS a
        LEFT JOIN pending ON pending.account_id = a.id LEFT JOIN posted ON posted.account_id = a.id
    )
    SELECT 'account ' || id || ' holds ' || balance || ', posted ' || posted
        FROM held WHERE balance <> posted
    UNION ALL SELECT 'account ' || id || ' is negative' FROM held
        WHERE balance < 0 AND kind <> 'issuer'
    UNION ALL SELECT 'all accounts hold ' || sum(balance) FROM held HAVING sum(balance) <> 0
    UNION ALL SELECT 'posting ' || id || ' does not continue' FROM chain
        WHERE before IS NOT NULL AND balance_after IS NOT NULL AND balance_after <> before + amount
    UNION ALL SELECT 'transfer ' || t.id || ' (' || t.status || ') has wrong postings'
        FROM ledger_transfers AS t LEFT JOIN moved ON moved.transfer_id = t.id
        WHERE coalesce(moved.sum, 0) <> 0 OR coalesce(moved.count, 0) <>
            CASE WHEN t.status = 'success' THEN 2 + (t.commission <> 0)::int ELSE 0 END
"""


def wrong() -> list[str]:
    """What is wrong with the books at this instant."""
    return list(session.scalars(text(WRONG)))


def clear() -> None:
    """Take every card and transfer away; people and their workspaces stay."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for table in TABLES:
        session.execute(text(f"DELETE FROM {table}"))  # noqa: S608  # our own names
    session.execute(text(HOUSE_ACCOUNTS))
    session.commit()


def do(operation: Callable[..., Any], **values: Any) -> Any:
    """An operation in a unit of work of its own."""
    with unit_of_work():
        return operation(**values)


def code_of(operation: Callable[..., Any], **values: Any) -> str | None:
    """How it was refused, or None for what was done."""
    try:
        do(operation, **values)
    except DomainError as error:
        return error.code
    return None


def pay_in(account_id: int, amount: str | Decimal, *, actor_id: int = 1) -> None:
    """Issue money onto an account."""
    do(
        ledger.deposit, actor_id=actor_id, key=str(uuid7()), fingerprint="pay-in",
        target=account_id, amount=Decimal(amount),
    )  # fmt: skip


def open_cards(person: Person, count: int = 1, balance: str | int = 0) -> list[CardView]:
    """Active cards of a person, each with this much on it."""
    cards = []
    for _ in range(count):
        card = do(wallet.open_card, actor_id=person.id)
        do(wallet.change_status, actor_id=person.id, card_id=card.id, status="ACTIVE")
        if Decimal(balance):
            pay_in(card.account_id, Decimal(balance))
        cards.append(card)
    return cards


@dataclass(frozen=True)
class Seat:
    """A card with the person behind it, as a thread or a process is handed it."""

    owner_id: int
    role: str
    card: CardView

    def send(self, to: "Seat", amount: str | Decimal, *, key: str = "", note: str = "") -> Any:
        """Send from this card to another's, in the unit of work that is open."""
        order = wallet.Order(
            self.card.id, to.card.number, Decimal(amount), note, key or str(uuid7())
        )
        return wallet.send(actor_id=self.owner_id, role=self.role, order=order)


def seat(person: Person, role: str = "USER", balance: str | int = 0) -> Seat:
    """A person's first active card."""
    return Seat(person.id, role, open_cards(person, 1, balance)[0])


def together(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own, all at once; answers what each returned or raised."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                barrier.wait(30)
                results[number] = work()
            except Exception as error:
                results[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return results


def queued(app: Flask, hold: str, *works: Callable[[], Any]) -> list[Any]:
    """Start each work while `hold` (SQL) keeps it waiting, in this order, then let all go.

    Answers what each returned or raised.
    """
    results: list[Any] = [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                results[number] = work()
            except Exception as error:
                results[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    with db.engine.connect() as holder:
        holder.execute(text(hold))
        for number, thread in enumerate(threads, start=1):
            thread.start()
            _wait_for(sum(one.is_alive() for one in threads[:number]), thread)
        holder.commit()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return results


def lock(account_id: int) -> str:
    """SQL that holds an account."""
    return f"SELECT FROM ledger_accounts WHERE id = {account_id} FOR NO KEY UPDATE"


def _wait_for(waiting: int, thread: threading.Thread) -> None:
    """Until so many connections wait for a lock, or the last thread did not have to."""
    blocked = text(
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE datname = current_database() AND NOT granted"
        " AND locktype IN ('transactionid', 'tuple', 'advisory')"
    )
    deadline = time.monotonic() + 20
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        while thread.is_alive() and time.monotonic() < deadline:
            if connection.scalar(blocked) >= waiting:
                return
            time.sleep(0.005)


@cache
def source(path: str) -> str:
    """The text of functions as they are installed."""
    return (SQL / path).read_text()


def functions(path: str) -> list[str]:
    """Each function of a file of SQL, made to replace the one that is there."""
    parts = source(path).split("CREATE FUNCTION ")[1:]
    return ["CREATE OR REPLACE FUNCTION " + part.split("\nEND $$;")[0] + "\nEND $$;"
            for part in parts]  # fmt: skip


@contextmanager
def replaced(path: str, change: Callable[[str], str]) -> Iterator[None]:
    """The functions of a file changed in the database, and put back."""
    try:
        _install([change(function) for function in functions(path)])
        yield
    finally:
        session.rollback()
        _install(functions(path))


def _install(texts: Sequence[str]) -> None:
    with db.engine.begin() as connection:
        for one in texts:
            connection.connection.cursor().execute(one)  # as it is: no parameters, no %
