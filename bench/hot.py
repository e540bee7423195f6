"""The platform's account is hot: what posting to it without locking its row is worth.

A disk that takes a millisecond to flush is imitated (commit_delay), and transfers with a
commission run straight on the database, by turns against a copy of the function that updates
the platform's row in each of them. It is the ledger that is measured: people's records of
their transfers are off.
"""

import tempfile
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import text

from bench.pgbench import tps
from bench.server import services
from bench.wallets import Holder, make_holders
from koshelok.app import create_app
from koshelok.infra.db import db
from koshelok.infra.settings import Settings

CLIENTS, ROUNDS, SECONDS = 16, 5, 3
CARDS = 1000  # so many that two transfers seldom meet on one: the platform is what is hot
BAR = 5
POSTED = "INSERT INTO public.ledger_pending (account_id, amount) VALUES (1, earned)"
INLINE = "UPDATE public.ledger_accounts SET balance = balance + earned WHERE id = 1"
_SCRIPT = r"""
\set sender random({first}, {last})
\set other random(1, {others})
\set receiver {first} + (:sender - {first} + :other) % ({others} + 1)
SELECT * FROM {function}(
    uuidv7(), 'transfer', :sender, :receiver, 2000, 20, 1, gen_random_uuid()::text, '', '',
    NULL, NULL, NULL);
"""


def run() -> list[str]:
    """Measure and print; answers the bar if it is not held."""
    with services() as settings, tempfile.TemporaryDirectory() as folder:
        app = create_app(settings)
        holders = make_holders(app, CARDS)
        _prepare(app)
        found: dict[str, list[float]] = {"ledger_transfer": [], "ledger_transfer_inline": []}
        for turn in range(ROUNDS + 1):
            for function, rates in found.items():
                rate = _rate(settings, _script(Path(folder), function, holders))
                if turn:  # the first is a warm-up
                    rates.append(rate)
    return _report(*found.values())


def _prepare(app: Flask) -> None:
    with app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            source = connection.scalar(
                text("SELECT pg_get_functiondef('ledger_transfer'::regproc)")
            )
            assert POSTED in source
            copy = source.replace(".ledger_transfer(", ".ledger_transfer_inline(", 1)
            connection.exec_driver_sql(copy.replace(POSTED, INLINE).replace("%", "%%"))
            connection.execute(
                text("ALTER TABLE ledger_transfers DISABLE TRIGGER wallet_record_transfers")
            )
            connection.execute(text("ALTER SYSTEM SET commit_delay = 1000"))
            connection.execute(text("ALTER SYSTEM SET commit_siblings = 0"))
            connection.execute(text("SELECT pg_reload_conf()"))
        db.engine.dispose()


def _script(folder: Path, function: str, holders: list[Holder]) -> Path:
    accounts = sorted(holder.account_id for holder in holders)
    first, last = accounts[0], accounts[-1]
    assert accounts == list(range(first, last + 1))
    script = folder / f"{function}.sql"
    script.write_text(
        _SCRIPT.format(function=function, first=first, last=last, others=last - first)
    )
    return script


def _rate(settings: Settings, script: Path) -> float:
    return tps(
        settings, "--protocol=prepared", f"--file={script}", seconds=SECONDS, clients=CLIENTS
    )


def _report(posted: list[float], inline: list[float]) -> list[str]:
    times = median(p / i for p, i in zip(posted, inline, strict=True))
    print(f"{'commission posted, folded later':34}{median(posted):10,.0f} transfers/s")
    print(f"{'platform row updated in each':34}{median(inline):10,.0f} transfers/s")
    print(f"{times:.1f} times. Bar: {BAR}.")
    return [] if times >= BAR else [f"hot account: {times:.1f} times the inline variant"]
