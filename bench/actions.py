"""What is measured: five actions, each as a page and as JSON, as the owner of a book."""

import json
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.data import PASSWORD, SEARCHES, Book
from bench.http import Ask, Connection, request

PAGE, JSON = "page", "JSON"
EMPTY = Ask(request("GET", "/healthz"))
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_COOKIE = re.compile(rb"set-cookie: (session=[^;]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Action:
    """One thing to ask a book, in one or several ways that take turns."""

    name: str
    face: str
    asks: tuple[Ask, ...]


# Common and rare, with and without what goes along the list.
FINDS = (
    "taksi >400000", "#toy", "anor -taksi", "food <3000 anor", "transport -metro >490000",
    "yoqbunaqa >1", "ish -chek",
)  # fmt: skip
PAGES = (
    ("budgets", "/budgets", "/budgets"),
    ("expenses", None, "/expenses"),
    ("yearly", "/summary/yearly", "/finance/summary/yearly"),
    ("entry", "/add", None),
    ("bank", "/add/bank", None),
    ("import", "/transactions/import", None),
    ("history", "/history", None),
    ("trash", "/trash", None),
    ("recurring", "/recurring", None),
    ("rules", "/rules", None),
)


def pages(port: int, book: Book) -> list[Action]:
    """Every other page of one's money, and what JSON answers to the same."""
    connection = Connection(port)
    cookie, _ = sign_in(connection, book)
    page, api = {"Cookie": cookie}, {"Authorization": f"Bearer {token_of(connection, book)}"}
    found = [
        Action(words, face, (Ask(request("GET", f"{path}?{urlencode({'query': words})}", who)),))
        for words in FINDS
        for face, path, who in (
            (PAGE, "/transactions", page), (JSON, "/api/v1/finance/transactions", api)
        )
    ]  # fmt: skip
    for name, path, api_path in PAGES:
        if path:
            found.append(Action(name, PAGE, (Ask(request("GET", path, page)),)))
        if api_path:
            found.append(Action(name, JSON, (Ask(request("GET", f"/api/v1{api_path}", api)),)))
    return found


def actions(port: int, book: Book) -> list[Action]:
    """Every action on a book, its owner signed in both ways."""
    connection = Connection(port)
    cookie, token = sign_in(connection, book)
    page = {"Cookie": cookie}
    api = {"Authorization": f"Bearer {token_of(connection, book)}"}

    def get(name: str, path: str, api_path: str) -> list[Action]:
        return [
            Action(name, PAGE, (Ask(request("GET", path, page)),)),
            Action(name, JSON, (Ask(request("GET", f"/api/v1/finance{api_path}", api)),)),
        ]

    searches = [
        Action("search", face, tuple(Ask(request("GET", path + word, who)) for word in SEARCHES))
        for face, path, who in (
            (PAGE, "/transactions?query=", page),
            (JSON, "/api/v1/finance/transactions?query=", api),
        )
    ]
    return [
        *get("dashboard", "/dashboard", "/dashboard"),
        *get("summary", "/summary/monthly", "/summary/monthly"),
        *get("list", "/transactions", "/transactions"),
        *searches,
        Action("add", PAGE, (_add_by_page(book, page, token),)),
        Action("add", JSON, (_add_by_json(book, api),)),
    ]


def _add_by_page(book: Book, headers: dict[str, str], token: str) -> Ask:
    fields = {"csrf_token": token, "amount": "25k", "category": book.category_id,
              "comment": "Bench", "date": "2026-01-01"}  # fmt: skip
    form = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    return Ask(request("POST", "/add", form, urlencode(fields).encode()), b"303")


def _add_by_json(book: Book, headers: dict[str, str]) -> Ask:
    body = json.dumps({"category": book.category_id, "amount": "25000", "comment": "Bench"})
    form = {**headers, "Content-Type": "application/json"}
    return Ask(request("POST", "/api/v1/finance/transactions", form, body.encode()), b"201")


def sign_in(connection: Connection, book: Book) -> tuple[str, str]:
    first = connection.send(request("GET", "/login"))
    body = urlencode(
        {"csrf_token": _csrf(first), "login": book.login, "password": PASSWORD}
    ).encode()
    headers = {"Cookie": _cookie(first), "Content-Type": "application/x-www-form-urlencoded"}
    cookie = _cookie(connection.send(request("POST", "/login", headers, body)))
    page = connection.send(request("GET", "/add", {"Cookie": cookie}))
    return (_cookie(page) if _COOKIE.search(page) else cookie), _csrf(page)


def token_of(connection: Connection, book: Book) -> str:
    body = json.dumps({"login": book.login, "password": PASSWORD}).encode()
    answer = connection.send(
        request("POST", "/api/v1/auth/login", {"Content-Type": "application/json"}, body)
    )
    access: str = json.loads(answer.partition(b"\r\n\r\n")[2])["access"]
    return access


def _csrf(answer: bytes) -> str:
    found = _TOKEN.search(answer)
    assert found, answer[:2000]
    return found.group(1).decode()


def _cookie(answer: bytes) -> str:
    found = _COOKIE.search(answer)
    assert found, answer[:2000]
    return found.group(1).decode()
