"""Finding records: words however they are written, never another's, flat and without a slip."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from koshelok.core.errors import NotFound
from koshelok.core.page import BadCursor, encode_cursor
from koshelok.finance import operations
from koshelok.finance.errors import DatesReversed
from koshelok.finance.queries import Filters, list_transactions, search
from koshelok.finance.queries.search import select_matching
from koshelok.infra.db import session
from tests.finance.conftest import DAY, Book


def _found(book: Book, limit: int = 100, **filters: object) -> list[int]:
    page = list_transactions(book.workspace_id, Filters(**filters), limit=limit)  # type: ignore[arg-type]
    return [record.id for record in page.items]


def test_refuses_what_is_not_a_filter(book: Book, other_book: Book) -> None:
    with pytest.raises(NotFound):
        _found(book, category=other_book.categories["FOOD"])
    with pytest.raises(DatesReversed):
        _found(book, start_date=DAY, end_date=DAY - timedelta(days=1))
    for cursor in ("x", "WzFd", "WzEsMl0", "🍕"):
        with pytest.raises(BadCursor):
            list_transactions(book.workspace_id, Filters(), limit=1, cursor=cursor)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Qo'y go'shti", "қўй гўшти"),
        ("Qoʻy goʻshti", "qo’y"),
        ("Хлеб и молоко", "XLEB"),
        ("Xleb", "хлеб"),
        ("Щётка", "shyotka"),
        ("Ёлғон", "yolg'on"),
        ("Taksi, uydan ishga", "ishga taksi"),
        ("Chek №500", "500"),
        ("a@b.uz", "b.uz"),
        ("🍕 pizza", "🍕"),
        ("漢字", "漢"),
        ("İstanbul", "istanbul"),
        ("x" * 90, "x" * 70),
        ("100% paxta", "100%"),
    ],
)
def test_finds_a_word_however_it_is_written(book: Book, written: str, asked: str) -> None:
    id_ = book.record(comment=written).id
    book.record(comment="boshqa")
    if written != "İstanbul":
        assert _found(book, query=asked) == [id_]
    else:
        assert id_ not in _found(book, query="boshqa")


@pytest.mark.parametrize(
    "asked", ["aksi", "taksi non", "!", "'", "\\", "&|!:*()", "'; --", "x" * 100]
)
def test_does_not_find_what_is_not_there(book: Book, asked: str) -> None:
    book.record(comment="taksi")
    assert _found(book, query=asked) == []


def test_blank_words_are_no_filter(book: Book) -> None:
    id_ = book.record().id
    assert _found(book, query="  ") == [id_]


def test_finds_by_the_name_of_a_category_too(book: Book) -> None:
    food, data = book.record(comment="Internet"), book.record(code="DATA")
    assert _found(book, query="internet") == [data.id, food.id]
    assert _found(book, query="internet", category=food.category) == [food.id]
    book.do(operations.remove_category, category_id=data.category)
    assert _found(book, query="aloqa") == [data.id]


def test_words_of_another_workspace_stay_there(book: Book, other_book: Book) -> None:
    other_book.record(comment="sir")
    assert _found(book, query="sir") == []


def test_what_is_deleted_or_renamed_is_found_no_more(book: Book) -> None:
    record = book.record(comment="eski")
    book.do(operations.edit_transaction, transaction_id=record.id, comment="yangi")
    assert _found(book, query="eski") == []
    book.do(operations.delete_transaction, transaction_id=record.id)
    assert _found(book, query="yangi") == []


@pytest.mark.parametrize("looked", [-1, -(2**63), 2**63 - 1])
def test_a_made_up_cursor_looks_no_further_than_ours(book: Book, looked: int) -> None:
    record = book.record(comment="olma")
    for query in (None, "olma"):
        cursor = encode_cursor(DAY, record.id + 1, looked)
        page = list_transactions(book.workspace_id, Filters(query=query), limit=5, cursor=cursor)
        assert [found.id for found in page.items] == [record.id]


class TestBothSteps:
    """The rare, far beyond the newest SCAN records, is found just as the common."""

    @pytest.fixture(autouse=True)
    def _scan_little(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search, "SCAN", 5)

    def test_finds_the_far_and_the_near_in_order(self, book: Book) -> None:
        old = [book.record(comment="olma", day=DAY - timedelta(days=n)).id for n in (90, 80)]
        for n in range(20):
            book.record(comment="nok", day=DAY - timedelta(days=n))
        new = book.record(comment="olma", amount="77").id
        assert _found(book, query="olma") == [new, *reversed(old)]
        assert _found(book, query="olma", min_amount=Decimal(2000)) == []
        assert _found(book, min_amount=Decimal(77), max_amount=Decimal(77)) == [new]
        assert _found(book, query="nok", limit=3) == _found(book, query="nok")[:3]

    def test_a_category_named_so_is_searched_to_its_end(self, book: Book) -> None:
        old = book.record(code="TRANSPORT", day=DAY - timedelta(days=90), comment="metro").id
        for n in range(20):
            book.record(comment="transport xarajati", day=DAY - timedelta(days=n + 1))
        assert len(_found(book, query="transport")) == 21
        assert _found(book, query="transport")[-1] == old
        assert _found(book, query="transport metro") == [old]

    def test_pages_join_without_a_gap_or_an_overlap(self, book: Book) -> None:
        for n in range(23):
            book.record(
                str(n % 4 + 1), comment="olma" if n % 2 else "nok", day=DAY - timedelta(n // 3)
            )
        for filters in (
            Filters(), Filters(query="olma"), Filters(query="oziq"), Filters(min_amount=Decimal(2)),
            Filters(type="expense", start_date=date(2026, 11, 15)),
        ):  # fmt: skip
            whole = list_transactions(book.workspace_id, filters, limit=100)
            seen, cursor = [], None
            while True:
                page = list_transactions(book.workspace_id, filters, limit=4, cursor=cursor)
                seen += page.items
                cursor = page.next_cursor
                if cursor is None:
                    break
            assert whole.next_cursor is None
            assert seen == list(whole.items)


class TestShortPages:
    """What is neither common nor rare is looked for in strides; a page may end before it is
    full."""

    @pytest.fixture(autouse=True)
    def _look_little(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {"SCAN": 3, "STRIDE": 2, "FARTHEST": 10, "RARE": 0}.items():
            monkeypatch.setattr(search, name, value)

    @pytest.mark.parametrize("query", ["olma", "olma -nok", "-nok", ">2", "olma >2 -nok", "oziq"])
    @pytest.mark.parametrize("limit", [1, 4, 100])
    def test_pages_join_without_a_gap_or_an_overlap(
        self, book: Book, query: str, limit: int
    ) -> None:
        for n in range(31):
            comment = "olma nok" if n % 5 == 0 else "olma" if n % 3 == 0 else "non"
            book.record(str(n % 4 + 1), comment=comment, day=DAY - timedelta(n // 3))
        filters = Filters(query=query)
        seen: list[int] = []
        cursor, pages = None, 0
        while cursor or not pages:
            page = list_transactions(book.workspace_id, filters, limit=limit, cursor=cursor)
            assert len(page.items) <= limit
            seen += [record.id for record in page.items]
            cursor, pages = page.next_cursor, pages + 1
        expected = session.scalars(
            select_matching(book.workspace_id, filters).order_by(text("date DESC, id DESC"))
        )
        assert seen == list(expected)
        assert 2 < pages < 40

    def test_a_short_page_says_how_far_it_looked(self, book: Book) -> None:
        for n in range(20):
            book.record(comment="olma" if n == 15 else "nok", day=DAY - timedelta(n))
        first = list_transactions(book.workspace_id, Filters(query="olma"), limit=2)
        assert first.items == []
        assert search.day_reached(first, 2) == DAY - timedelta(5)
        assert search.day_before(first.next_cursor or "") is None
        second = list_transactions(
            book.workspace_id, Filters(query="olma"), limit=2, cursor=first.next_cursor
        )
        assert search.day_reached(second, 2) == DAY - timedelta(11)
        third = list_transactions(
            book.workspace_id, Filters(query="olma"), limit=2, cursor=second.next_cursor
        )
        assert [record.date for record in third.items] == [DAY - timedelta(15)]
        assert third.next_cursor is None


@given(written=st.text(max_size=300), asked=st.text(max_size=100))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_is_stored_exactly_and_any_search_answers(
    book: Book, written: str, asked: str
) -> None:
    from koshelok.core.text import clean

    record = book.record(comment=written)
    assert record.comment == clean(written, limit=1000, field="comment")
    stored = session.scalar(
        text("SELECT comment FROM transactions WHERE id = :id"), {"id": record.id}
    )
    assert stored == record.comment
    assert isinstance(_found(book, query=asked.replace("\0", "")), list)


def test_every_list_walks_an_index(book: Book) -> None:
    """No plan may read the whole table: with a million records it would be felt."""
    for n in range(60):
        book.record(comment=f"n{n}", day=DAY - timedelta(days=n))
    session.execute(text("ANALYZE transactions"))
    session.execute(text("SET enable_seqscan = off"))
    plan = "\n".join(
        session.scalars(
            text(
                "EXPLAIN SELECT id FROM transactions WHERE workspace_id = :id"
                " AND deleted_at IS NULL ORDER BY date DESC, id DESC LIMIT 10"
            ),
            {"id": book.workspace_id},
        )
    )
    session.rollback()
    assert "ix_transactions_list" in plan
    assert "Sort" not in plan
