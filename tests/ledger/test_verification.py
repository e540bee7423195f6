"""Verification agrees with honest books and names exactly what somebody changed in others."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import psutil
import pytest
from flask import Flask
from sqlalchemy import event, text

from koshelok import verification as house
from koshelok.core.errors import DomainError, NotFound
from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import queries, tasks
from koshelok.ledger.models import Status
from koshelok.ledger.verification import verify
from tests.ledger.books import days_ago, fill, move, open_account, reverse, unguarded

BATCHES = (1, 2, 3, 7, 20_000)
NAMES = ("rich", "poor", "first", "second")


def _found(batch: int = 20_000) -> list[str]:
    return [f"{found.check}: {found}" for found in verify(batch=batch)]


def test_empty_books_agree(context: Flask) -> None:
    assert _found() == []
    totals = queries.get_totals()
    assert (totals.accounts, totals.postings, totals.sum, totals.days_sealed) == (3, 0, 0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_honest_books_agree_in_batches_of_any_size(context: Flask, seed: int) -> None:
    chance = random.Random(seed)
    accounts = [open_account(chance.randint(0, 500)) for _ in range(4)]
    made: list[UUID] = []
    for day in sorted((chance.uniform(0, 3) for _ in range(60)), reverse=True):
        _one_step(chance, accounts, made, day)
    for batch in BATCHES:
        assert _found(batch) == []
    assert tasks.seal_due() >= 2
    tasks.fold()
    for batch in BATCHES:
        assert _found(batch) == []


def _one_step(chance: random.Random, accounts: list[int], made: list[UUID], day: float) -> None:
    what = chance.choice(["move"] * 6 + ["reverse", "fold", "freeze", "heat"])
    try:
        if what == "move":
            source, target = chance.sample(accounts, 2)
            made.append(move(source, target, chance.randint(1, 90), "0.05", at=days_ago(day)))
        elif what == "reverse" and made:
            reverse(chance.choice(made))
        elif what == "fold":
            tasks.fold()
        elif what == "heat" and day < 1:
            _write("UPDATE ledger_accounts SET hot = true WHERE id = :id", id=accounts[-1])
        elif what == "freeze":
            open_account(5, status=Status.FROZEN)
    except DomainError:
        session.rollback()


def _write(statement: str, **values: Any) -> None:
    with unit_of_work():
        session.execute(text(statement), values)


@dataclass
class Book:
    """A small ledger: what is in it, by name."""

    rich: int
    poor: int
    deposit: UUID
    first: UUID
    second: UUID

    def posting(self, transfer: UUID, account: int) -> int:
        """The id of a posting."""
        found: int = session.execute(
            text("SELECT id FROM ledger_postings WHERE transfer_id = :t AND account_id = :a"),
            {"t": transfer, "a": account},
        ).scalar_one()
        return found


@pytest.fixture
def book(context: Flask) -> Book:
    """1000 issued to one; 100 and 50 sent to the other, with a commission of 1 each."""
    rich, poor = open_account(), open_account()
    deposit = move(2, rich, 1000, type="deposit")
    return Book(rich, poor, deposit, move(rich, poor, 100, 1), move(rich, poor, 50, 1))


def _tamper(book: Book, statement: str, **values: Any) -> None:
    known = {"rich": book.rich, "poor": book.poor, "first": book.first, "second": book.second}
    with unguarded():
        session.execute(
            text(statement), {k: v for k, v in known.items() if f":{k}" in statement} | values
        )


def _subject(book: Book, transfer: UUID, account: int) -> str:
    return f"posting {book.posting(transfer, account)} of account {account} (transfer {transfer})"


def test_an_edited_balance_is_named(book: Book) -> None:
    _tamper(book, "UPDATE ledger_accounts SET balance = balance + 7 WHERE id = :rich")
    for batch in BATCHES:
        assert _found(batch) == [
            f"ledger.balances: account {book.rich}, balance: stored 855.00, computed 848.00"
        ]
    assert queries.prove_account(book.rich) == (Decimal(855), Decimal(848))


def test_a_balance_from_nowhere_is_named(book: Book) -> None:
    account = open_account()
    _tamper(book, "UPDATE ledger_accounts SET balance = 7 WHERE id = :id", id=account)
    for batch in BATCHES:
        assert _found(batch) == [
            f"ledger.balances: account {account}, balance: stored 7.00, computed 0"
        ]


def test_an_edited_posting_is_named(book: Book) -> None:
    posting = book.posting(book.first, book.poor)
    _tamper(
        book, "UPDATE ledger_postings SET amount = 60 WHERE account_id = :poor AND id = :id",
        id=posting,
    )  # fmt: skip
    for batch in BATCHES:
        assert _found(batch) == [
            f"ledger.balances: {_subject(book, book.first, book.poor)}, balance after: "
            "stored 100.00, computed 60.00",
            f"ledger.balances: account {book.poor}, balance: stored 150.00, computed 110.00",
            "ledger.balances: sum of all postings: stored -40.00, computed 0.00",
            f"ledger.transfers: transfer {book.first}, posting {posting} of account {book.poor}, "
            "amount: stored 60.00, computed 100.00",
        ]


def test_an_edited_balance_after_is_named_where_it_and_the_next_part(book: Book) -> None:
    posting = book.posting(book.first, book.rich)
    _tamper(
        book, "UPDATE ledger_postings SET balance_after = 900 WHERE id = :id", id=posting
    )  # fmt: skip
    for batch in BATCHES:
        assert _found(batch) == [
            f"ledger.balances: {_subject(book, book.first, book.rich)}, balance after: "
            "stored 900.00, computed 899.00",
            f"ledger.balances: {_subject(book, book.second, book.rich)}, balance after: "
            "stored 848.00, computed 849.00",
        ]


def test_a_balance_after_taken_away_is_named(book: Book) -> None:
    _tamper(
        book, "UPDATE ledger_postings SET balance_after = NULL WHERE id = :id",
        id=book.posting(book.second, book.poor),
    )  # fmt: skip
    assert _found() == [
        f"ledger.balances: {_subject(book, book.second, book.poor)}, balance after: "
        "stored nothing, computed 150.00"
    ]


def test_a_removed_posting_is_named(book: Book) -> None:
    _tamper(
        book, "DELETE FROM ledger_postings WHERE account_id = :rich AND id = :id",
        id=book.posting(book.first, book.rich),
    )  # fmt: skip
    for batch in BATCHES:
        assert _found(batch) == [
            f"ledger.balances: {_subject(book, book.second, book.rich)}, balance after: "
            "stored 848.00, computed 949.00",
            f"ledger.balances: account {book.rich}, balance: stored 848.00, computed 949.00",
            "ledger.balances: sum of all postings: stored 101.00, computed 0.00",
            f"ledger.transfers: transfer {book.first}, posting of account {book.rich}, amount: "
            "stored nothing, computed -101.00",
        ]


@pytest.mark.parametrize("known", [True, False], ids=["a known transfer", "no transfer"])
@pytest.mark.parametrize("account", ["rich", "nobody"])
def test_an_inserted_posting_is_named(book: Book, known: bool, account: str) -> None:
    account_id = book.rich if account == "rich" else 10**9
    transfer = book.deposit if known else UUID(int=0)
    if known and account == "rich":
        transfer = book.second
        _tamper(book, "DELETE FROM ledger_postings WHERE account_id = 1 AND transfer_id = :second")
        account_id = 1
    _tamper(
        book, "INSERT INTO ledger_postings (account_id, id, transfer_id, amount, balance_after, "
        "created_at) VALUES (:account, 10000, :transfer, 5, NULL, now())",
        account=account_id, transfer=transfer,
    )  # fmt: skip
    for batch in BATCHES:
        found = _found(batch)
        posting = f"posting 10000 of account {account_id}"
        assert any(f"transfer {transfer}, {posting}, amount: stored 5.00" in f for f in found)
        assert any("sum of all postings" in f for f in found)
        if account == "nobody":
            named = f"ledger.balances: account {account_id}, balance: stored nothing, computed 5.00"
            assert named in found


def test_a_whole_forged_transfer_is_named_by_the_balances(book: Book) -> None:
    _tamper(
        book, "INSERT INTO ledger_transfers SELECT gen_random_uuid(), type, status, "
        "from_account_id, to_account_id, amount, commission, actor_id, 'forged', fingerprint, "
        "description, failure_code, reverses_id, created_at, completed_at "
        "FROM ledger_transfers WHERE id = :second",
    )  # fmt: skip
    _tamper(
        book, "INSERT INTO ledger_postings (account_id, transfer_id, amount, balance_after, "
        "created_at) SELECT account_id, (SELECT id FROM ledger_transfers WHERE idempotency_key = "
        "'forged'), amount, balance_after + amount, created_at FROM ledger_postings "
        "WHERE transfer_id = :second",
    )  # fmt: skip
    assert _found() == [
        "ledger.balances: account 1, balance: stored 2.00, computed 3.00",
        f"ledger.balances: account {book.rich}, balance: stored 848.00, computed 797.00",
        f"ledger.balances: account {book.poor}, balance: stored 150.00, computed 200.00",
    ]


def test_an_edited_transfer_is_named(book: Book) -> None:
    _tamper(book, "UPDATE ledger_transfers SET amount = 60 WHERE id = :second")
    for batch in BATCHES:
        assert _found(batch) == [
            f"ledger.transfers: transfer {book.second}, posting "
            f"{book.posting(book.second, account)} of account {account}, amount: {figures}"
            for account, figures in [
                (book.rich, "stored -51.00, computed -61.00"),
                (book.poor, "stored 50.00, computed 60.00"),
            ]
        ]


def test_a_transfer_called_failed_after_it_moved_money_is_named(book: Book) -> None:
    _tamper(
        book, "UPDATE ledger_transfers SET status = 'failed', failure_code = 'card_frozen' "
        "WHERE id = :first",
    )  # fmt: skip
    found = _found()
    assert len(found) == 3
    assert all(f"transfer {book.first}, posting" in f and "computed nothing" in f for f in found)


def test_a_transfer_removed_leaves_its_postings_named(book: Book) -> None:
    _tamper(book, "DELETE FROM ledger_transfers WHERE id = :second")
    for batch in BATCHES:
        found = _found(batch)
        assert len(found) == 3
        assert all(f"transfer {book.second}, posting" in f for f in found)


def test_a_transfer_or_posting_moved_in_time_is_named(book: Book) -> None:
    _tamper(book, "UPDATE ledger_transfers SET created_at = '-infinity' WHERE id = :second")
    found = _found()
    assert len(found) == 3
    assert all(f"transfer {book.second}" in f and "time: stored 20" in f for f in found)


def test_pending_taken_away_is_named(book: Book) -> None:
    _tamper(book, "DELETE FROM ledger_pending WHERE account_id = 1")
    assert _found() == ["ledger.balances: account 1, balance: stored 0.00, computed 2.00"]


def test_pending_from_nowhere_is_named(book: Book) -> None:
    for account, stored in ((book.rich, "853.00"), (10**9, "5.00")):
        insert = "INSERT INTO ledger_pending (account_id, amount) VALUES (:account, 5)"
        _tamper(book, insert, account=account)
        found = _found()
        assert any(f"account {account}, balance: stored {stored}" in f for f in found)
        _tamper(book, "DELETE FROM ledger_pending WHERE account_id = :account", account=account)
    assert _found() == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("succeeded = succeeded + 1", "succeeded: stored 4, computed 3"),
        ("failed = 5", "failed: stored 5, computed 0"),
        ("turnover = 0", "turnover: stored 0.00, computed 150.00"),
        ("commission = commission * 2", "commission: stored 4.00, computed 2.00"),
    ],
)
def test_edited_figures_of_a_day_are_named(context: Flask, change: str, named: str) -> None:
    rich, poor = open_account(), open_account()
    move(2, rich, 1000, type="deposit", at=days_ago(1))
    move(rich, poor, 100, 1, at=days_ago(1))
    move(rich, poor, 50, 1, at=days_ago(1))
    assert tasks.seal_due() == 1
    assert _found() == []
    day = session.scalar(text("SELECT day FROM ledger_days"))
    session.rollback()
    _write(f"UPDATE ledger_days SET {change}")  # noqa: S608  # our own words
    assert _found() == [f"ledger.days: day {day}, {named}"]
    _write("DELETE FROM ledger_days")
    assert f"ledger.days: day {day}, turnover: stored 0, computed 150.00" in _found()


def test_it_reads_one_snapshot_while_transfers_go_on(book: Book) -> None:
    moved: list[UUID] = []

    def meanwhile(_done: int, _total: int) -> None:
        moved.append(move(book.rich, book.poor, 1, 1))
        tasks.fold()

    assert list(verify(meanwhile, batch=2)) == []
    assert len(moved) > 5
    assert _found() == []


def test_it_leaves_the_callers_transaction_alone(book: Book) -> None:
    session.execute(text("SET LOCAL koshelok.note = 'mine'"))
    assert _found() == []
    assert session.scalar(text("SELECT current_setting('koshelok.note')")) == "mine"


def test_it_can_be_left_halfway(book: Book) -> None:
    _tamper(book, "UPDATE ledger_accounts SET balance = balance + 1 WHERE id > 2")
    found = verify()
    assert next(found).check == "ledger.balances"
    found.close()
    with db.engine.connect() as connection:
        assert connection.scalar(text("SHOW transaction_read_only")) == "off"


@pytest.mark.parametrize("batch", BATCHES)
def test_progress_only_grows_and_ends_at_its_total(book: Book, batch: int) -> None:
    told: list[tuple[int, int]] = []
    assert list(verify(lambda done, total: told.append((done, total)), batch=batch)) == []
    assert told == sorted(set(told))
    assert told[0] == (0, 11)  # 8 postings and 3 transfers
    assert told[-1] == (11, 11)


def test_proofs_come_by_pages_and_by_account(book: Book) -> None:
    _tamper(book, "UPDATE ledger_accounts SET balance = balance - 1 WHERE id = :poor")
    first = queries.list_account_proofs(limit=3)
    rest = queries.list_account_proofs(after_id=first[-1].account_id, limit=3)
    proofs = {proof.account_id: proof for proof in [*first, *rest]}
    assert set(proofs) == {1, 2, 3, book.rich, book.poor}
    assert [p.account_id for p in proofs.values() if not p.ok] == [book.poor]
    assert proofs[book.poor].difference == -1
    assert (proofs[1].stored, proofs[2].stored) == (2, -1000)
    with pytest.raises(NotFound):
        queries.prove_account(10**9)


def test_the_house_runs_every_check_and_bounds_what_it_says(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "MOST_NAMED", 2)
    accounts = [open_account() for _ in range(5)]
    with unguarded():
        session.execute(text("UPDATE ledger_accounts SET balance = 1 WHERE id > 3"))
    told: list[int] = []
    assert house.verify_all(lambda done, _total: told.append(done)) == [
        f"ledger.balances: account {accounts[0]}, balance: stored 1.00, computed 0",
        f"ledger.balances: account {accounts[1]}, balance: stored 1.00, computed 0",
        "ledger.balances: and 3 more",
    ]
    assert told


def test_memory_does_not_grow_with_the_ledger(
    context: Flask, count_rows: Callable[[], list[int]]
) -> None:
    fill(cards=60, transfers=33_000, days=10)
    tasks.seal_due()
    assert queries.get_totals().postings > 98_000
    fetched, process = count_rows(), psutil.Process()
    before, most = process.memory_info().rss, 0

    def watch(_done: int, _total: int) -> None:
        nonlocal most
        most = max(most, process.memory_info().rss)

    assert list(verify(watch, batch=1000)) == []
    assert most - before < 30_000_000
    assert max(fetched) <= 1000
    assert sum(fetched) < 1000


@pytest.fixture
def count_rows(context: Flask) -> Callable[[], list[int]]:
    """Start to note how many rows each statement answers with."""

    def start() -> list[int]:
        rows: list[int] = []

        def note(_conn: Any, cursor: Any, *_: Any) -> None:
            rows.append(max(cursor.rowcount, 0))

        event.listen(db.engine, "after_cursor_execute", note)
        return rows

    return start
