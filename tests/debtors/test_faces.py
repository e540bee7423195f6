"""A page and a call do the same: one book is written at the counter, another over JSON, and both
are always alike, refusals included.

Only what people mean by an amount is read with more understanding: `1.001` is a thousand and one.
"""

from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Api, Page, Person
from tests.debtors.calls import enter

WHY = "xato"
_numbers = count(1000000)
UNSEEN = ("id", "debtor", "phone_number", "created_at", "voided_at", "last_entry_at")


class Called:
    """One person of a book, by calls; `debts` and `payments` are ids as they were made."""

    def __init__(self, api: Api, limit: str) -> None:
        self.api = api
        self.debtor = enter(api, phone=f"+99890{next(_numbers):07}", credit_limit=limit)
        self.made: dict[str, list[int]] = {"debts": [], "payments": []}

    def write(self, what: str, **body: Any) -> int:
        """A debt or a payment; answers the status."""
        answer = self.api.post(f"/{what}", {"debtor": self.debtor, **body})
        if answer.status_code == 201:
            self.made[what].append(answer.get_json()["id"])
        return answer.status_code

    def change(self, what: str, place: int, how: str) -> int:
        """A void or a write-off; answers the status."""
        path = f"/{what}/{self.made[what][place]}/{how}"
        return self.api.post(path, {"reason": WHY}).status_code

    def take_back(self, place: int) -> int:
        """A write-off taken back."""
        return self.api.delete(f"/debts/{self.made['debts'][place]}/write-off").status_code

    def correct(self, place: int, description: str, due_date: str | None) -> int:
        """What is said of a debt."""
        body = {"description": description, "due_date": due_date}
        return self.api.patch(f"/debts/{self.made['debts'][place]}", body).status_code

    def state(self) -> Any:
        """All that can be read of the book, ids as places."""
        found: dict[str, Any] = {"debtor": self._seen(self.api.get(f"/debtors/{self.debtor}"))}
        places = {what: {id_: n for n, id_ in enumerate(ids)} for what, ids in self.made.items()}
        for what, other in (("debts", "payment"), ("payments", "debt")):
            items = self.api.get(f"/{what}?debtor={self.debtor}&limit=100").get_json()["items"]
            for item in items:
                item["allocations"] = [
                    (places[f"{other}s"][part[other]], part["amount"])
                    for part in item["allocations"]
                ]
            found[what] = [
                {name: value for name, value in item.items() if name not in UNSEEN}
                for item in items
            ]
        return found

    def _seen(self, answer: Any) -> dict[str, Any]:
        return {n: value for n, value in answer.get_json().items() if n not in UNSEEN}


class Paged(Called):
    """The same by pages, without JavaScript."""

    def __init__(self, api: Api, page: Page, limit: str) -> None:
        super().__init__(api, limit)
        self.page = page

    def write(self, what: str, **body: Any) -> int:
        """At the counter."""
        first = body.pop("debts", [])
        over = {"override": "1"} if body.pop("override_limit", False) else {}
        kind = {"debts": "debt", "payments": "payment"}[what]
        answer = self.page.post("/debtors/entries", {
            "kind": kind, "client_id": str(uuid4()), "debtor": str(self.debtor),
            "first": [str(id_) for id_ in first], **over, **body,
        })  # fmt: skip
        if answer.status_code == 303:
            newest = self.api.get(f"/{what}?debtor={self.debtor}&limit=1").get_json()["items"]
            self.made[what].append(newest[0]["id"])
        return 201 if answer.status_code == 303 else answer.status_code

    def change(self, what: str, place: int, how: str) -> int:
        """At the entry's own page."""
        path = f"/debtors/{what}/{self.made[what][place]}/{how}"
        return self._done(self.page.post(path, {"reason": WHY}))

    def take_back(self, place: int) -> int:
        """By Undo."""
        path = f"/debtors/debts/{self.made['debts'][place]}/write-off/undo"
        return self._done(self.page.post(path))

    def correct(self, place: int, description: str, due_date: str | None) -> int:
        """At the debt's own page."""
        path = f"/debtors/debts/{self.made['debts'][place]}/edit"
        body = {"description": description, "due_date": due_date or ""}
        return self._done(self.page.post(path, body))

    def _done(self, answer: Any) -> int:
        return 200 if answer.status_code == 303 else answer.status_code


@pytest.fixture
def books(
    call: Callable[[Person], Api],
    browse: Callable[[Person], Page],
    make_person: Callable[..., Person],
) -> Callable[[str], tuple[Called, Paged]]:
    """Somebody under a limit in a book that is written by calls, and in one by pages."""
    other = make_person()
    api, reader, page = call(make_person()), call(other), browse(other)
    return lambda limit: (Called(api, limit), Paged(reader, page, limit))


amounts = st.sampled_from(["0", "0.01", "10", "33.33", "70", "100", "250.5"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("debt"), amounts, st.booleans()),
        st.tuples(st.just("payment"), amounts, st.integers(0, 3)),
        st.tuples(st.sampled_from(["void debt", "void payment", "write off", "undo", "correct"]),
                  st.integers(0, 3), st.booleans()),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


def _step(book: Called, what: str, how: Any, more: Any) -> int | None:
    """Take a step; None where there is nothing to take it with."""
    debts, payments = book.made["debts"], book.made["payments"]
    if what == "debt":
        return book.write("debts", amount=how, override_limit=more)
    if what == "payment":
        return book.write("payments", amount=how, debts=debts[more : more + 1])
    whose = payments if what == "void payment" else debts
    if how >= len(whose):
        return None
    if what == "correct":
        return book.correct(how, "Un" if more else "", "2026-12-01" if more else None)
    if what == "undo":
        return book.take_back(how)
    noun = "payments" if whose is payments else "debts"
    return book.change(noun, how, "write-off" if what == "write off" else "void")


@given(steps=steps)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_faces_keep_the_same_book(
    books: Callable[[str], tuple[Called, Paged]], steps: list[tuple[str, Any, Any]]
) -> None:
    called, paged = books("200")
    for step in steps:
        assert _step(called, *step) == _step(paged, *step), step
    assert called.state() == paged.state()


def test_what_must_hold_by_both_faces(books: Callable[[str], tuple[Called, Paged]]) -> None:
    for book in books("5000"):
        for amount in ("150", "1000", "500", "500"):
            book.write("debts", amount=amount)
        for amount in ("1700", "400"):
            book.write("payments", amount=amount)
        assert _left(book) == (["0.00"] * 3 + ["50.00"], "50.00", "0.00")
        book.write("payments", amount="400")
        assert _left(book) == (["0.00"] * 4, "0.00", "350.00")
        book.write("debts", amount="100")
        assert _left(book) == (["0.00"] * 5, "0.00", "250.00")
        assert book.change("payments", 2, "void") == 200
        assert _left(book) == (["0.00"] * 3 + ["50.00", "100.00"], "150.00", "0.00")


def _left(book: Called) -> tuple[list[str], str, str]:
    state = book.state()
    left = [debt["remaining"] for debt in reversed(state["debts"])]
    return left, state["debtor"]["debt_total"], state["debtor"]["credit_balance"]
