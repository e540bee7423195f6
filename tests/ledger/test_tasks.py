"""The ledger's jobs of the clock: safe to run twice, at once, and after a break."""

import threading

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.infra.db import session
from koshelok.ledger import queries, tasks
from koshelok.ledger.models import ISSUER, PLATFORM
from koshelok.ledger.verification import verify
from koshelok.registry import SCHEDULE
from tests.ledger.books import days_ago, move, open_account


def test_folding_settles_what_is_pending_and_changes_no_balance(context: Flask) -> None:
    source, target = open_account(100), open_account()
    move(source, target, 10, 1)
    before = queries.list_balances([PLATFORM, ISSUER, source, target])
    assert tasks.fold() == 2
    assert tasks.fold() == 0
    assert queries.list_balances([PLATFORM, ISSUER, source, target]) == before
    stored = session.scalar(text("SELECT balance FROM ledger_accounts WHERE id = 1"))
    assert stored == before[PLATFORM] == 1
    assert list(verify()) == []


def test_two_workers_seal_each_day_once(app: Flask) -> None:
    with app.app_context():
        source, target = open_account(100), open_account()
        for days in range(12, 0, -1):
            move(source, target, 1, at=days_ago(days))
    sealed: list[int] = []

    def work() -> None:
        with app.app_context():
            sealed.append(tasks.seal_due())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sealed) == 12
    with app.app_context():
        assert queries.get_totals().days_sealed == 12
        assert list(verify()) == []


def test_a_break_between_two_days_keeps_the_first(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(2, open_account(), 5, type="deposit", at=days_ago(3))
    rest = iter([tasks.seals.seal_next])

    def break_at_second() -> object:
        return next(rest, _broken)()

    with monkeypatch.context() as patch:
        patch.setattr(tasks.seals, "seal_next", break_at_second)
        with pytest.raises(RuntimeError):
            tasks.seal_due()
    assert queries.get_totals().days_sealed == 1
    assert tasks.seal_due() == 2
    assert list(verify()) == []


def _broken() -> None:
    raise RuntimeError


def test_the_clock_seals_after_midnight_in_tashkent_and_verifies_after_that() -> None:
    due = {job.task: job for job in SCHEDULE}
    assert due["koshelok.ledger.tasks.seal_due"].cron == "30 19 * * *"  # UTC
    assert due["koshelok.verification.verify_all"].cron == "0 21 * * *"
    assert due["koshelok.ledger.tasks.fold"].interval == 5
