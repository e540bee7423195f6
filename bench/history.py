"""A card with a million postings: its history against a card with a thousand; proving the books.

Two pairs of cards send 2,000 so'm to and fro, so that every balance stays what it was. The rows
are written past the triggers; verification must find nothing wrong with them.
"""

import resource
import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from statistics import median

from flask import Flask

from bench.http import Ask, Connection, latency, request
from bench.server import server, services
from bench.wallets import MONEY, Holder, make_holders, vacuum
from koshelok.app import create_app
from koshelok.infra.db import db
from koshelok.ledger.verification import verify

SMALL, BIG = 1_000, 1_000_000
ROUNDS, WARM_UP = 80, 8
FLAT, MEMORY = 1.3, 200
# Odd ones go there, even ones back; a transfer a minute or so, up to now.
_FILL = """
    SET session_replication_role = replica;
    CREATE TEMPORARY TABLE moved AS
    SELECT number, uuidv7(age) AS id, now() + age AS at, number % 2 = 1 AS there
    FROM generate_series(1, {size}) AS number,
        LATERAL (SELECT (number - {size}) * INTERVAL '300 days' / {size}) AS made (age);
    INSERT INTO ledger_transfers (
        id, type, status, from_account_id, to_account_id, amount, commission, actor_id,
        idempotency_key, fingerprint, description, created_at, completed_at
    )
    SELECT id, 'transfer', 'success', CASE WHEN there THEN {one} ELSE {other} END,
        CASE WHEN there THEN {other} ELSE {one} END, 2000, 0,
        CASE WHEN there THEN {one_id} ELSE {other_id} END, id::text, '', '', at, at
    FROM moved ORDER BY number;
    INSERT INTO ledger_postings (transfer_id, account_id, amount, balance_after, created_at)
    SELECT id, account_id, amount, {money} + CASE WHEN there THEN amount ELSE 0 END, at
    FROM moved CROSS JOIN LATERAL (VALUES
        ({one}, CASE WHEN there THEN -2000 ELSE 2000 END),
        ({other}, CASE WHEN there THEN 2000 ELSE -2000 END)
    ) AS side (account_id, amount)
    ORDER BY number;
    DROP TABLE moved;
    SET session_replication_role = origin;
"""


@dataclass(frozen=True)
class Proof:
    """What proving the books took."""

    differences: list[str]
    seconds: float
    megabytes: float


def run() -> list[str]:
    """Measure and print; answers the bars that are not held."""
    with services() as settings:
        app = create_app(settings)
        small, small_other, big, big_other = make_holders(app, 4)
        with app.app_context():
            _fill(small, small_other, SMALL)
            _fill(big, big_other, BIG)
            vacuum()
            db.engine.dispose()
        with server(settings) as port:
            found = _latencies(port, small, big)
        rows, proof = 2 * (SMALL + BIG), _prove(app)
    return _report(found) + _report_proof(rows, proof)


def _fill(one: Holder, other: Holder, size: int) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            _FILL.format(size=size, one=one.account_id, other=other.account_id, one_id=one.id,
                         other_id=other.id, money=MONEY).replace("%", "%%")
        )  # fmt: skip


def _latencies(port: int, small: Holder, big: Holder) -> dict[str, tuple[float, float]]:
    """Median milliseconds of the card with a few and of the one with many, by turns."""
    connection = Connection(port)
    found = {}
    for face in ("JSON", "page"):
        asks = [_ask(face, holder) for holder in (small, big)]
        samples: tuple[list[float], list[float]] = ([], [])
        for turn in range(WARM_UP + ROUNDS):
            for ask, taken in zip(asks, samples, strict=True):
                seconds = latency(connection, ask)
                if turn >= WARM_UP:
                    taken.append(seconds * 1000)
        found[face] = (median(samples[0]), median(samples[1]))
    return found


def _ask(face: str, holder: Holder) -> Ask:
    if face == "JSON":
        token = {"Authorization": f"Bearer {holder.token}"}
        return Ask(request("GET", f"/api/v1/transfers?card={holder.card}", token))
    return Ask(request("GET", f"/cards/{holder.card}", {"Cookie": holder.cookie}))


def _prove(app: Flask) -> Proof:
    """In a process of its own, whose memory tells what it took."""
    ours, theirs = get_context("fork").Pipe()
    process = get_context("fork").Process(target=_proving, args=(theirs, app))
    process.start()
    theirs.close()
    proof: Proof = ours.recv()
    process.join()
    return proof


def _proving(pipe: Pipe, app: Flask) -> None:
    with app.app_context():
        before, started = _resident(), time.perf_counter()
        differences = [str(difference) for difference in verify()]
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send(Proof(differences, seconds, peak - before))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _report(found: dict[str, tuple[float, float]]) -> list[str]:
    print(f"{'history of a card':20}{f'{SMALL:,}':>12}{f'{BIG:,}':>12}{'ratio':>8}   (median ms)")
    failed = []
    for face, (small, big) in found.items():
        ratio = big / small
        print(f"{face:20}{small:12.2f}{big:12.2f}{ratio:8.2f}")
        if ratio > FLAT:
            failed.append(f"history, {face}: a million costs {ratio:.2f} times a thousand")
    print(f"Bar: {FLAT}.\n")
    return failed


def _report_proof(rows: int, proof: Proof) -> list[str]:
    rate = rows / proof.seconds
    print(f"Verification: {rows:,} postings in {proof.seconds:.1f} s, {rate:,.0f} a second, "
          f"{proof.megabytes:.0f} MB more at its peak. Bar: {MEMORY} MB.")  # fmt: skip
    failed = [f"verification: {difference}" for difference in proof.differences[:5]]
    if proof.megabytes > MEMORY:
        failed.append(f"verification took {proof.megabytes:.0f} MB")
    return failed
