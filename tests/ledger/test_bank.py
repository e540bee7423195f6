"""Two processes of eight threads over eight cards: no tiyin made, lost or owed, no deadlock.

KOSHELOK_BANK_SECONDS asks for longer than the suite has time for.
"""

import multiprocessing
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from multiprocessing.synchronize import Barrier, Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from koshelok.app import create_app
from koshelok.core.errors import DomainError
from koshelok.core.ids import uuid7
from koshelok.finance.verification import verify as verify_records
from koshelok.infra.db import db, session
from koshelok.infra.settings import Settings
from koshelok.ledger import operations as ledger
from koshelok.ledger.models import ISSUER
from koshelok.ledger.queries import ACCOUNTS
from koshelok.ledger.tasks import fold
from koshelok.ledger.verification import verify
from koshelok.wallet import operations as wallet
from tests.conftest import Person
from tests.ledger.support import Seat, code_of, do, lock, open_cards, queued, wrong

PROCESSES, THREADS = 2, 8
SECONDS = float(os.environ.get("KOSHELOK_BANK_SECONDS", "4"))
MONEY = 20_000
HARMLESS = {
    "insufficient_funds", "card_frozen", "receiver_inactive", "already_reversed",
    "not_reversible", "same_card", "request_in_progress",
}  # fmt: skip


def settle(chance: random.Random, seats: list[Seat], made: list[Any], admin_id: int) -> str:
    """One thing that people do, by chance; answers what came of it."""
    one, other = chance.choice(seats), chance.choice(seats)
    what = chance.random()
    try:
        if what < 0.90:
            sent = do(one.send, to=other, amount=Decimal(chance.randint(200_000, 900_000)) / 100)
            made.append(sent.transfer)
            return "sent"
        if what < 0.93 and made:
            back = chance.choice(made)
            do(ledger.reverse, actor_id=admin_id, key=str(uuid7()), fingerprint="x",
               transfer_id=back.id, reason="by chance")  # fmt: skip
            return "reversed"
        if what < 0.96:
            do(ledger.set_status, account_id=one.card.account_id, status="FROZEN")
            do(ledger.set_status, account_id=one.card.account_id, status="ACTIVE")
            return "frozen"
        do(ledger.fold, account_id=one.card.account_id)
    except DomainError as error:
        return error.code
    except DBAPIError as error:
        return f"{getattr(error.orig, 'sqlstate', '')} {error.orig}".strip()
    return "folded"


def trade(app: Flask, seats: list[Seat], admin_id: int, until: Callable[[], bool]) -> Counter[str]:
    """Eight threads at it, until told; answers what came of everything."""
    came: Counter[str] = Counter()
    lock = threading.Lock()

    def run(seed: int) -> None:
        chance, made, mine = random.Random(seed), [], Counter[str]()
        with app.app_context():
            while not until():
                mine[settle(chance, seats, made, admin_id)] += 1
        with lock:
            came.update(mine)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return came


def branch(
    settings: Settings,
    seats: list[Seat],
    admin_id: int,
    opening: Barrier,
    stop: Event,
    results: Any,
) -> None:
    """A process of its own, with an app and connections of its own."""
    app = create_app(settings)
    opening.wait(60)
    came = trade(app, seats, admin_id, stop.is_set)
    with app.app_context():
        db.engine.dispose()
    results.put(dict(came))


def watch(until: Callable[[], bool]) -> tuple[set[Decimal], int]:
    """Sum everything in one snapshot, again and again; answers the sums and how many reads."""
    sums, reads = set(), 0
    balance = ACCOUNTS.c.balance
    house = ACCOUNTS.c.id == ISSUER
    while not until():
        total, least = session.execute(
            select(
                func.sum(balance).filter(~house), func.min(balance).filter(~house)
            )
        ).one()  # fmt: skip
        assert least >= 0
        sums.add(total)
        session.rollback()
        reads += 1
        fold()
    return sums, reads


def take_seats(make_person: Callable[..., Person]) -> tuple[list[Seat], int]:
    """Two people with three cards each, two with one; and an admin. The last card is hot."""
    seats: list[Seat] = []
    for role, count in (("PREMIUM", 3), ("PREMIUM", 3), ("USER", 1), ("USER", 1)):
        person = make_person(role=role)
        seats += [Seat(person.id, role, card) for card in open_cards(person, count, MONEY)]
    session.execute(
        text("UPDATE ledger_accounts SET hot = true WHERE id = :id"),
        {"id": seats[0].card.account_id},
    )
    session.commit()
    return seats, make_person(role="ADMIN").id


def deadlocks() -> int:
    """How many the database has seen."""
    session.execute(text("SELECT pg_stat_force_next_flush()"))
    session.rollback()
    return session.scalar(
        text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    )


@pytest.mark.slow
def test_nothing_is_made_or_lost(
    context: Flask, settings: Settings, make_person: Callable[..., Person]
) -> None:
    seats, admin_id = take_seats(make_person)
    before = deadlocks()
    spawn = multiprocessing.get_context("spawn")
    opening, stop, results = spawn.Barrier(PROCESSES + 1), spawn.Event(), spawn.Queue()
    branches = [
        spawn.Process(target=branch, args=(settings, seats, admin_id, opening, stop, results))
        for _ in range(PROCESSES)
    ]
    for process in branches:
        process.start()
    try:
        opening.wait(60)
        deadline = time.monotonic() + SECONDS
        sums, reads = watch(lambda: time.monotonic() > deadline)
    finally:
        stop.set()
        came = sum((Counter(results.get(timeout=60)) for _ in branches), Counter[str]())
        for process in branches:
            process.join(30)
    assert sums == {Decimal(MONEY * len(seats))}
    assert set(came) - HARMLESS == {"sent", "reversed", "frozen", "folded"}, came
    assert deadlocks() == before
    assert wrong() == []
    assert [*verify(), *verify_records()] == []
    print(came, reads)


def test_expiring_many_cards_does_not_deadlock_with_transfers(
    context: Flask, make_person: Callable[..., Person]
) -> None:
    """The card with the later account expires first; a transfer locks the earlier one first."""
    person = make_person(role="PREMIUM")
    one, other = (Seat(person.id, "PREMIUM", card) for card in open_cards(person, 2, MONEY))
    for days, card in ((2, one.card), (3, other.card)):
        session.execute(
            text("UPDATE cards SET expiry_date = current_date - :days WHERE id = :id"),
            {"days": days, "id": card.id},
        )
    session.commit()
    expired, sent = queued(
        context,
        lock(other.card.account_id),
        lambda: do(wallet.expire_cards),
        lambda: code_of(one.send, to=other, amount="5000"),
    )
    assert (expired, sent) == (2, "card_expired")
