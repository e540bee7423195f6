"""Several records at once, the history and the trash: by page, and what the clock forgets."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from koshelok.core.clock import now, today
from koshelok.core.errors import NotFound
from koshelok.finance import operations, tasks, words
from koshelok.finance.errors import ChangedSince
from koshelok.finance.models import Change, Transaction, TransactionVersion
from koshelok.finance.operations import trash
from koshelok.finance.queries import Filters, get_record, list_transactions
from koshelok.finance.queries.search import count_matching, select_matching
from koshelok.finance.views import bulk
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Api, Page, Person
from tests.finance.conftest import DAY, Book


def _text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("\u202f", " ").replace("\xa0", " ")


def _undo(page: Page) -> str:
    (url,) = re.findall(r'action="(/changes/\d+/undo)"', _text(page.get("/transactions")))
    return str(url)


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person) -> Page:
    """A browser signed in as `person`."""
    return browse(person)


def _live(book: Book, **filters: Any) -> list[int]:
    page = list_transactions(book.workspace_id, Filters(**filters), limit=100)
    return [record.id for record in page.items]


class TestBulk:
    def test_refuses(self, mine: Page, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
        id_, food = book.record().id, book.categories["FOOD"]
        post = "/transactions/bulk/category"
        for data in (
            {"id": [id_]},
            {"id": [id_], "to": "x"},
            {"to": food},
            {"id": ["x"], "to": food},
        ):
            assert mine.htmx("POST", post, data=data).status_code == 422
        assert mine.post(post, {"id": id_, "to": 999999}).status_code == 404
        assert mine.htmx("POST", post, data={"id": id_, "to": food}).status_code == 409  # is there
        assert (
            mine.htmx("POST", post, data={"all": 1, "query": "x" * 101, "to": food}).status_code
            == 422
        )
        monkeypatch.setattr(bulk, "MOST", 0)
        assert mine.htmx("POST", "/transactions/bulk/delete", data={"all": 1}).status_code == 422
        assert _live(book) == [id_]

    def test_never_reaches_another_book(self, mine: Page, book: Book, other_book: Book) -> None:
        theirs = other_book.record(comment="sir").id
        data = {"id": [theirs], "to": book.categories["DATA"]}
        assert mine.post("/transactions/bulk/category", data).status_code == 303
        assert mine.post("/transactions/bulk/delete", {"id": theirs}).status_code == 303
        assert mine.post("/transactions/bulk/delete", {"all": 1, "query": "sir"}).status_code == 303
        assert get_record(other_book.workspace_id, theirs).code == "FOOD"

    def test_moves_what_is_ticked_and_takes_it_back(self, mine: Page, book: Book) -> None:
        ids = [book.record(comment=f"n{n}").id for n in range(3)]
        pay = book.record(code="SALARY").id
        data = {"id": [*ids[:2], pay], "to": book.categories["DATA"], "query": "n0"}
        answer = mine.post("/transactions/bulk/category", data)
        assert answer.headers["Location"].endswith("/transactions?query=n0")
        assert _live(book, query="data") == ids[1::-1]
        assert get_record(book.workspace_id, pay).code == "SALARY"
        mine.post(_undo(mine))
        session.expire_all()
        assert _live(book, query="food") == ids[::-1]

    def test_deletes_all_that_match_and_takes_it_back(self, mine: Page, book: Book) -> None:
        kept = book.record(comment="non").id
        gone = [book.record("60000", comment=f"taksi {n}").id for n in range(5)]
        page = _text(mine.get("/transactions?query=taksi+%3E50k&select=1"))
        assert len(re.findall(r'name="id" value="\d+"[^>]*form="bulk"', page)) == 5
        mine.post("/transactions/bulk/delete", {"all": "1", "query": "taksi >50k"})
        assert _live(book) == [kept]
        mine.post(_undo(mine))
        assert _live(book) == [*gone[::-1], kept]

    def test_what_is_counted_is_what_is_changed(self, book: Book) -> None:
        for n in range(9):
            book.record(str(n + 1), comment="non #toy" if n % 2 else "sut", code="FOOD")
        for asked in ("non", "food >3", "-non", "#toy <5", "-food", "bugun"):
            filters = Filters(query=asked, today=DAY)
            ids = set(session.scalars(select_matching(book.workspace_id, filters)))
            assert ids == set(_live(book, query=asked, today=DAY))
            assert count_matching(book.workspace_id, filters, 100) == len(ids)
        assert count_matching(book.workspace_id, Filters(), 4) == 5

    def test_a_viewer_chooses_nothing(
        self, api: Api, person: Person, make_person: Callable[..., Person],
        browse: Callable[[Person], Page],
    ) -> None:  # fmt: skip
        food = api.get("/finance/categories").get_json()["items"][0]["id"]
        made = api.post("/finance/transactions", {"category": food, "amount": "5"}).get_json()["id"]
        api.patch(f"/finance/transactions/{made}", {"amount": "6"})
        viewer = make_person(contact="+998907654329")
        body = {"contact": "+998907654329", "role": "viewer"}
        api.post(f"/workspaces/{person.workspace_id}/members", body)
        theirs = browse(viewer)
        theirs.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
        assert 'id="bulk"' not in _text(theirs.get("/transactions?select=1"))
        assert theirs.post("/transactions/bulk/delete", {"all": 1}).status_code == 403
        assert "change-" in _text(theirs.get("/history"))
        assert "/undo" not in _text(theirs.get("/history"))


class TestHistory:
    def test_every_change_is_told_and_turned_from_there(self, mine: Page, book: Book) -> None:
        record = book.record(comment="non")
        book.do(operations.edit_transaction, transaction_id=record.id, amount=Decimal(7))
        book.do(operations.recategorise, chosen=[record.id], category_id=book.categories["DATA"])
        book.do(operations.delete_transaction, transaction_id=record.id)
        page = _text(mine.get("/history"))
        rows = page[page.index('id="history"') :]
        assert rows.index("#trash-2") < rows.index("#tags") < rows.index("#pencil")
        undo = re.findall(r'action="(/changes/\d+/undo)"', page)[0]
        answer = mine.post(undo, headers={"Referer": "http://localhost/history?cursor=x"})
        assert answer.headers["Location"] == "/history?cursor=x"
        redo = undo.replace("undo", "redo")
        for elsewhere in ("http://evil.example/history", "http://localhost//evil.example", ""):
            answer = mine.post(redo, headers={"Referer": elsewhere})
            assert answer.headers["Location"] == "/transactions"
            mine.post(undo)
        assert undo.replace("undo", "redo") in _text(mine.get("/history"))
        refused = mine.htmx("POST", undo)
        assert refused.status_code == 409
        assert 'id="toasts"' not in _text(refused)

    def test_pages_and_stays_at_home(self, mine: Page, book: Book, other_book: Book) -> None:
        for n in range(52):
            other_book.do(
                operations.edit_transaction,
                transaction_id=other_book.record().id,
                comment=f"x{n}",
            )
        assert "/undo" not in _text(mine.get("/history"))
        record = book.record()
        for n in range(52):
            book.do(operations.edit_transaction, transaction_id=record.id, comment=f"x{n}")
        (more,) = re.findall(r'hx-get="(/history\?cursor=[^"]+)"', _text(mine.get("/history")))
        assert len(re.findall(r'id="change-', _text(mine.htmx("GET", more)))) == 2

    def test_every_kind_has_words(self) -> None:
        found = set(operations.WAYS_BACK)
        for path in Path("koshelok").rglob("operations/*.py"):
            if path.parts[1] in ("finance", "budgets"):
                calls = re.findall(r'(?:note_change|tracked)\([^()]*kind="(\w+)"', path.read_text())
                found |= set(calls)
        assert len(found) > 15
        assert found - words.COUNTED.keys() - words.ONES.keys() == set()


class TestTrash:
    def test_refuses(self, mine: Page, other_book: Book) -> None:
        theirs = other_book.record().id
        other_book.do(operations.delete_transaction, transaction_id=theirs)
        assert f"gone-{theirs}" not in _text(mine.get("/trash"))
        for data in ({}, {"id": "x"}, {"id": theirs}):
            assert mine.htmx("POST", "/trash/restore", data=data).status_code == 409
        with pytest.raises(NotFound):
            get_record(other_book.workspace_id, theirs)

    def test_restores_one_or_several_exactly(self, mine: Page, book: Book) -> None:
        split = book.do(
            operations.record_split,
            amount=Decimal(10),
            parts=[operations.Part(book.categories[code], Decimal(5), "non #toy")
                   for code in ("FOOD", "DATA")],
            day=DAY,
        )  # fmt: skip
        before = [get_record(book.workspace_id, record.id) for record in split]
        ids = [record.id for record in split]
        book.do(operations.delete_transactions, chosen=ids)
        assert _live(book) == []
        text = _text(mine.get("/trash"))
        assert all(f"gone-{id_}" in text for id_ in ids)
        assert mine.post("/trash/restore", {"id": ids}).status_code == 303
        assert [get_record(book.workspace_id, id_) for id_ in ids] == before
        assert set(_live(book, query="#toy")) == set(ids)
        mine.post(_undo_of_trash(mine))
        assert _live(book) == []

    def test_what_is_recorded_again_is_not_doubled(self, book: Book) -> None:
        first = book.record(external_id="bank:1").id
        book.do(operations.delete_transaction, transaction_id=first)
        again = book.record(external_id="bank:1").id
        for restore in (
            lambda: book.do(operations.restore_transactions, chosen=[first]),
            lambda: book.do(operations.restore_transaction, transaction_id=first),
        ):
            with pytest.raises(ChangedSince):
                restore()
        assert _live(book) == [again]

    def test_the_clock_forgets_after_thirty_days(
        self, book: Book, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trash, "BATCH", 2)
        ids = [book.record().id for _ in range(6)]
        book.do(operations.delete_transactions, chosen=ids[1:])
        with unit_of_work():
            for model, column, rows in (
                (Transaction, "deleted_at", Transaction.id.in_(ids[1:5])),
                (Change, "created_at", Change.id == select(func.max(Change.id)).scalar_subquery()),
            ):
                old = now() - timedelta(days=31)
                session.execute(update(model).where(rows).values({column: old}))
        assert tasks.forget_old() == 5
        assert tasks.forget_old() == 0
        left = select(Transaction.id).where(Transaction.workspace_id == book.workspace_id)
        assert set(session.scalars(left)) == {ids[0], ids[5]}
        assert session.scalar(select(func.count()).select_from(TransactionVersion)) == 0
        assert _live(book) == [ids[0]]


def _undo_of_trash(page: Page) -> str:
    (url,) = re.findall(r'action="(/changes/\d+/undo)"', _text(page.get("/trash")))
    return str(url)


class TestSearch:
    def test_pieces_are_chips_that_can_be_taken_away(self, mine: Page, book: Book) -> None:
        book.record("60000", comment="non #toy", day=today())
        text = _text(mine.get("/transactions?query=food+%3E50000+-taksi+%23toy&type=expense"))
        links = [
            link.replace("&amp;", "&") for link in re.findall(r'class="chip" href="([^"]+)"', text)
        ]
        assert "/transactions?type=expense&query=food+-taksi+%23toy" in links
        assert "record-" in text
        for link in links:
            assert mine.get(link).status_code == 200

    def test_a_month_alone_sums(self, mine: Page, book: Book) -> None:
        book.record("5000", day=today())
        assert 'id="sums"' in _text(mine.get("/transactions?query=bugun"))
        assert 'id="sums"' not in _text(mine.get("/transactions?query=bugun+non"))

    def test_the_api_speaks_it_too(self, api: Api, book: Book) -> None:
        id_ = book.record("60000", comment="non #toy", day=today()).id
        book.record("60000", comment="non #toyxona", day=today())
        answer = api.get(
            "/finance/transactions", query_string={"query": "food >50k #toy -taksi bugun"}
        )
        assert [item["id"] for item in answer.get_json()["items"]] == [id_]

    def test_few_queries(self, mine: Page, book: Book, queries: Any) -> None:
        book.record(comment="non")
        for path in ("/transactions?query=food+-sut&select=1", "/history", "/trash"):
            queries.statements.clear()
            assert mine.get(path).status_code == 200
            assert len(queries.statements) <= 10
