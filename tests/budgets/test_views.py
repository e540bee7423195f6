"""The pages of budgets and savings, with and without htmx; refusals first."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from koshelok.budgets import operations, queries
from koshelok.budgets.months import last_month, next_month
from koshelok.core.clock import today
from koshelok.finance import operations as finance
from koshelok.finance.queries import find_category_by_code
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.workspaces.models import Workspace
from tests.conftest import Api, Page, Person

MAX_QUERIES = 10


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person) -> Page:
    """A browser signed in as `person`."""
    return browse(person)


@pytest.fixture
def category(app: Flask, person: Person) -> Callable[[str], int]:
    """The id of a category of `person` by its code."""

    def find(code: str) -> int:
        with app.app_context():
            found = find_category_by_code(person.workspace_id, code)
            assert found is not None
            return found.id

    return find


@pytest.fixture
def budget(mine: Page, category: Callable[[str], int]) -> Callable[..., TestResponse]:
    """Set a budget by the page."""

    def make(amount: str = "100.50", code: str = "FOOD", **more: str) -> TestResponse:
        return mine.post("/budgets/new", {"amount": amount, "category": category(code)} | more)

    return make


@pytest.fixture
def spend(mine: Page, category: Callable[[str], int]) -> Callable[..., None]:
    """Record an expense by the page."""

    def make(amount: str, code: str = "FOOD", day: date | None = None) -> None:
        data = {"amount": amount, "category": category(code), "date": day or today()}
        assert mine.post("/add", data).status_code == 303

    return make


def _text(answer: TestResponse) -> str:
    """What a page says, its spaces as people see them."""
    text = answer.get_data(as_text=True).replace("\u202f", " ").replace("\xa0", " ")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))


def _sums(answer: TestResponse) -> list[str]:
    """The sum of each category as its row writes it, without the words between the numbers."""
    rows = re.findall(r'<p class="budget-words">(.*?)</p>', answer.get_data(as_text=True), re.S)
    plain = (re.sub(r"<[^>]+>", " ", row.replace("\u202f", "")) for row in rows)
    return [" ".join(re.findall(r"[\d.]+|[+−=]", row)) for row in plain]


def _errors(answer: TestResponse) -> list[str]:
    return re.findall(r'id="(\w+)-error"', answer.get_data(as_text=True))


def _undo(page: Page, path: str) -> TestResponse:
    """Take back what was done last, from the toast that the next page shows."""
    found = re.findall(r'action="(/changes/\d+/undo)"', page.get(path).get_data(as_text=True))
    return page.post(found[-1])


class TestRefusals:
    @pytest.mark.parametrize("month", ["x", "2026-13", "2026-1", "1969-12", "2201-01", "٢٠٢٦-11"])
    def test_a_month_that_is_none(self, mine: Page, month: str) -> None:
        assert mine.get("/budgets", query_string={"month": month}).status_code == 404
        assert mine.post("/budgets/copy", {"month": month}).status_code == 404

    @pytest.mark.parametrize("amount", ["", "0", "-5", "abc", "1.0055", "9" * 30])
    def test_what_is_not_an_amount(self, budget: Callable[..., TestResponse], amount: str) -> None:
        answer = budget(amount)
        assert (answer.status_code, _errors(answer)) == (422, ["amount"])

    def test_income_and_a_second_budget(self, budget: Callable[..., TestResponse]) -> None:
        answer = budget(code="SALARY")
        assert (answer.status_code, _errors(answer)) == (422, ["category"])
        assert budget().status_code == 303
        again = budget("5")
        assert (again.status_code, _errors(again)) == (409, ["category"])

    def test_more_than_is_left(
        self, mine: Page, budget: Callable[..., TestResponse], category: Callable[[str], int]
    ) -> None:
        budget()
        move = {"from_category": category("FOOD"), "to_category": category("DATA")}
        answer = mine.post("/budgets/move", move | {"amount": "100.51"})
        assert (answer.status_code, _errors(answer)) == (409, ["amount"])
        assert "100.50" in _text(answer)
        quick = mine.post("/budgets/move", move | {"amount": "100.51", "quick": "1"})
        assert quick.status_code == 303

    @pytest.mark.parametrize("amount", ["x", "0", "9" * 30])
    def test_an_amount_in_the_address_that_is_none(self, mine: Page, amount: str) -> None:
        answer = mine.get("/budgets/move", query_string={"amount": amount})
        assert answer.status_code == 200

    def test_the_same_category_and_nothing_to_copy(
        self, mine: Page, budget: Callable[..., TestResponse], category: Callable[[str], int]
    ) -> None:
        budget()
        food = category("FOOD")
        move = {"from_category": food, "to_category": food, "amount": "1"}
        assert _errors(mine.post("/budgets/move", move)) == ["to_category"]
        assert mine.htmx("POST", "/budgets/copy").status_code == 409
        assert mine.post(f"/budgets/categories/{food}/carry/all").status_code == 422

    def test_more_than_is_put_aside(self, mine: Page, category: Callable[[str], int]) -> None:
        data = {"amount": "1", "date": today().isoformat()}
        answer = mine.post(f"/savings/{category('SAVINGS')}/take", data)
        assert (answer.status_code, _errors(answer)) == (409, ["amount"])
        assert mine.post(f"/savings/{category('SAVINGS')}/burn", data).status_code == 404
        assert mine.post(f"/savings/{category('FOOD')}/put", data).status_code == 404

    def test_a_goal_without_a_sum_or_in_the_past(
        self, mine: Page, category: Callable[[str], int]
    ) -> None:
        path = f"/savings/{category('SAVINGS')}/goal"
        ahead = (today() + timedelta(days=40)).isoformat()
        assert _errors(mine.post(path, {"goal": "", "goal_on": ahead})) == ["goal"]
        assert _errors(mine.post(path, {"goal": "5", "goal_on": "2020-01-01"})) == ["goal_on"]
        assert _errors(mine.post("/savings/new", {"name": " "})) == ["name"]


class TestStory:
    def test_spent_and_left_by_page_and_by_api(
        self,
        mine: Page,
        api: Api,
        budget: Callable[..., TestResponse],
        spend: Callable[..., None],
        make_person: Callable[[], Person],
        browse: Callable[[Person], Page],
        call: Callable[[Person], Api],
    ) -> None:
        assert budget().status_code == 303
        spend("40.25")
        assert _sums(mine.get("/budgets")) == ["100.50 − 40.25 = 60.25"]
        (row,) = api.get("/budgets").get_json()["items"]
        assert (row["spent"], row["left"]) == ("40.25", "60.25")
        other = make_person()
        assert "60.25" not in _text(browse(other).get("/budgets"))
        assert browse(other).get(f"/budgets/{row['id']}/edit").status_code == 404
        assert call(other).get(f"/budgets/{row['id']}").status_code == 404
        expense = api.get("/expenses").get_json()["items"][0]["id"]
        assert mine.post(f"/transactions/{expense}/delete").status_code == 303
        assert api.get(f"/budgets/{row['id']}").get_json()["left"] == "100.50"
        assert _undo(mine, "/budgets").status_code == 303
        assert "60.25" in _text(mine.get("/budgets"))

    def test_a_budget_is_changed_deleted_and_brought_back(
        self, mine: Page, api: Api, budget: Callable[..., TestResponse]
    ) -> None:
        budget(description="Bozor")
        id_ = api.get("/budgets").get_json()["items"][0]["id"]
        form = mine.get(f"/budgets/{id_}/edit").get_data(as_text=True)
        assert 'value="100.50"' in form
        assert 'value="Bozor"' in form
        assert mine.post(f"/budgets/{id_}/edit", {"amount": "7k"}).status_code == 303
        assert _sums(mine.get("/budgets")) == ["7000 − 0 = 7000"]
        assert mine.post(f"/budgets/{id_}/delete").status_code == 303
        assert _undo(mine, "/budgets").status_code == 303
        assert _sums(mine.get("/budgets")) == ["7000 − 0 = 7000"]

    def test_the_overspent_take_from_the_richest_in_one_tap(
        self, mine: Page, budget: Callable[..., TestResponse], spend: Callable[..., None]
    ) -> None:
        budget("100")
        budget("50", "DATA")
        budget("10", "TRANSPORT")
        spend("130")
        page = mine.get("/budgets").get_data(as_text=True)
        take = re.search(r'<form class="budget-take".*?</form>', page, re.DOTALL)
        assert take
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', take.group()))
        assert fields["amount"] == "30.00"
        assert mine.post("/budgets/move", fields).status_code == 303
        sums = _sums(mine.get("/budgets?month="))
        assert sums == ["100 + 30 − 130 = 0", "50 − 30 − 0 = 20", "10 − 0 = 10"]
        food = fields["to_category"]
        moved = mine.get(f"/budgets/move/{food}").get_data(as_text=True)
        assert re.findall(r'class="money[^>]*>([^<]+)<', moved) == ["+30", "+30"]
        mine.post("/budgets/move", fields | {"amount": "1"})
        assert _undo(mine, "/budgets").status_code == 303
        assert _sums(mine.get("/budgets")) == sums
        assert "budget-take" not in mine.get("/budgets").get_data(as_text=True)

    def test_last_month_is_copied_and_what_is_left_carried(
        self,
        mine: Page,
        budget: Callable[..., TestResponse],
        spend: Callable[..., None],
        category: Callable[[str], int],
    ) -> None:
        now = today().replace(day=1)
        before = last_month(now)
        budget("100", month=f"{before:%Y-%m}")
        spend("30", day=before)
        mine.post(f"/budgets/categories/{category('FOOD')}/carry/surplus")
        assert _sums(mine.get("/budgets")) == ["0 + 70 − 0 = 70"]
        assert mine.post("/budgets/copy", {"month": f"{now:%Y-%m}"}).status_code == 303
        assert _sums(mine.get("/budgets")) == ["100 + 70 − 0 = 170"]
        spend("5", day=before)
        assert _sums(mine.get("/budgets")) == ["100 + 65 − 0 = 165"]
        assert _sums(mine.get(f"/budgets?month={next_month(now):%Y-%m}")) == ["0 + 165 − 0 = 165"]

    def test_a_months_days_are_shown_where_they_are_not_the_calendars(
        self, app: Flask, mine: Page, person: Person, budget: Callable[..., TestResponse]
    ) -> None:
        with app.app_context(), unit_of_work():
            session.get_one(Workspace, person.workspace_id).month_start = 25
        budget(month="2026-03")
        page = mine.get("/budgets?month=2026-03")
        assert "25-mart – 24-aprel" in _text(page)
        assert "start_date=2026-03-25&amp;end_date=2026-04-24" in page.get_data(as_text=True)


class TestNumbers:
    def test_what_is_spent_opens_the_records_that_sum_to_it(
        self, mine: Page, budget: Callable[..., TestResponse], spend: Callable[..., None]
    ) -> None:
        budget("1000")
        spend("40.25")
        spend("9.75")
        spend("7", "DATA")
        spend("3", day=last_month(today().replace(day=1)))
        page = mine.get("/budgets").get_data(as_text=True)
        row = page[page.index('class="budget-words"') :]
        url = re.search(r'− <a class="link-quiet" href="([^"]+)">50</a>', row)
        assert url
        text = _text(mine.get(url.group(1).replace("&amp;", "&")))
        assert "40.25" in text
        assert "−50" in text
        assert "−7" not in text
        assert "Internet va aloqa" in page[page.index('id="outside"') :]

    def test_pages_take_few_queries(
        self,
        mine: Page,
        budget: Callable[..., TestResponse],
        spend: Callable[..., None],
        category: Callable[[str], int],
        queries: Any,
    ) -> None:
        savings = category("SAVINGS")
        budget("1000")
        budget("50", "DATA", month=f"{last_month(today().replace(day=1)):%Y-%m}")
        budget("500", "SAVINGS")
        spend("40.25")
        spend("7", "TRANSPORT")
        mine.post(f"/savings/{savings}/put", {"amount": "5", "date": today().isoformat()})
        for path in ("/budgets", "/savings", f"/savings/{savings}", "/budgets/new", "/dashboard",
                     "/budgets/move", f"/savings/{savings}/put", "/savings/new"):  # fmt: skip
            queries.statements.clear()
            assert mine.get(path).status_code == 200
            assert len(queries.statements) <= MAX_QUERIES, (path, queries.statements)


class TestSavings:
    def test_are_put_aside_taken_back_and_never_spent(
        self, app: Flask, mine: Page, person: Person, category: Callable[[str], int]
    ) -> None:
        savings, day = category("SAVINGS"), today().isoformat()
        assert (
            mine.post(f"/savings/{savings}/put", {"amount": "100", "date": day}).status_code == 303
        )
        assert (
            mine.post(f"/savings/{savings}/take", {"amount": "30", "date": day}).status_code == 303
        )
        assert _undo(mine, f"/savings/{savings}").status_code == 303
        with app.app_context():
            assert queries.sum_saved(person.workspace_id) == 100
        page = mine.get(f"/savings/{savings}").get_data(as_text=True)
        assert re.findall(r'class="money[^>]*>([^<]+)<', page) == ["100", "+100"]
        assert re.search(r'href="/savings">[^<]+</a><span class="money[^>]*>100<',
                         mine.get("/dashboard").get_data(as_text=True))  # fmt: skip
        assert f'href="/savings/{savings}"' in mine.get("/categories").get_data(as_text=True)

    def test_one_that_is_used_is_not_deleted(
        self, app: Flask, mine: Page, person: Person, category: Callable[[str], int]
    ) -> None:
        savings, day = category("SAVINGS"), today().isoformat()
        mine.post(f"/savings/{savings}/put", {"amount": "100", "date": day})
        mine.post(f"/savings/{savings}/take", {"amount": "30", "date": day})
        with app.app_context():
            made = queries.list_earmarks(person.workspace_id, savings, limit=5).items[-1]
        assert mine.htmx("POST", f"/savings/earmarks/{made.id}/delete").status_code == 409

    def test_a_goal_says_how_much_a_month_and_celebrates(
        self, app: Flask, mine: Page, person: Person
    ) -> None:
        on = date(today().year + 1, today().month, 1)
        data = {"name": "Sayohat", "goal": "1 200 000", "goal_on": on.isoformat()}
        assert mine.post("/savings/new", data).status_code == 303
        with app.app_context():
            goal = queries.list_goals(person.workspace_id, today())[0]
        assert (goal.monthly, goal.due) == (100_000, 100_000)
        put = {"amount": "60 000", "date": today().isoformat()}
        mine.post(f"/savings/{goal.category}/put", put)
        with app.app_context():
            goal = queries.list_goals(person.workspace_id, today())[0]
        assert (goal.monthly, goal.due, goal.percent) == (100_000, 40_000, 5)
        assert "confetti" not in mine.get("/savings").get_data(as_text=True)
        mine.post(f"/savings/{goal.category}/put", put | {"amount": "1 140 000"})
        page = mine.get("/savings").get_data(as_text=True)
        assert "confetti" in page
        assert mine.post(f"/savings/{goal.category}/goal", {"goal": "2 000 000"}).status_code == 303
        assert _undo(mine, "/savings").status_code == 303
        assert "confetti" in mine.get("/savings").get_data(as_text=True)


@pytest.mark.parametrize(
    ("first", "today_", "monthly"),
    [(1, date(2026, 11, 24), 500), (25, date(2026, 11, 24), 500), (25, date(2026, 11, 25), 1000),
     (25, date(2027, 1, 24), 1000)],
)  # fmt: skip
def test_a_goal_counts_the_months_of_the_workspace(
    app: Flask, person: Person, category: Callable[[str], int], first: int, today_: date,
    monthly: int,
) -> None:  # fmt: skip
    whose: Any = {"actor_id": person.id, "workspace_id": person.workspace_id}
    on = date(2026, 12, 26) if first == 25 else date(2027, 1, 1)
    with app.app_context(), unit_of_work():
        operations.set_goal(**whose, category_id=category("SAVINGS"), goal=Decimal(1000),
                            goal_on=on, today=date(2026, 1, 1))  # fmt: skip
        assert queries.list_goals(person.workspace_id, today_, first)[0].monthly == monthly


def test_what_is_archived_is_in_no_sum_of_goals(
    app: Flask, person: Person, category: Callable[[str], int]
) -> None:
    whose: Any = {"actor_id": person.id, "workspace_id": person.workspace_id}
    savings = category("SAVINGS")
    with app.app_context():
        with unit_of_work():
            operations.put_aside(**whose, category_id=savings, amount=Decimal(5), day=today())
        assert queries.sum_saved(person.workspace_id) == 5
        with unit_of_work():
            assert finance.remove_category(**whose, category_id=savings)
        assert queries.sum_saved(person.workspace_id) == 0
        assert queries.list_goals(person.workspace_id, today()) == []


def test_htmx_gets_a_toast_and_the_fact(mine: Page, category: Callable[[str], int]) -> None:
    mine.get("/budgets")
    data = {"amount": "5", "category": category("FOOD")}
    answer = mine.htmx("POST", "/budgets/new", data=data)
    assert answer.status_code == 200
    assert "budget-changed" in answer.headers["HX-Trigger"]
    assert "/undo" in answer.get_data(as_text=True)
    region = mine.htmx("GET", "/budgets").get_data(as_text=True)
    assert region.lstrip().startswith('<div class="stack" id="month"')


def test_a_viewer_reads_and_changes_nothing(
    mine: Page,
    api: Api,
    person: Person,
    make_person: Callable[..., Person],
    browse: Callable[[Person], Page],
    budget: Callable[..., TestResponse],
) -> None:
    budget()
    viewer = make_person(contact="viewer@example.uz")
    path = f"/workspaces/{person.workspace_id}/members"
    body = {"contact": "viewer@example.uz", "role": "viewer"}
    assert api.post(path, body).status_code == 201
    page = browse(viewer)
    page.post("/workspaces/switch", {"workspace_id": person.workspace_id})
    seen = page.get("/budgets")
    assert _sums(seen) == ["100.50 − 0 = 100.50"]
    assert "/budgets/new" not in seen.get_data(as_text=True)
    assert page.get("/budgets/new").status_code == 403
    assert page.post("/budgets/copy").status_code == 403
