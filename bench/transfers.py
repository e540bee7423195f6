"""Transfers a second through the whole app, as a share of the leanest route and of pgbench.

The three take turns, second by second, on one database server.
"""

from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from bench.http import throughput
from bench.pgbench import pgbench, tps
from bench.server import server, services
from bench.wallets import lean_transfers, make_holders, transfers
from koshelok.app import create_app

CLIENTS, ROUNDS, SECONDS, WARM_UP = 8, 7, 3, 2
BAR, AIM = 0.30, 0.50


def run() -> list[str]:
    """Measure and print; answers the bars that are not held."""
    with services() as settings, ExitStack() as stack:
        holders = make_holders(create_app(settings))
        whole = stack.enter_context(server(settings))
        lean = stack.enter_context(server(settings, "bench.lean:app"))
        pgbench(settings, "--initialize", "--scale=10", "--quiet")
        kinds: dict[str, Callable[[float], float]] = {
            "whole": lambda s: throughput(whole, transfers(holders), s, CLIENTS),
            "lean": lambda s: throughput(lean, lean_transfers(holders), s, CLIENTS),
            "tpc-b": lambda s: tps(settings, "--protocol=prepared", seconds=s, clients=CLIENTS),
        }
        for kind in kinds.values():
            kind(WARM_UP)
        found: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(ROUNDS):
            for name, kind in kinds.items():
                found[name].append(kind(SECONDS))
    return _report(found)


def _report(found: dict[str, list[float]]) -> list[str]:
    shares = {
        name: median(w / other for w, other in zip(found["whole"], found[name], strict=True))
        for name in ("lean", "tpc-b")
    }
    print(f"{'':28}{'transfers/s':>12}   {'least':>8}{'most':>8}   whole app's share")
    for name, title in (
        ("whole", "the whole app"),
        ("lean", "the leanest route"),
        ("tpc-b", "pgbench TPC-B (scale 10)"),
    ):
        rates = found[name]
        share = f"{shares[name]:18.0%}" if name in shares else ""
        print(f"{title:28}{median(rates):12,.0f}   {min(rates):8,.0f}{max(rates):8,.0f}   {share}")
    print(f"\nBar: {BAR:.0%} of the leanest route; aim: {AIM:.0%}.")
    return [] if shares["lean"] >= BAR else [f"transfers: {shares['lean']:.0%} of the lean route"]
