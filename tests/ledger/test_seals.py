"""Seals: a chain over every past day, which shows what was changed on which day."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from koshelok.core.clock import midnight, now, today
from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations, queries, seals, tasks
from koshelok.ledger.models import Day, Posting, Seal
from koshelok.ledger.verification import verify
from tests.ledger.books import days_ago, move, open_account, unguarded

ONE_DAY = timedelta(days=1)
NOON = timedelta(hours=12)
MICROSECOND = timedelta(microseconds=1)


def _found(batch: int = 20_000) -> list[str]:
    return [f"{found.check}: {found}" for found in verify(batch=batch)]


def _seals() -> list[Seal]:
    session.rollback()
    return list(session.scalars(select(Seal).order_by(Seal.day)))


@pytest.fixture
def past(context: Flask) -> tuple[date, ...]:
    """Five past days: transfers on the first, third and fourth; all sealed."""
    days = tuple(today() - ONE_DAY * n for n in (5, 4, 3, 2, 1))
    rich, poor = open_account(), open_account()
    move(2, rich, 1000, type="deposit", at=midnight(days[0]))
    for day in (days[0], days[2], days[2], days[3]):
        move(rich, poor, 100, 1, at=midnight(day) + NOON)
    move(rich, poor, 5, at=midnight(days[4]) - MICROSECOND)
    assert tasks.seal_due() == 5
    return days


def _by_hand(previous: str, day: date) -> tuple[int, str]:
    """A day's digest as the documentation says it is made."""
    rows = session.scalars(
        select(Posting)
        .where(Posting.created_at >= midnight(day), Posting.created_at < midnight(day + ONE_DAY))
        .order_by(Posting.id)
    ).all()
    lines = [f"{previous}|{day}\n"]
    for row in rows:
        after = "" if row.balance_after is None else row.balance_after
        at = round(row.created_at.timestamp() * 10**6)
        lines.append(f"{row.id}|{row.transfer_id}|{row.account_id}|{row.amount}|{after}|{at}\n")
    return len(rows), hashlib.sha256("".join(lines).encode()).hexdigest()


def test_nothing_is_sealed_before_anything_happened(context: Flask) -> None:
    assert tasks.seal_due() == 0
    move(2, open_account(), 10, type="deposit")
    assert tasks.seal_due() == 0  # today is not over
    assert _seals() == []


def test_every_past_day_is_sealed_once_in_a_chain(past: tuple[date, ...]) -> None:
    made = _seals()
    assert [(seal.day, seal.postings) for seal in made] == list(
        zip(past, (5, 0, 6, 5, 0), strict=True)
    )
    previous = seals.ORIGIN
    for seal in made:
        assert (seal.postings, seal.digest) == _by_hand(previous, seal.day)
        previous = seal.digest
    assert tasks.seal_due() == 0
    assert _found() == []


def test_figures_are_kept_with_the_seal(past: tuple[date, ...]) -> None:
    kept = session.scalars(select(Day).order_by(Day.day)).all()
    assert [(day.day, day.succeeded, day.failed, day.turnover, day.commission) for day in kept] == [
        (past[0], 2, 0, 100, 1), (past[1], 0, 0, 0, 0), (past[2], 2, 0, 200, 2),
        (past[3], 2, 0, 105, 1), (past[4], 0, 0, 0, 0),
    ]  # fmt: skip
    shown = queries.list_days(past[0] - ONE_DAY, today())
    assert [day.turnover for day in shown] == [0, 100, 0, 200, 105, 0, 0]
    with unit_of_work():
        session.execute(text("DELETE FROM ledger_days"))
    assert queries.list_days(past[0] - ONE_DAY, today()) == shown


def test_a_night_that_was_missed_is_caught_up(past: tuple[date, ...]) -> None:
    kept = [(seal.day, seal.digest) for seal in _seals()]
    with unguarded():
        session.execute(text("DELETE FROM ledger_seals WHERE day > :day"), {"day": past[1]})
        session.execute(text("DELETE FROM ledger_days WHERE day > :day"), {"day": past[2]})
    assert tasks.seal_due() == 3
    assert [(seal.day, seal.digest) for seal in _seals()] == kept
    assert _found() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_postings SET amount = amount + 1 WHERE {day}",
        "UPDATE ledger_postings SET balance_after = 1 WHERE {day} AND account_id > 2",
        "UPDATE ledger_postings SET transfer_id = gen_random_uuid() WHERE {day}",
        "UPDATE ledger_postings SET account_id = account_id + 1000 WHERE {day}",
        "UPDATE ledger_postings SET id = id + 1000 WHERE {day}",
        "UPDATE ledger_postings SET created_at = created_at + interval '1 microsecond' WHERE {day}",
    ],
)
def test_an_edited_posting_breaks_the_seal_of_its_day_alone(
    past: tuple[date, ...], change: str
) -> None:
    _tamper(change, past[2])
    assert _broken() == {f"day {past[2]}, digest"}


def test_a_removed_posting_breaks_the_seal_of_its_day_alone(past: tuple[date, ...]) -> None:
    _tamper("DELETE FROM ledger_postings WHERE {day} AND account_id = 1", past[2])
    assert _broken() == {f"day {past[2]}, postings", f"day {past[2]}, digest"}
    assert f"ledger.seals: day {past[2]}, postings: stored 6, computed 4" in _found()


@pytest.mark.parametrize(
    ("at", "broken"), [(1, 1), (4, 4), (-1, 0)], ids=["between", "at the end", "before the chain"]
)
def test_an_inserted_posting_breaks_the_seal_of_its_day_alone(
    past: tuple[date, ...], at: int, broken: int
) -> None:
    moment = midnight(past[at]) if at >= 0 else "-infinity"
    with unguarded():
        session.execute(text(
            "INSERT INTO ledger_postings (account_id, transfer_id, amount, created_at) "
            "VALUES (1, gen_random_uuid(), 5, :at)"
        ), {"at": moment})  # fmt: skip
    assert _broken() == {f"day {past[broken]}, postings", f"day {past[broken]}, digest"}


def test_a_posting_moved_to_another_day_breaks_both(past: tuple[date, ...]) -> None:
    _tamper(
        "UPDATE ledger_postings SET created_at = created_at - interval '1 day' WHERE {day}", past[3]
    )
    assert {subject.split(",")[0] for subject in _broken()} == {f"day {past[2]}", f"day {past[3]}"}


def test_an_edited_seal_is_named_with_the_one_after_it(past: tuple[date, ...]) -> None:
    with unguarded():
        session.execute(text("UPDATE ledger_seals SET digest = 'x' WHERE day = :d"), {"d": past[1]})
    assert _broken() == {f"day {past[1]}, digest", f"day {past[2]}, digest"}


def test_a_day_sealed_anew_breaks_the_next_one(past: tuple[date, ...]) -> None:
    """Whoever edits a posting and its day's seal to fit would have to remake every later one."""
    _tamper("UPDATE ledger_postings SET amount = amount + 1 WHERE {day}", past[2])
    made = _seals()
    count, digest = _by_hand(made[1].digest, past[2])
    with unguarded():
        session.execute(
            text("UPDATE ledger_seals SET digest = :digest, postings = :count WHERE day = :day"),
            {"digest": digest, "count": count, "day": past[2]},
        )
    assert _broken() == {f"day {past[3]}, digest"}


def test_a_removed_seal_is_named_and_breaks_the_next_one(past: tuple[date, ...]) -> None:
    with unguarded():
        session.execute(text("DELETE FROM ledger_seals WHERE day = :d"), {"d": past[2]})
    assert _broken() == {f"day {past[2]}, seals", f"day {past[3]}, digest"}


def _tamper(statement: str, day: date) -> None:
    of_day = "created_at >= :start AND created_at < :end"
    with unguarded():
        session.execute(
            text(statement.format(day=of_day)),
            {"start": midnight(day), "end": midnight(day + ONE_DAY)},
        )


def _broken() -> set[str]:
    """What the seals say, the same in batches of any size."""
    found = [[d.subject for d in verify(batch=n) if d.check == seals.CHECK] for n in (1, 2, 20_000)]
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == len(set(found[0]))
    return set(found[0])


def test_months_of_seals_are_read_a_span_at_a_time(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    rich, poor = open_account(), open_account()
    move(2, rich, 1000, type="deposit", at=days_ago(80))
    for days in range(79, 0, -3):
        move(rich, poor, 1, at=days_ago(days))
    assert tasks.seal_due() == 80
    monkeypatch.setattr(seals, "SPAN", 7)
    assert _found() == []
    past = _seals()
    with unguarded():
        for seal in (past[6], past[7], past[41]):
            session.execute(text("DELETE FROM ledger_seals WHERE day = :d"), {"d": seal.day})
    expected = {f"day {past[n].day}, seals" for n in (6, 7, 41)}
    assert _broken() == expected | {f"day {past[n].day}, digest" for n in (8, 42)}


def test_a_day_waits_for_transactions_that_began_on_it(
    past: tuple[date, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they wrote may still come. Today is sealed here, as if tomorrow had come."""
    move(2, open_account(), 10, type="deposit")
    monkeypatch.setattr(seals, "today", lambda: today() + ONE_DAY)
    with db.engine.begin() as still_open:
        still_open.execute(text("SELECT pg_current_xact_id()"))
        assert tasks.seal_due() == 0
    assert tasks.seal_due() == 1
    assert _seals()[-1].postings == 2
    assert _found() == []


def test_backdating_and_sealing_exclude_each_other(past: tuple[date, ...]) -> None:
    account = open_account()

    def blocked(statement: str) -> bool:
        with db.engine.connect() as other:
            other.execute(text("SET LOCAL lock_timeout = '50ms'"))
            try:
                other.execute(text(statement))
            except OperationalError:
                return True
            return False

    with unit_of_work():
        operations.deposit(
            actor_id=1, key="key", fingerprint="", target=account, amount=Decimal(5), at=now()
        )
        assert blocked("LOCK TABLE ledger_seals IN SHARE ROW EXCLUSIVE MODE")
        assert not blocked("LOCK TABLE ledger_seals IN SHARE MODE")
        assert not blocked("SELECT * FROM ledger_seals")
