"""What the counter asks most, in a shop of 50 debtors and 1,000 debts and in one of 5,000 and
1,000,000.

The two take turns request by request, so that what else the machine does meets both alike. Every
answer has as many rows in the one as in the other.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from bench.actions import sign_in, token_of
from bench.data import PASSWORD, Book
from bench.http import Ask, Connection, request
from bench.server import server, services
from bench.wallets import vacuum
from koshelok.app import create_app
from koshelok.core.clock import midnight, today
from koshelok.debtors.verification import verify
from koshelok.identity import operations as identity
from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.workspaces.queries import list_memberships

ROUNDS, WARM_UP = 40, 4
FLAT = 1.3
FILL = Path(__file__).with_name("debtors.sql")
WORDS = ("z", "anorboy", "0005991", "90 000 59 91", "yoqbunaqa")
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
PAGE, JSON = "page", "JSON"
_TOKEN = re.compile(rb"X-CSRFToken\W+([\w.-]+)")


@dataclass(frozen=True)
class Size:
    """A shop: so many people, and so many debts of most of them."""

    login: str
    people: int
    debts: int


SMALL, BIG = Size("small", 50, 16), Size("big", 5_000, 201)
DAY = today() - timedelta(days=10)

FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"status": "paid"},
    {"status": "pending"},
    {"status": "overdue"},
    {"full_name": "anorboy"},
    {"full_name": "yoqbunaqa"},
    {"created_at": DAY.isoformat()},
    {"status": "paid", "full_name": "anorboy"},
    {"status": "pending", "created_at": DAY.isoformat(), "full_name": "aziza"},
)


@dataclass(frozen=True)
class Shop:
    """A shop, its owner signed in both ways; three of its people, and what the first owes."""

    connection: Connection
    page: dict[str, str]
    api: dict[str, str]
    token: str
    many: int
    taker: int
    regular: int
    owed: Decimal

    def get(self, face: str, path: str, **query: Any) -> Ask:
        """A page's part as htmx asks for it, or the same as JSON."""
        headers = {**self.page, **PARTIAL} if face == PAGE else self.api
        asked = f"{path}?{urlencode(query)}" if query else path
        return Ask(request("GET", asked, headers))

    def post(self, face: str, path: str, values: dict[str, Any]) -> Ask:
        """A form as the counter sends it, or JSON."""
        if face == JSON:
            headers = {**self.api, "Content-Type": "application/json"}
            return Ask(request("POST", path, headers, json.dumps(values).encode()), b"201")
        headers = {**self.page, "Content-Type": "application/x-www-form-urlencoded",
                   "Accept": "application/json"}  # fmt: skip
        fields = {"csrf_token": self.token, "client_id": str(uuid4()), **values}
        return Ask(request("POST", path, headers, urlencode(fields).encode()), b"201")


def search(shop: Shop, face: str, variant: int) -> Ask:
    """As a cashier types: what finds all, five, one, one, nobody."""
    path = "/debtors" if face == PAGE else "/api/v1/debtors"
    return shop.get(face, path, query=WORDS[variant])


def sheet(shop: Shop, face: str, variant: int) -> Ask:
    """The counter with somebody chosen."""
    return shop.get(face, "/debtors", person=shop.regular)


def person(shop: Shop, face: str, variant: int) -> Ask:
    """Somebody with a long history."""
    if face == PAGE:
        return Ask(request("GET", f"/debtors/{shop.regular}", shop.page))
    return shop.get(face, f"/api/v1/debtors/{shop.regular}")


def debt(shop: Shop, face: str, variant: int) -> Ask:
    """A new one."""
    if face == PAGE:
        return shop.post(face, "/debtors/entries",
                         {"kind": "debt", "debtor": shop.taker, "amount": "25000"})  # fmt: skip
    return shop.post(face, "/api/v1/debts", {"debtor": shop.taker, "amount": "25000"})


def payment(shop: Shop, face: str, variant: int) -> Ask:
    """For fifty open debts; taken back after it is measured."""
    amount = str(shop.owed)
    if face == PAGE:
        return shop.post(face, "/debtors/entries",
                         {"kind": "payment", "debtor": shop.many, "amount": amount})  # fmt: skip
    return shop.post(face, "/api/v1/payments", {"debtor": shop.many, "amount": amount})


def debts(shop: Shop, face: str, variant: int) -> Ask:
    """All, by state, by name, by day, and by several of these."""
    path = "/debtors/debts" if face == PAGE else "/api/v1/debts"
    return shop.get(face, path, **FILTERS[variant])


Action = Callable[[Shop, str, int], Ask]
ACTIONS: tuple[tuple[Action, tuple[str, ...], int], ...] = (
    (search, (PAGE, JSON), len(WORDS)),
    (sheet, (PAGE,), 1),
    (person, (PAGE, JSON), 1),
    (debt, (PAGE, JSON), 1),
    (payment, (PAGE, JSON), 1),
    (debts, (PAGE, JSON), len(FILTERS)),
)
Pair = tuple[float, float]  # of the small shop, of the big one
Found = dict[tuple[str, str], list[Pair]]  # of each variant


def run() -> list[str]:
    """Measure and print; answers the bars that are not held."""
    with services() as settings:
        started = time.perf_counter()
        app = create_app(settings)
        sizes = _make_books(app)
        print(f"Books of {' and '.join(f'{size:,}' for size in sizes)} debts are ready "
              f"({time.perf_counter() - started:.0f} s).", flush=True)  # fmt: skip
        failed = _verify(app)
        with server(settings) as port:
            found = _latencies([_enter(app, port, size) for size in (SMALL, BIG)])
        failed += _verify(app)
    return failed + _report(found)


def _make_books(app: Flask) -> list[int]:
    with app.app_context():
        upgrade()
        for size in (SMALL, BIG):
            _make_book(size)
        vacuum()
        counted = text("SELECT count(*) FROM debts GROUP BY workspace_id ORDER BY workspace_id")
        sizes = list(session.scalars(counted))
        session.remove()
        db.engine.dispose()
    return sizes


def _make_book(size: Size) -> None:
    with unit_of_work():
        user = identity.register_with_password(
            username=size.login, password=PASSWORD, full_name="Bench", language="uz"
        )
        values = {
            "workspace": list_memberships(user.id)[0].workspace_id,
            "people": size.people,
            "debts": size.debts,
            "day": midnight(DAY) + timedelta(hours=9),
        }
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in FILL.read_text().split(";\n"):
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            session.execute(text(statement), named)


def _verify(app: Flask) -> list[str]:
    with app.app_context():
        started = time.perf_counter()
        failed = [f"debtors, {one.check}: {one}" for one in verify()]
        session.remove()
        db.engine.dispose()
    print(f"Verified in {time.perf_counter() - started:.1f} s.", flush=True)
    return failed


def _enter(app: Flask, port: int, size: Size) -> Shop:
    connection = Connection(port)
    book = Book(size.debts, size.login, 0)
    cookie, _ = sign_in(connection, book)
    page = {"Cookie": cookie}
    found = _TOKEN.search(connection.send(request("GET", "/debtors", page)))
    assert found, "the counter has no token"
    with app.app_context():
        people = session.execute(
            text("SELECT debtors.id, debt_total FROM debtors JOIN memberships USING (workspace_id)"
                 " JOIN users ON users.id = user_id WHERE username = :login"
                 " ORDER BY debtors.id LIMIT 3"),
            {"login": size.login},
        ).all()  # fmt: skip
        session.remove()
        db.engine.dispose()
    api = {"Authorization": f"Bearer {token_of(connection, book)}"}
    many, taker, regular = (row[0] for row in people)
    return Shop(connection, page, api, found.group(1).decode(), many, taker, regular, people[0][1])


def _latencies(shops: list[Shop]) -> Found:
    """Median milliseconds of each variant of each action in both shops, by turns."""
    return {
        (action.__name__, face): [_medians(shops, action, face, one) for one in range(variants)]
        for action, faces, variants in ACTIONS
        for face in faces
    }


def _medians(shops: list[Shop], action: Action, face: str, variant: int) -> Pair:
    samples: list[list[float]] = [[] for _ in shops]
    for turn in range(WARM_UP + ROUNDS):
        for shop, taken in zip(shops, samples, strict=True):
            seconds = _measure(shop, action(shop, face, variant), undo=action is payment)
            if turn >= WARM_UP:
                taken.append(seconds * 1000)
    return median(samples[0]), median(samples[1])


def _measure(shop: Shop, ask: Ask, *, undo: bool) -> float:
    started = time.perf_counter()
    answer = shop.connection.send(ask.raw)
    seconds = time.perf_counter() - started
    if answer[9:12] != ask.status:
        raise RuntimeError(answer[:2000].decode(errors="replace"))
    if undo:
        made = json.loads(answer.partition(b"\r\n\r\n")[2])["id"]
        path = f"/api/v1/payments/{made}/void"
        headers = {**shop.api, "Content-Type": "application/json"}
        shop.connection.check(Ask(request("POST", path, headers, b'{"reason": "Bench"}')))
    return seconds


def _report(found: Found) -> list[str]:
    print(f"\n{'':16}{'small':>10}{'big':>10}{'ratio':>8}   (ms, means of medians)")
    failed = []
    for (name, face), pairs in found.items():
        small, big = mean(pair[0] for pair in pairs), mean(pair[1] for pair in pairs)
        each = " ".join(f"{big / small:.2f}" for small, big in pairs) if len(pairs) > 1 else ""
        print(f"{name:10}{face:>6}{small:10.2f}{big:10.2f}{big / small:8.2f}   {each}")
        if big / small > FLAT:
            failed.append(f"debtors, {name} {face}: the big shop costs {big / small:.2f} times")
    print(f"Bar: {FLAT}.")
    return failed
