"""The functions of the ledger with one guard taken out: the checks below must notice each.

A check plays one meeting of connections to its end, in an order that is forced. What two guards
keep is shown by taking out both, and what stands in for the one that is gone is an error, not
silence.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import Phase
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.ledger import queries
from koshelok.ledger.models import ISSUER
from koshelok.wallet import operations as wallet
from tests.conftest import Person
from tests.ledger.support import (
    Seat,
    clear,
    code_of,
    do,
    lock,
    pay_in,
    queued,
    replaced,
    seat,
    together,
    wrong,
)
from tests.ledger.test_bank import HARMLESS, take_seats, trade
from tests.ledger.test_machine import ROLES, run_machine

TRANSFER = "ledger/sql/transfer.sql"


@dataclass
class Scene:
    """Two people with a card each (ids ascend) that hold enough for one transfer of 5,000."""

    app: Flask
    one: Seat
    other: Seat

    def pay(self, source: Seat, to: Seat, key: str = "") -> Callable[[], str | None]:
        return lambda: code_of(source.send, to=to, amount="5000", key=key)

    def id(self, seat: Seat) -> int:
        return seat.card.account_id


@pytest.fixture
def scene(context: Flask, make_person: Callable[..., Person]) -> Scene:
    return Scene(context, *(seat(make_person(), balance=9_000) for _ in range(2)))


def heat(account_id: int) -> None:
    """Make an account hot."""
    with unit_of_work():
        session.execute(
            text("UPDATE ledger_accounts SET hot = true WHERE id = :id"), {"id": account_id}
        )


# The checks. Each holds for the functions as they are.


def a_freeze_wins(scene: Scene) -> None:
    """A transfer that meets a freeze on its way waits, and is refused."""
    freeze = f"UPDATE ledger_accounts SET status = 'FROZEN' WHERE id = {scene.id(scene.one)}"  # noqa: S608
    assert queued(scene.app, freeze, scene.pay(scene.one, scene.other)) == ["card_frozen"]


def opposite_ways_meet(scene: Scene) -> None:
    """One sends to the other, who sends back at the same time: both arrive.

    Nothing is recorded of it: the records' locks would make them wait for each other as well.
    Who goes on first is chance, and only one of the two ways can be wrong: so, many times.
    """
    for person in (scene.one, scene.other):
        do(wallet.set_recording, actor_id=person.owner_id, records=False)
    back, forth = scene.pay(scene.other, scene.one), scene.pay(scene.one, scene.other)
    for _ in range(15):
        assert queued(scene.app, lock(scene.id(scene.other)), back, forth) == [None, None]


def the_last_money_goes_once(scene: Scene) -> None:
    """Two transfers of money that is there for one: one is done, one is refused as usual."""
    pay = scene.pay(scene.one, scene.other)
    came = queued(scene.app, lock(scene.id(scene.one)), pay, pay)
    assert sorted(came, key=str) == [None, "insufficient_funds"]
    assert queries.get_balance(scene.id(scene.one)) == 3950


def the_commission_lands(scene: Scene) -> None:
    """What the sender paid on top is the platform's at once, and is in the books."""
    assert scene.pay(scene.one, scene.other)() is None
    assert queries.get_platform_balance() == 50
    assert wrong() == []


def a_fold_counts_what_it_takes(scene: Scene) -> None:
    """A commission that is committed in the middle of a fold, under an earlier id, stays."""
    with db.engine.connect() as gate:
        gate.execute(text("SELECT pg_advisory_lock(9)"))  # keeps the first deposit open

        def first() -> None:
            with unit_of_work():
                ledger.deposit(actor_id=1, key="first", fingerprint="x", amount=Decimal(1),
                               target=scene.id(scene.one))  # fmt: skip
                session.execute(text("SELECT pg_advisory_xact_lock(9)"))

        def let_go() -> None:
            gate.execute(text("SELECT pg_advisory_unlock(9)"))
            while queries.get_balance(scene.id(scene.one)) == 9_000:
                session.rollback()

        queued(
            scene.app,
            lock(ISSUER),
            first,
            lambda: pay_in(scene.id(scene.other), 1),
            lambda: do(ledger.fold, account_id=ISSUER),
            let_go,
        )
    assert queries.get_balance(ISSUER) == -18_002
    assert wrong() == []


def a_fold_meets_a_debit(scene: Scene) -> None:
    """A hot account pays while it is being folded: both are done."""
    heat(scene.id(scene.one))
    pay_in(scene.id(scene.one), 1_000)
    came = queued(
        scene.app,
        lock(scene.id(scene.one)),
        scene.pay(scene.one, scene.other),
        lambda: code_of(ledger.fold, account_id=scene.id(scene.one)),
    )
    assert came == [None, None]
    assert wrong() == []


def pending_money_can_be_spent(scene: Scene) -> None:
    """All that a hot account has may be waiting to be folded."""
    heat(scene.id(scene.other))
    pay_in(scene.id(scene.other), 991_000)
    assert code_of(scene.other.send, to=scene.one, amount="900000") is None
    assert wrong() == []


def a_key_is_used_once(scene: Scene) -> None:
    """Four at once with one key make one transfer, and all are told of it."""
    pay = scene.pay(scene.one, scene.other, key="once")
    assert together(scene.app, *[pay] * 4) == [None] * 4
    assert queries.get_balance(scene.id(scene.one)) == 3950


def a_reversal_is_made_once(scene: Scene) -> None:
    """The second is refused as usual, though the money and another's commission are there."""
    assert scene.pay(scene.other, scene.one)() is None
    pay_in(scene.id(scene.other), 9_000)
    made = do(scene.one.send, to=scene.other, amount="5000").transfer
    for key, code in (("r1", None), ("r2", "already_reversed")):
        values = {"key": key, "fingerprint": key, "transfer_id": made.id, "reason": "why"}
        assert code_of(ledger.reverse, actor_id=1, **values) == code
    assert wrong() == []


CHECKS = (
    a_freeze_wins, opposite_ways_meet, the_last_money_goes_once, the_commission_lands,
    a_fold_counts_what_it_takes, a_fold_meets_a_debit, pending_money_can_be_spent,
    a_key_is_used_once, a_reversal_is_made_once,
)  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_holds_for_the_functions_as_they_are(scene: Scene, check: Callable[[Scene], None]) -> None:
    check(scene)


# The mutants: what is taken out, and what is put in its place.

NO_LOCK = ("FOR NO KEY UPDATE\n    LOOP", "LOOP")
NO_ORDER = ("ORDER BY id\n", "ORDER BY id = p_to\n")
NO_DEBIT_CONDITION = ("WHERE id = p_from AND balance >= debit", "WHERE id = p_from")
NO_FUNDS_CHECK = ("sender.balance < debit", "false")
NO_COMMISSION = ("INSERT INTO public.ledger_pending (account_id, amount) VALUES (1, earned);", "")
NO_CONFLICT = ("ON CONFLICT (actor_id, idempotency_key) DO NOTHING", "")
NO_REVERSAL_CHECK = ("WHEN back AND EXISTS", "WHEN false AND EXISTS")
NO_FOLD_BEFORE_DEBIT = ("+ public.ledger_fold(account.id)", "")
FOLD_WITHOUT_LOCK = (
    "PERFORM FROM public.ledger_accounts WHERE id = p_account FOR NO KEY UPDATE;", "",
)  # fmt: skip
FOLD_BY_WATERMARK = (
    """
    WITH gone AS (
        DELETE FROM public.ledger_pending WHERE account_id = p_account RETURNING amount
    )
    SELECT coalesce(sum(amount), 0) INTO folded FROM gone;
    IF folded <> 0 THEN
        UPDATE public.ledger_accounts SET balance = balance + folded WHERE id = p_account;
    END IF;
""",
    """
    SELECT coalesce(sum(amount), 0) INTO folded FROM public.ledger_pending
    WHERE account_id = p_account AND id <= currval('watermark');
    UPDATE public.ledger_accounts SET balance = balance + folded WHERE id = p_account;
    DELETE FROM public.ledger_pending WHERE account_id = p_account AND id <= currval('watermark');
""".replace("currval('watermark')", "(SELECT max(id) FROM public.ledger_pending)"),
)
FOLD_TWICE = ("DELETE FROM public.ledger_pending WHERE account_id = p_account RETURNING amount",
              "SELECT amount FROM public.ledger_pending WHERE account_id = p_account")  # fmt: skip
Change = tuple[str, str]


@contextmanager
def without(*changes: Change) -> Iterator[None]:
    """The functions with these changes; each must be one."""
    found = set()

    def change(function: str) -> str:
        for old, new in changes:
            if old in function:
                found.add(old)
                function = function.replace(old, new)
        return function

    with replaced(TRANSFER, change):
        assert found == {old for old, _ in changes}
        yield


@pytest.mark.parametrize(
    ("changes", "check", "shows"),
    [
        ([NO_LOCK], a_freeze_wins, ""),
        ([NO_LOCK], opposite_ways_meet, "deadlock detected"),
        ([NO_LOCK], the_last_money_goes_once, "the debit did not hold"),
        ([NO_LOCK, NO_DEBIT_CONDITION], the_last_money_goes_once, "balance_not_negative"),
        ([NO_ORDER], opposite_ways_meet, "deadlock detected"),
        ([NO_FUNDS_CHECK], the_last_money_goes_once, "the debit did not hold"),
        ([NO_FUNDS_CHECK, NO_DEBIT_CONDITION], the_last_money_goes_once, "balance_not_negative"),
        ([NO_COMMISSION], the_commission_lands, ""),
        ([NO_CONFLICT], a_key_is_used_once, "uq_ledger_transfers_key"),
        ([NO_REVERSAL_CHECK], a_reversal_is_made_once, "uq_ledger_transfers_reverses"),
        ([NO_FOLD_BEFORE_DEBIT], pending_money_can_be_spent, ""),
        ([FOLD_WITHOUT_LOCK], a_fold_meets_a_debit, "deadlock detected"),
        ([FOLD_WITHOUT_LOCK, FOLD_BY_WATERMARK], a_fold_counts_what_it_takes, ""),
        ([FOLD_TWICE], a_fold_meets_a_debit, ""),
    ],
)
def test_is_noticed(
    scene: Scene, changes: list[Change], check: Callable[[Scene], None], shows: str
) -> None:
    """By a wrong result, or by the error of the next guard (`shows`)."""
    with without(*changes), pytest.raises((AssertionError, DBAPIError)) as caught:
        check(scene)
    assert shows in str(caught.value)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_conditional_debit_is_one_guard_of_three(
    scene: Scene, check: Callable[[Scene], None]
) -> None:
    """Alone it can be taken out unnoticed: the row is locked and its balance was looked at."""
    with without(NO_DEBIT_CONDITION):
        check(scene)


def test_without_any_guard_money_is_spent_twice(scene: Scene) -> None:
    """All three out, and the database's own CHECK: only the books show it."""
    check = "CONSTRAINT ck_ledger_accounts_balance_not_negative"
    rule = "CHECK (balance >= 0 OR kind = 'issuer')"
    with without(NO_FUNDS_CHECK, NO_DEBIT_CONDITION), db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE ledger_accounts DROP {check}"))
        connection.commit()
        try:
            pay = scene.pay(scene.one, scene.other)
            assert [pay(), pay()] == [None, None]
            assert wrong() == [f"account {scene.id(scene.one)} is negative"]
        finally:
            clear()
            session.execute(text(f"ALTER TABLE ledger_accounts ADD {check} {rule}"))
            session.commit()


def test_without_the_key_and_its_index_a_storm_doubles(scene: Scene) -> None:
    """The index stands behind the clause: with both gone the money goes as often as asked."""
    index = "uq_ledger_transfers_key"
    pay_in(scene.id(scene.one), 100_000)
    with without(NO_CONFLICT):
        session.execute(text(f"DROP INDEX {index}"))
        session.commit()
        try:
            pay = scene.pay(scene.one, scene.other, key="once")
            together(scene.app, *[pay] * 4)
            assert queries.get_balance(scene.id(scene.one)) == 109_000 - 4 * 5050
        finally:
            clear()
            session.execute(
                text(f"CREATE UNIQUE INDEX {index} ON ledger_transfers (actor_id, idempotency_key)")
            )
            session.commit()


@pytest.mark.slow
@pytest.mark.parametrize("change", [NO_LOCK, NO_ORDER, NO_COMMISSION], ids=["lock", "order", "fee"])
def test_the_bank_notices(
    context: Flask, make_person: Callable[..., Person], change: Change
) -> None:
    """Eight threads of chance, until something is not as it should be."""
    seats, admin_id = take_seats(make_person)
    for person_id in {taken.owner_id for taken in seats}:
        do(wallet.set_recording, actor_id=person_id, records=False)
    deadline = time.monotonic() + 20
    with without(change):
        strange: set[str] = set()
        while not (strange or wrong()) and time.monotonic() < deadline:
            session.rollback()
            turn = time.monotonic() + 1
            came = trade(context, seats, admin_id, lambda turn=turn: time.monotonic() > turn)
            strange = set(came) - HARMLESS - {"sent", "reversed", "frozen", "folded"}
        assert strange or wrong()


@pytest.mark.slow
@pytest.mark.parametrize(
    "change", [NO_FUNDS_CHECK, NO_COMMISSION, NO_CONFLICT, NO_REVERSAL_CHECK],
    ids=["funds", "fee", "key", "reversal"],
)  # fmt: skip
def test_the_machine_notices(
    context: Flask, make_person: Callable[..., Person], change: Change
) -> None:
    """A story in which the model and the database part."""
    people = [make_person(role=role) for role in ROLES]
    with without(change), pytest.raises((AssertionError, DBAPIError)):
        run_machine(people, 200, phases=[Phase.generate], report_multiple_bugs=False, database=None)
