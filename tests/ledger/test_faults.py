"""A fault after any statement of a transfer: all of it or nothing, and the same key then works."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from koshelok.core.clock import now
from koshelok.finance.verification import verify as verify_records
from koshelok.infra.db import Cursor, db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.ledger.queries import find_by_key
from koshelok.ledger.verification import verify
from tests.conftest import Person
from tests.ledger.support import Seat, do, replaced, seat, wrong

ACCOUNTS = """
    SELECT id, status, balance + coalesce(
        (SELECT sum(amount) FROM ledger_pending WHERE account_id = ledger_accounts.id), 0
    ) FROM ledger_accounts ORDER BY id
"""  # what is pending may be folded at any time, by a replay too
TABLES = ("ledger_transfers", "ledger_postings", "transactions", "category_totals")
FUNCTIONS = ("ledger/sql/transfer.sql", "wallet/sql/records.sql")
NO_STATEMENT = re.compile(r"\s*(END|RETURN|RAISE)\b.*;")  # but the end of a block, or a way out
Pair = tuple[Seat, Seat]
Act = Callable[[Pair, str], Any]


class Fault(Exception):
    """What a test raises in the middle."""


@pytest.fixture
def pair(context: Flask, make_person: Callable[..., Person]) -> Iterator[Pair]:
    """Two people with money; whatever happens to it, the books agree at the end."""
    yield seat(make_person(), balance=900_000), seat(make_person(), balance=900_000)
    session.rollback()
    assert wrong() == []
    assert [*verify(), *verify_records()] == []


def state() -> list[Any]:
    """Everything that a transfer writes."""
    selects = [f"SELECT {table}::text FROM {table} ORDER BY 1" for table in TABLES]  # noqa: S608
    rows = [session.execute(text(select)).all() for select in (ACCOUNTS, *selects)]
    session.rollback()
    return rows


def all_or_nothing(act: Callable[[], Any], harmed: Callable[[], Any]) -> bool:
    """With harm nothing is left of the act; then the same act is done, once.

    False where the harm did not come to pass.
    """
    before = state()
    try:
        harmed()
    except (Fault, DBAPIError):
        session.rollback()
    else:
        return False
    assert state() == before
    act()
    after = state()
    assert after != before
    act()
    assert state() == after
    return True


def send(pair: Pair, key: str) -> None:
    """With a commission, and recorded in two books."""
    do(pair[0].send, to=pair[1], amount="5000", key=key)


def send_back(pair: Pair, key: str) -> None:
    """The other way."""
    send((pair[1], pair[0]), key)


def deposit(pair: Pair, key: str) -> None:
    """Money is issued: no commission, no records."""
    do(ledger.deposit, actor_id=1, key=key, fingerprint=key, amount=Decimal(7),
       target=pair[0].card.account_id)  # fmt: skip


def deposit_of_yesterday(pair: Pair, key: str) -> None:
    """As demo data is made."""
    do(ledger.deposit, actor_id=1, key=key, fingerprint=key, amount=Decimal(7),
       target=pair[0].card.account_id, at=now() - timedelta(days=1))  # fmt: skip


def reverse(pair: Pair, key: str) -> None:
    """A transfer that was made for this is given back."""
    made = find_by_key(pair[0].owner_id, f"made-{key}")
    do(ledger.reverse, actor_id=1, key=key, fingerprint=key, transfer_id=made.id, reason="why")


ACTS = (send, send_back, deposit, deposit_of_yesterday, reverse)


def prepare(act: Act, pair: Pair, key: str) -> None:
    """What the act needs to be there."""
    if act is reverse:
        send(pair, f"made-{key}")


@contextmanager
def after_statement(number: int, harm: Callable[[Any], None]) -> Iterator[None]:
    """Do harm once so many statements have reached the database."""
    left, execute = count(1), Cursor.execute

    def run(cursor: Cursor, *args: Any, **kwargs: Any) -> Cursor:
        execute(cursor, *args, **kwargs)
        if next(left) == number:
            harm(cursor.connection)
        return cursor

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cursor, "execute", run)
        yield


def raise_fault(_connection: Any) -> None:
    """A program that dies of its own mistake."""
    raise Fault


def cut(connection: psycopg.Connection[Any]) -> None:
    """A network, or an operator, that takes the connection away."""
    pid = connection.info.backend_pid
    with db.engine.connect() as other:
        other.connection.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.parametrize("harm", [raise_fault, cut])
@pytest.mark.parametrize("act", ACTS)
def test_after_each_statement_of_the_program(
    pair: Pair, act: Act, harm: Callable[[Any], None]
) -> None:
    for number in count(1):
        key = f"after-{number}"
        prepare(act, pair, key)

        def harmed(key: str = key, number: int = number) -> None:
            with after_statement(number, harm):
                act(pair, key)

        if not all_or_nothing(lambda key=key: act(pair, key), harmed):
            break
    assert number > 1


def test_at_the_commit(pair: Pair) -> None:
    """The last moment before it stands."""

    def harmed() -> None:
        event.listen(db.engine, "commit", raise_fault)
        try:
            send(pair, "late")
        finally:
            event.remove(db.engine, "commit", raise_fault)

    assert all_or_nothing(lambda: send(pair, "late"), harmed)


@contextmanager
def points() -> Iterator[list[str]]:
    """The functions with a fault to choose after each statement; gives the statements' ends.

    The point is no statement itself, which would change FOUND, but the test of a setting.
    """
    found: list[str] = []

    def insert(function: str) -> str:
        declared, begin, body = function.partition("\nBEGIN\n")
        lines = []
        for line in body.split("\n"):
            lines.append(line)
            if line.endswith(";") and not NO_STATEMENT.fullmatch(line):
                lines.append(
                    f"IF current_setting('test.fault', true) = '{len(found)}' THEN"
                    f" RAISE EXCEPTION 'fault {len(found)}'; END IF;"
                )
                found.append(line.strip())
        return declared + begin + "\n".join(lines)

    with ExitStack() as stack:
        for path in FUNCTIONS:
            stack.enter_context(replaced(path, insert))
        yield found


@pytest.mark.slow
def test_after_each_statement_of_the_functions(pair: Pair) -> None:
    """Each is reached by one of the acts, with accounts as most are and with a hot one."""
    reached = set()
    with points() as statements:
        for hot in (False, True):
            with unit_of_work():
                session.execute(
                    text("UPDATE ledger_accounts SET hot = :hot WHERE id = :id"),
                    {"hot": hot, "id": pair[1].card.account_id},
                )
            for act in ACTS:
                for point in range(len(statements)):
                    key = f"{act.__name__}-{point}-{hot}"
                    prepare(act, pair, key)

                    def harmed(act: Act = act, key: str = key, point: int = point) -> None:
                        with unit_of_work():
                            session.execute(text(f"SET LOCAL test.fault = '{point}'"))
                            act(pair, key)

                    if all_or_nothing(lambda act=act, key=key: act(pair, key), harmed):
                        reached.add(point)
                    elif point not in reached:
                        reached |= _reached_by_a_replay(harmed, point)
    assert [end for point, end in enumerate(statements) if point not in reached] == []
    assert len(statements) > 15


def _reached_by_a_replay(again: Callable[[], None], point: int) -> set[int]:
    """A replay changes nothing, harmed or not."""
    before = state()
    try:
        again()
    except DBAPIError:
        session.rollback()
        assert state() == before
        return {point}
    assert state() == before
    return set()
