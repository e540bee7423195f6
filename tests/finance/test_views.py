"""The pages of finance, without JavaScript and as htmx asks for them; refusals first."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from koshelok.core.clock import today
from koshelok.finance.models import Category, Transaction
from koshelok.finance.queries import search
from koshelok.infra.db import session
from tests.conftest import Api, Page, Person

MAX_QUERIES = 10
ADD_QUERIES = 4


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person) -> Page:
    """A browser signed in as `person`."""
    return browse(person)


@pytest.fixture
def category(app: Flask, person: Person) -> Callable[[str], int]:
    """The id of a category of `person` by its code."""

    def find(code: str) -> int:
        query = select(Category.id).filter_by(workspace_id=person.workspace_id, code=code)
        with app.app_context():
            return session.scalar(query) or 0

    return find


@pytest.fixture
def record(
    app: Flask, mine: Page, person: Person, category: Callable[[str], int]
) -> Callable[..., int]:
    """Record by the page; answers the id."""

    def make(amount: str = "50 000", code: str = "FOOD", **more: str) -> int:
        data = {"amount": amount, "category": str(category(code)), "date": today().isoformat()}
        answer = mine.post("/add", data | more)
        assert answer.status_code == 303, _text(answer)
        newest = select(func.max(Transaction.id)).filter_by(workspace_id=person.workspace_id)
        with app.app_context():
            return session.scalar(newest) or 0

    return make


def _text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("\u202f", " ").replace("\xa0", " ")


def _errors(answer: TestResponse) -> list[str]:
    return re.findall(r'id="(\w+)-error"', _text(answer))


class TestAdd:
    @pytest.mark.parametrize("amount", ["", "0", "-5", "abc", "1e5", "1/0", "9" * 30, "x" * 10_000,
                                        "<b>1</b>", "' OR 1=1", "🍕", "٣", "25kk",
                                        "1.0055"])  # fmt: skip
    def test_refuses_what_is_not_an_amount(
        self, mine: Page, category: Callable[[str], int], amount: str
    ) -> None:
        data = {"amount": amount, "category": str(category("FOOD")), "date": "2026-11-21"}
        answer = mine.post("/add", data)
        assert answer.status_code == 422
        assert _errors(answer) == ["amount"]

    @pytest.mark.parametrize("day", ["", "x", "2026-02-30", "1969-12-31", "2201-01-01", "🍕"])
    def test_refuses_what_is_not_a_day(
        self, mine: Page, category: Callable[[str], int], day: str
    ) -> None:
        answer = mine.post("/add", {"amount": "5", "category": category("FOOD"), "date": day})
        assert answer.status_code == 422
        assert _errors(answer) == ["date"]

    @pytest.mark.parametrize("chosen", ["", "x", "0", "-1", "9" * 25, "٣"])
    def test_refuses_what_is_not_a_category(self, mine: Page, chosen: str) -> None:
        answer = mine.post("/add", {"amount": "5", "category": chosen, "date": "2026-11-21"})
        assert answer.status_code == 422
        assert _errors(answer) == ["category"]

    def test_refuses_a_long_note_and_keeps_what_was_typed(
        self, mine: Page, category: Callable[[str], int]
    ) -> None:
        data = {"amount": "25k", "category": category("FOOD"), "comment": "я" * 1001}
        answer = mine.post("/add", data | {"date": "2026-11-21"})
        assert answer.status_code == 422
        assert _errors(answer) == ["comment"]
        assert 'value="25k"' in _text(answer)

    def test_another_workspaces_category_is_not_here(
        self, mine: Page, make_person: Callable[[], Person], call: Callable[[Person], Api]
    ) -> None:
        other = call(make_person()).get("/finance/categories").get_json()["items"][0]["id"]
        answer = mine.post("/add", {"amount": "5", "category": other, "date": "2026-11-21"})
        assert answer.status_code == 404

    def test_an_archived_category_takes_nothing_new(
        self, mine: Page, record: Callable[..., int], category: Callable[[str], int]
    ) -> None:
        record()
        food = category("FOOD")
        mine.post(f"/categories/{food}/remove")
        answer = mine.post("/add", {"amount": "5", "category": food, "date": "2026-11-21"})
        assert answer.status_code == 409
        assert _errors(answer) == ["category"]

    def test_records_says_so_and_offers_undo(self, mine: Page, record: Callable[..., int]) -> None:
        id_ = record("12 000 + 3 500", comment="Non 🍞")
        assert "15 500" in _text(mine.get("/transactions"))
        assert mine.post(f"/transactions/{id_}/delete").status_code == 303
        assert "15 500" not in _text(mine.get("/transactions"))

    def test_htmx_gets_the_empty_form_a_toast_and_the_fact(
        self, mine: Page, category: Callable[[str], int]
    ) -> None:
        data = {"amount": "25k", "category": category("FOOD"), "date": today().isoformat()}
        answer = mine.htmx("POST", "/add", data=data)
        assert answer.status_code == 200
        assert "transaction-recorded" in answer.headers["HX-Trigger"]
        text = _text(answer)
        assert text.lstrip().startswith("<form")
        assert 'hx-swap-oob="beforeend:#toasts"' in text
        assert 'value="25k"' not in text

    def test_offers_recent_categories_first(
        self, mine: Page, record: Callable[..., int], category: Callable[[str], int]
    ) -> None:
        record(code="TRANSPORT")
        chips = re.findall(r'name="category" value="(\d+)"', _text(mine.get("/add")))
        assert chips[0] == str(category("TRANSPORT"))
        assert len(chips) == 5

    def test_takes_few_queries(
        self, mine: Page, category: Callable[[str], int], queries: Any
    ) -> None:
        data = {"amount": "5", "category": category("FOOD"), "date": today().isoformat()}
        for ask in (
            lambda: mine.get("/add"),
            lambda: mine.post("/add", data),
            lambda: mine.htmx("POST", "/add", data=data),
        ):
            queries.statements.clear()
            ask()
            assert len(queries.statements) <= ADD_QUERIES


class TestTransactions:
    @pytest.mark.parametrize(
        "asked", ["start_date=x", "min_amount=x", "category=x", "query=" + "x" * 101,
                  "start_date=2026-02-02&end_date=2026-02-01", "cursor=x"], ids=str.__len__,
    )  # fmt: skip
    def test_says_what_is_wrong_with_a_filter(self, mine: Page, asked: str) -> None:
        answer = mine.get(f"/transactions?{asked}")
        assert answer.status_code == 422
        assert "notice-error" in _text(answer)

    def test_another_workspaces_category_is_not_here(
        self, mine: Page, make_person: Callable[[], Person], call: Callable[[Person], Api]
    ) -> None:
        other = call(make_person()).get("/finance/categories").get_json()["items"][0]["id"]
        assert mine.get(f"/transactions?category={other}").status_code == 404

    def test_another_workspaces_record_is_not_here(
        self, browse: Callable[[Person], Page], make_person: Callable[[], Person],
        record: Callable[..., int],
    ) -> None:  # fmt: skip
        id_, stranger = record(), browse(make_person())
        assert stranger.get(f"/transactions/{id_}").status_code == 404
        assert stranger.get(f"/transactions/{id_}/edit").status_code == 404
        for verb in ("edit", "delete", "restore"):
            assert stranger.post(f"/transactions/{id_}/{verb}").status_code == 404

    def test_an_empty_book_says_what_to_do(self, mine: Page) -> None:
        assert "/add" in _text(mine.get("/transactions"))
        assert "drawing-records" in _text(mine.get("/transactions"))
        assert "drawing-search" in _text(mine.get("/transactions?query=zzz"))

    def test_filters_by_the_address(self, mine: Page, record: Callable[..., int]) -> None:
        bread, pay = record(comment="Qo'y go'shti"), record("7mln", "SALARY", comment="Oylik")
        for asked, found in (
            ("", {bread, pay}), ("query=қўй", {bread}), ("type=income", {pay}),
            ("min_amount=1mln", {pay}), ("max_amount=60k", {bread}), ("query=zzz", set()),
            ("type=nonsense", {bread, pay}),
            (f"start_date={today()}&end_date={today()}", {bread, pay}),
        ):  # fmt: skip
            text = _text(mine.get(f"/transactions?{asked}"))
            assert {int(i) for i in re.findall(r'id="record-(\d+)"', text)} == found

    def test_a_range_shows_what_it_sums_to(self, mine: Page, record: Callable[..., int]) -> None:
        record("1 000")
        record("2 000", date="2026-01-01")
        text = _text(mine.get("/transactions?start_date=2026-01-01&end_date=2026-01-31"))
        assert re.search(r'id="sums".*?−2 000', text, re.S)
        assert 'id="sums"' not in _text(mine.get("/transactions?query=x"))

    def test_htmx_gets_the_results_and_a_clean_address(self, mine: Page) -> None:
        answer = mine.htmx("GET", "/transactions?query=&type=income&category=")
        assert answer.headers["HX-Push-Url"] == "/transactions?type=income"
        assert "<html" not in _text(answer)
        assert 'id="results"' in _text(answer)

    def test_loads_more_by_cursor(
        self, mine: Page, api: Api, category: Callable[[str], int]
    ) -> None:
        food = category("FOOD")
        for number in range(52):
            body = {"category": food, "amount": 1, "date": "2026-01-01", "comment": f"n{number}"}
            api.post("/finance/transactions", body)
        text = _text(mine.get("/transactions"))
        (more,) = re.findall(r'hx-get="(/transactions\?cursor=[^"]+)"', text)
        rest = mine.htmx("GET", more)
        assert len(re.findall(r'id="record-', _text(rest))) == 2
        assert "rows-day" not in _text(rest)
        assert "HX-Push-Url" not in rest.headers
        assert len(re.findall(r'id="record-', _text(mine.get(more)))) == 2

    def test_a_search_that_found_nothing_yet_offers_to_look_before(
        self, mine: Page, record: Callable[..., int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in {"SCAN": 1, "RARE": 0}.items():
            monkeypatch.setattr(search, name, value)
        record(comment="Olma", date="2026-01-01")
        for day in (2, 3, 4):
            record(comment="Nok", date=f"2026-01-0{day}")
        shown = _text(mine.get("/transactions?query=olma"))
        assert "3-yanvardan oldingilarni qidirish" in shown
        assert 'id="record-' not in shown
        (more,) = re.findall(r'href="(/transactions\?query=olma&amp;cursor=[^"]+)"', shown)
        rest = _text(mine.htmx("GET", more.replace("&amp;", "&")))
        assert len(re.findall(r'id="record-', rest)) == 1
        assert "1-yanvar" in rest
        assert "oldingilarni" not in rest

    def test_edits_in_place_and_takes_it_back(
        self, mine: Page, record: Callable[..., int], category: Callable[[str], int]
    ) -> None:
        id_ = record(comment="Eski")
        form = _text(mine.htmx("GET", f"/transactions/{id_}/edit"))
        assert form.lstrip().startswith(f'<li class="row" id="record-{id_}"')
        data = {"amount": "7 000", "category": category("DATA"), "comment": "Yangi"}
        refused = mine.htmx("POST", f"/transactions/{id_}/edit", data=data)
        assert refused.status_code == 422
        assert _errors(refused) == ["date"]
        saved = mine.htmx("POST", f"/transactions/{id_}/edit", data=data | {"date": "2026-01-01"})
        assert "Yangi" in _text(saved)
        (undo,) = re.findall(r'hx-post="(/changes/\d+/undo)"', _text(saved))
        back = mine.htmx("POST", undo)
        assert "transaction-restored" in back.headers["HX-Trigger"]
        assert "Eski" in _text(mine.htmx("GET", f"/transactions/{id_}"))

    def test_edits_without_javascript(
        self, mine: Page, record: Callable[..., int], category: Callable[[str], int]
    ) -> None:
        id_ = record(comment="Eski")
        assert "Eski" in _text(mine.get(f"/transactions/{id_}/edit"))
        data = {"amount": "7 000", "category": category("FOOD"), "date": "2026-01-01"}
        assert mine.post(f"/transactions/{id_}/edit", data).status_code == 303
        (undo,) = re.findall(r'action="(/changes/\d+/undo)"', _text(mine.get("/transactions")))
        assert mine.post(undo).status_code == 303
        assert "Eski" in _text(mine.get("/transactions"))
        assert mine.get(f"/transactions/{id_}").status_code == 303

    def test_saving_nothing_new_offers_no_undo(
        self, mine: Page, record: Callable[..., int], category: Callable[[str], int]
    ) -> None:
        id_ = record("5 000")
        data = {"amount": "5k", "category": category("FOOD"), "date": today().isoformat()}
        saved = mine.htmx("POST", f"/transactions/{id_}/edit", data=data)
        assert saved.status_code == 200
        assert "/undo/" not in _text(saved)

    def test_a_record_of_an_archived_category_can_be_edited(
        self, mine: Page, record: Callable[..., int], category: Callable[[str], int]
    ) -> None:
        id_, other, food = record("5 000"), record(code="DATA"), category("FOOD")
        mine.post(f"/categories/{food}/remove")
        form = _text(mine.get(f"/transactions/{id_}/edit"))
        assert f'name="category" value="{food}" checked' in form
        data = {"amount": "6k", "category": food, "date": today().isoformat()}
        assert mine.post(f"/transactions/{id_}/edit", data).status_code == 303
        assert mine.post(f"/transactions/{other}/edit", data).status_code == 409
        assert (
            mine.post(f"/transactions/{other}/edit", data | {"category": 999999}).status_code == 404
        )

    def test_deletes_and_brings_back_whole(self, mine: Page, record: Callable[..., int]) -> None:
        id_ = record("5 000", comment="Non")
        gone = mine.htmx("POST", f"/transactions/{id_}/delete")
        assert "transaction-changed" in gone.headers["HX-Trigger"]
        assert mine.post(f"/transactions/{id_}/delete").status_code == 404
        (undo,) = re.findall(r'hx-post="(/changes/\d+/undo)"', _text(gone))
        mine.htmx("POST", undo)
        assert "Non" in _text(mine.htmx("GET", f"/transactions/{id_}"))

    def test_a_viewer_sees_no_changes_offered(
        self, mine: Page, record: Callable[..., int], api: Api, person: Person,
        make_person: Callable[..., Person], browse: Callable[[Person], Page],
    ) -> None:  # fmt: skip
        record()
        viewer = make_person(contact="+998907654321")
        body = {"contact": "+998907654321", "role": "viewer"}
        api.post(f"/workspaces/{person.workspace_id}/members", body)
        theirs = browse(viewer)
        theirs.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
        text = _text(theirs.get("/transactions"))
        assert "record-" in text
        assert "/delete" not in text
        assert "/edit" not in text


class TestSummary:
    def test_refuses(self, mine: Page) -> None:
        assert mine.get("/summary/hourly").status_code == 404
        for asked in ("start_date=x", "start_date=2026-01-01", "end_date=2026-01-01",
                      "start_date=2026-01-02&end_date=2026-01-01",
                      "start_date=0001-01-01&end_date=2026-01-01"):  # fmt: skip
            answer = mine.get(f"/summary/monthly?{asked}")
            assert answer.status_code == 422
            assert _errors(answer)

    def test_every_period_sums_today(self, mine: Page, record: Callable[..., int]) -> None:
        record("250 000", "SALARY")
        record("50 000")
        for period in ("daily", "weekly", "monthly", "yearly"):
            text = _text(mine.get(f"/summary/{period}"))
            assert "200 000" in text
            assert "250 000" in text

    def test_every_number_opens_the_list_that_sums_to_it(
        self, mine: Page, record: Callable[..., int]
    ) -> None:
        record("1 000", date="2026-01-05")
        record("2 000", date="2026-02-05", code="DATA")
        text = _text(mine.get("/summary/yearly?start_date=2026-01-01&end_date=2026-12-31"))
        links = {
            link.replace("&amp;", "&")
            for link in re.findall(r'href="(/transactions\?[^"]+)"', text)
        }
        assert len(links) >= 3 + 12 + 2
        for link in links:
            assert mine.get(link).status_code == 200
        category_link = next(link for link in links if "category" in link)
        assert 'id="sums"' in _text(mine.get(category_link))

    def test_goes_back_and_forth_and_stops_at_the_ends(self, mine: Page) -> None:
        text = _text(mine.get("/summary/monthly?start_date=2026-03-01&end_date=2026-03-31"))
        assert "start_date=2026-02-01&amp;end_date=2026-02-28" in text
        assert "start_date=2026-04-01&amp;end_date=2026-04-30" in text
        custom = _text(mine.get("/summary/weekly?start_date=2026-03-10&end_date=2026-03-11"))
        assert "start_date=2026-03-08&amp;end_date=2026-03-09" in custom
        first = _text(mine.get("/summary/yearly?start_date=1970-01-01&end_date=1970-12-31"))
        assert "start_date=1969" not in first
        last = _text(mine.get("/summary/yearly?start_date=2200-01-01&end_date=2200-12-31"))
        assert "start_date=2201" not in last


class TestCategories:
    @pytest.mark.parametrize(
        "name", ["", "  ", "x" * 61, "x" * 10_000, "oziq-ovqat", "OZIQ-OVQAT "]
    )
    def test_refuses_a_name(self, mine: Page, name: str) -> None:
        answer = mine.post("/categories", {"name": name, "type": "expense"})
        assert answer.status_code == 422
        assert _errors(answer) == ["name"]

    def test_refuses_a_type(self, mine: Page) -> None:
        answer = mine.post("/categories", {"name": "Meva", "type": "debt"})
        assert answer.status_code == 422

    def test_makes_and_takes_back(self, mine: Page) -> None:
        mine.post("/categories", {"name": "Meva <b>", "type": "expense"})
        text = _text(mine.get("/categories"))
        assert "Meva &lt;b&gt;" in text
        (undo,) = re.findall(
            r'<form method="post" action="(/categories/\d+/remove)" hx-post="\1" hx-swap="none"',
            text,
        )
        mine.post(undo)
        after = _text(mine.get("/categories"))
        assert re.search(r'action="(/categories\?name=Meva[^"]+)"', after)

    def test_removal_of_an_empty_one_is_undone_from_its_address(self, mine: Page) -> None:
        """What Undo of a deletion asks for."""
        assert mine.post("/categories?name=Meva&type=income").status_code == 303
        assert "Meva" in _text(mine.get("/categories"))

    def test_renames_in_place_and_takes_it_back(
        self, mine: Page, category: Callable[[str], int]
    ) -> None:
        food = category("FOOD")
        assert "<li" in _text(mine.htmx("GET", f"/categories/{food}/edit"))
        assert mine.get(f"/categories/{food}/edit").status_code == 200
        for wrong in ("", "Transport"):
            refused = mine.htmx("POST", f"/categories/{food}/edit", data={"name": wrong})
            assert refused.status_code == 422
            assert _errors(refused) == ["name"]
        saved = mine.htmx("POST", f"/categories/{food}/edit", data={"name": "Ovqat"})
        assert "Ovqat" in _text(saved)
        (undo,) = re.findall(rf'hx-post="(/categories/{food}/edit\?name=[^"]+)"', _text(saved))
        assert mine.htmx("POST", undo).status_code == 200
        assert "Oziq-ovqat" in _text(mine.get("/categories"))

    def test_archives_and_restores(
        self, mine: Page, record: Callable[..., int], category: Callable[[str], int]
    ) -> None:
        record()
        food = category("FOOD")
        assert mine.post(f"/categories/{food}/remove").status_code == 303
        assert f'action="/categories/{food}/restore"' in _text(mine.get("/categories"))
        back = mine.htmx("POST", f"/categories/{food}/restore")
        assert f'action="/categories/{food}/restore"' not in _text(back)
        mine.post(f"/categories/{food}/remove")
        mine.post("/categories", {"name": "Oziq-ovqat", "type": "expense"})
        refused = mine.post(f"/categories/{food}/restore")
        assert refused.status_code == 422
        assert mine.post("/categories/999999/restore").status_code == 404

    def test_pages(self, mine: Page, api: Api) -> None:
        for number in range(100):
            api.post("/finance/categories", {"name": f"n{number}", "type": "expense"})
        (more,) = re.findall(r'href="(/categories\?cursor=[^"]+)"', _text(mine.get("/categories")))
        assert len(re.findall(r'id="category-\d+"', _text(mine.get(more)))) == 6


@pytest.mark.parametrize(
    "path", ["/dashboard", "/transactions", "/transactions?query=oziq&category=&min_amount=1",
             "/summary/daily", "/summary/monthly", "/summary/yearly", "/categories"],
)  # fmt: skip
def test_no_page_takes_more_than_ten_queries(
    mine: Page, record: Callable[..., int], queries: Any, path: str
) -> None:
    for code in ("FOOD", "DATA", "SALARY"):
        record(code=code)
    queries.statements.clear()
    assert mine.get(path).status_code == 200
    assert 0 < len(queries.statements) <= MAX_QUERIES
