"""Latency and throughput of each action on 1,000, 100,000 and 1,000,000 records.

Sizes take turns request by request (latency) and second by second (throughput), so that what
else the machine does meets all of them alike.
"""

import time
from collections.abc import Callable
from itertools import cycle
from statistics import median

from flask import Flask
from sqlalchemy import select, text

from bench.actions import EMPTY, JSON, PAGE, Action, actions, pages
from bench.data import SIZES, Book, make_books
from bench.http import Ask, Connection, latency, throughput
from bench.server import server, services
from koshelok.app import create_app
from koshelok.finance import operations as finance
from koshelok.finance.models import Transaction
from koshelok.infra.db import session

BULK, BULK_ROUNDS = 10_000, 5
_BARE = text(
    "CREATE TEMP TABLE bare ON COMMIT DROP AS SELECT number AS id, 'expense' AS type, number * 1000"
    " AS amount, 'Taksi chek' || number AS comment FROM generate_series(1, :count) AS number"
)
ROUNDS, WARM_UP = 80, 8
SLICES, SLICE_SECONDS = 3, 0.7
FLAT, SHARES = 1.3, {("dashboard", JSON): 0.08, ("dashboard", PAGE): 0.03}

Key = tuple[str, str]
Figures = dict[Key, dict[int, float]]


def run() -> list[str]:
    """Measure and print; answers the bars that are not held."""
    with services() as settings:
        started = time.perf_counter()
        books = make_books(create_app(settings))
        print(f"Books of {', '.join(f'{s:,}' for s in SIZES)} records are ready "
              f"({time.perf_counter() - started:.0f} s).", flush=True)  # fmt: skip
        with server(settings) as port:
            plan = {book.size: actions(port, book) for book in books}
            latencies = _latencies(port, plan)
            rates, empty = _rates(port, plan)
            others = _latencies(port, {book.size: pages(port, book) for book in books})
        moved = _bulk(create_app(settings), books)
    return [*_report(latencies, rates, empty), *_report_others(others), *_report_bulk(*moved)]


def _keys(plan: dict[int, list[Action]]) -> list[Key]:
    return [(action.name, action.face) for action in plan[SIZES[0]]]


def _latencies(port: int, plan: dict[int, list[Action]]) -> Figures:
    """Median milliseconds of each action on each size."""
    connection = Connection(port)
    found: Figures = {}
    for place, key in enumerate(_keys(plan)):
        samples: dict[int, list[float]] = {size: [] for size in SIZES}
        for turn in range(WARM_UP + ROUNDS):
            for size in SIZES:
                asks = plan[size][place].asks
                seconds = latency(connection, asks[turn % len(asks)])
                if turn >= WARM_UP:
                    samples[size].append(seconds * 1000)
        found[key] = {size: median(values) for size, values in samples.items()}
    return found


def _rates(port: int, plan: dict[int, list[Action]]) -> tuple[Figures, float]:
    """Requests a second of each action on each size, and of the empty route."""
    empty: list[float] = []
    found: Figures = {}
    for place, key in enumerate(_keys(plan)):
        samples: dict[int, list[float]] = {size: [] for size in SIZES}
        for _ in range(SLICES):
            for size in SIZES:
                samples[size].append(_rate(port, list(plan[size][place].asks)))
        empty.append(_rate(port, [EMPTY]))
        found[key] = {size: median(values) for size, values in samples.items()}
    return found, median(empty)


def _bulk(app: Flask, books: list[Book]) -> tuple[dict[int, float], float]:
    """Seconds to move BULK records into another category, with a way back, in the book of 100,000
    and in that of a million, by turns; and to write as many bare rows. Nothing is committed."""
    samples: dict[int, list[float]] = {book.size: [] for book in books[1:]}
    bare = []
    with app.app_context():
        for _ in range(BULK_ROUNDS):
            for book in books[1:]:
                samples[book.size].append(_timed(lambda book=book: _recategorise(book)))  # type: ignore[misc]
            bare.append(_timed(lambda: session.execute(_BARE, {"count": BULK})))
    return {size: median(taken) for size, taken in samples.items()}, median(bare)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    took = time.perf_counter() - started
    session.rollback()
    return took


def _recategorise(book: Book) -> None:
    ids = (
        select(Transaction.id)
        .where(
            Transaction.workspace_id == book.workspace_id,
            Transaction.type == "expense",
            Transaction.category_id != book.category_id,
            Transaction.deleted_at.is_(None),
        )
        .order_by(Transaction.date.desc(), Transaction.id.desc())
        .limit(BULK)
    )
    count, _ = finance.recategorise(
        actor_id=book.user_id, workspace_id=book.workspace_id, chosen=ids,
        category_id=book.category_id,
    )  # fmt: skip
    assert count == BULK, count


def _report_others(latencies: Figures) -> list[str]:
    failed = []
    print(f"\n{'':32}{'median ms':>12}{'':24}{'1M / 1k':>9}")
    for key, by_size in latencies.items():
        ratio = by_size[SIZES[-1]] / by_size[SIZES[0]]
        figures = "".join(f"{by_size[size]:12.2f}" for size in SIZES)
        print(f"{key[0]:26}{key[1]:>6}{figures}{ratio:9.2f}")
        if ratio > FLAT:
            failed.append(f"{' '.join(key)}: a million costs {ratio:.2f} times a thousand")
    return failed


def _report_bulk(moved: dict[int, float], bare: float) -> list[str]:
    for size, seconds in moved.items():
        print(f"\n{BULK:,} of {size:,} records change their category in {seconds:.2f} s,"
              f" {seconds / bare:.1f} times as long as bare rows are inserted.")  # fmt: skip
    small, large = moved.values()
    if large / small <= FLAT:
        return []
    return [f"bulk: of a million it takes {large / small:.2f} times as long as of 100,000"]


def _rate(port: int, asks: list[Ask]) -> float:
    return throughput(port, cycle(asks), SLICE_SECONDS)


def _report(latencies: Figures, rates: Figures, empty: float) -> list[str]:
    head = "".join(f"{size:>12,}" for size in SIZES)
    print(f"\nThe empty route answers {empty:,.0f} requests/s.\n")
    print(f"{'':16}{'median ms':>12}{'':24}{'1M / 1k':>9}   {'requests/s (share of empty)':>12}")
    print(f"{'':16}{head}{'':9}   {head}")
    failed = []
    for key, by_size in latencies.items():
        ratio = by_size[SIZES[-1]] / by_size[SIZES[0]]
        shares = {size: rate / empty for size, rate in rates[key].items()}
        print(
            f"{key[0]:10}{key[1]:>6}"
            + "".join(f"{by_size[size]:12.2f}" for size in SIZES)
            + f"{ratio:9.2f}   "
            + "".join(f"{rates[key][size]:6.0f} {shares[size]:4.0%} " for size in SIZES)
        )
        if ratio > FLAT:
            failed.append(f"{' '.join(key)}: a million costs {ratio:.2f} times a thousand")
        if key in SHARES and min(shares.values()) < SHARES[key]:
            failed.append(f"{' '.join(key)}: {min(shares.values()):.1%} of the empty route")
    print(f"\nBars: 1M at most {FLAT} x 1k; JSON dashboard 8 %, page 3 % of the empty route.")
    return failed
