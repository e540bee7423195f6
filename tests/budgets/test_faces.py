"""A page and a call do the same: one book is written by pages, another over JSON, and what is
budgeted, spent and left is always alike, refusals included."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Api, Page, Person

MONTH, DAYS = "2026-11", (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30))
CODES = ("FOOD", "DATA", "SAVINGS", "SALARY")


class Called:
    """A book written by calls; `made` are ids in the order of their making."""

    def __init__(self, api: Api) -> None:
        self.api = api
        items = api.get("/finance/categories").get_json()["items"]
        self.codes = {item["code"]: item["id"] for item in items}
        self.made: dict[str, list[int]] = {"budgets": [], "expenses": []}

    def plan(self, amount: str, code: str) -> int:
        """A budget for the month; answers the status."""
        return self._keep("budgets", {"amount": amount, "category": code, "month": MONTH})

    def spend(self, amount: str, code: str, day: date) -> int:
        """An expense."""
        body = {"amount": amount, "category": code, "date": day.isoformat()}
        return self._keep("expenses", body)

    def replan(self, place: int, amount: str) -> int:
        """A budget's amount."""
        path = f"/budgets/{self.made['budgets'][place]}"
        return self.api.patch(path, {"amount": amount}).status_code

    def respend(self, place: int, amount: str, code: str, day: date) -> int:
        """All of an expense."""
        body = {"amount": amount, "category": code, "date": day.isoformat()}
        return self.api.put(f"/expenses/{self.made['expenses'][place]}", body).status_code

    def remove(self, what: str, place: int) -> int:
        """One of what was made."""
        return self.api.delete(f"/{what}/{self.made[what].pop(place)}").status_code

    def state(self) -> list[tuple[Any, ...]]:
        """What there is of the month, and of its expenses."""
        budgets = self.api.get(f"/budgets?month={MONTH}").get_json()["items"]
        names = ("code", "amount", "spent", "left", "percent", "carried", "moved")
        expenses = self.api.get("/expenses").get_json()["items"]
        return [tuple(item[name] for name in names) for item in budgets] + [
            (item["code"], item["amount"], item["date"]) for item in expenses
        ]

    def _keep(self, what: str, body: dict[str, Any]) -> int:
        answer = self.api.post(f"/{what}", body)
        if answer.status_code == 201:
            self.made[what].append(answer.get_json()["id"])
        return answer.status_code


class Paged(Called):
    """The same by pages, without JavaScript."""

    def __init__(self, api: Api, page: Page) -> None:
        super().__init__(api)
        self.page = page

    def plan(self, amount: str, code: str) -> int:
        """At /budgets/new."""
        body = {"amount": amount, "category": str(self.codes[code]), "month": MONTH}
        return self._did("budgets", self.page.post("/budgets/new", body))

    def spend(self, amount: str, code: str, day: date) -> int:
        """At /add."""
        body = {"amount": amount, "category": str(self.codes[code]), "date": day.isoformat()}
        return self._did("expenses", self.page.post("/add", body))

    def replan(self, place: int, amount: str) -> int:
        """At the budget's own form."""
        path = f"/budgets/{self.made['budgets'][place]}/edit"
        return self._status(self.page.post(path, {"amount": amount, "month": MONTH}), 200)

    def respend(self, place: int, amount: str, code: str, day: date) -> int:
        """At the record's own form."""
        path = f"/transactions/{self.made['expenses'][place]}/edit"
        body = {"amount": amount, "category": str(self.codes[code]), "date": day.isoformat()}
        return self._status(self.page.post(path, body), 200)

    def remove(self, what: str, place: int) -> int:
        """By its button."""
        where = {"budgets": "budgets", "expenses": "transactions"}[what]
        answer = self.page.post(f"/{where}/{self.made[what].pop(place)}/delete")
        return self._status(answer, 204)

    def _did(self, what: str, answer: Any) -> int:
        if answer.status_code == 303:
            items = self.api.get(f"/{what}?limit=100").get_json()["items"]
            self.made[what].append(max(item["id"] for item in items))
        return self._status(answer, 201)

    def _status(self, answer: Any, done: int) -> int:
        return done if answer.status_code == 303 else int(answer.status_code)


@pytest.fixture
def books(
    call: Callable[[Person], Api], browse: Callable[[Person], Page],
    make_person: Callable[..., Person],
) -> Callable[[], tuple[Called, Paged]]:  # fmt: skip
    """A new pair of books, one for each face."""

    def make() -> tuple[Called, Paged]:
        other = make_person()
        return Called(call(make_person())), Paged(call(other), browse(other))

    return make


amounts = st.sampled_from(["0", "0.01", "10", "100.50", "9999999999999999.99"])
expense_codes = st.sampled_from(["FOOD", "DATA", "SAVINGS"])  # a page of records takes income too
steps = st.lists(
    st.one_of(
        st.tuples(st.just("plan"), amounts, st.sampled_from(CODES)),
        st.tuples(st.just("spend"), amounts, expense_codes, st.sampled_from(DAYS)),
        st.tuples(st.just("replan"), st.integers(0, 2), amounts),
        st.tuples(
            st.just("respend"), st.integers(0, 2), amounts, expense_codes, st.sampled_from(DAYS)
        ),
        st.tuples(st.just("remove"), st.sampled_from(["budgets", "expenses"]), st.integers(0, 2)),
    ),
    min_size=4,
    max_size=12,
)


def _step(book: Called, what: str, *how: Any) -> int | None:
    """Take a step; None where there is nothing to take it with."""
    place = how[1] if what == "remove" else how[0]
    kind = {"replan": "budgets", "respend": "expenses"}.get(what, how[0])
    if what in {"replan", "respend", "remove"} and place >= len(book.made[kind]):
        return None
    status: int = getattr(book, what)(*how)
    return status


@given(steps=steps)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_faces_keep_the_same_book(
    books: Callable[[], tuple[Called, Paged]], steps: list[tuple[Any, ...]]
) -> None:
    called, paged = books()
    for step in steps:
        assert _step(called, *step) == _step(paged, *step), step
    assert called.state() == paged.state()


def test_what_must_hold_by_both_faces(books: Callable[[], tuple[Called, Paged]]) -> None:
    for book in books():
        assert book.plan("100.50", "FOOD") == 201
        assert book.spend("40.25", "FOOD", DAYS[1]) == 201
        assert book.state()[0][:5] == ("FOOD", "100.50", "40.25", "60.25", 40)
        assert book.respend(0, "50", "DATA", DAYS[1]) == 200
        assert book.state()[0][:5] == ("FOOD", "100.50", "0.00", "100.50", 0)
        assert book.replan(0, "200") == 200
        assert book.remove("expenses", 0) == 204
        assert book.state() == [("FOOD", "200.00", "0.00", "200.00", 0, "0.00", "0.00")]
