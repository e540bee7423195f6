"""The lists of the book: by page as by JSON, names in any spelling, flat and without a slip."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from koshelok.core.clock import today
from koshelok.core.page import BadCursor
from koshelok.debtors import operations, queries
from koshelok.debtors.errors import DebtorNotFound
from koshelok.debtors.queries import DebtFilters, DebtView, lists
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Api, Page, Person, QueryCounter
from tests.debtors.calls import enter, owe, pay

LIST = "/debtors/debts"
NOON = datetime(2026, 11, 20, 7, tzinfo=UTC)


class Book:
    """A workspace's book and what one does there, below the edge."""

    def __init__(self, person: Person) -> None:
        self.whose = {"actor_id": person.id, "workspace_id": person.workspace_id}
        self.workspace_id = person.workspace_id

    def enter(self, full_name: str, number: int = 1) -> int:
        """Somebody into the book."""
        with unit_of_work():
            phone = f"+9989012{number:05}"
            made = operations.create_debtor(**self.whose, full_name=full_name, phone_number=phone)
            return made.id

    def owe(self, debtor: int, amount: str = "10", **more: Any) -> int:
        """A debt."""
        with unit_of_work():
            made = operations.record_debt(
                **self.whose, debtor_id=debtor, amount=Decimal(amount), **more
            )
            return made.id

    def pay(self, debtor: int, amount: str, **more: Any) -> int:
        """A payment."""
        with unit_of_work():
            made = operations.record_payment(
                **self.whose, debtor_id=debtor, amount=Decimal(amount), **more
            )
            return made.id

    def found(self, limit: int = 100, **filters: Any) -> list[int]:
        """Ids of a list of debts, gone through page by page."""
        ids: list[int] = []
        cursor: str | None = None
        while True:
            page = queries.list_debts(
                self.workspace_id, DebtFilters(**filters), limit=limit, cursor=cursor
            )
            ids += [debt.id for debt in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return ids


@pytest.fixture
def book(context: Flask, person: Person) -> Book:
    """The book of `person`."""
    return Book(person)


@pytest.fixture
def other_book(context: Flask, make_person: Callable[..., Person]) -> Book:
    """Somebody else's."""
    return Book(make_person())


def test_refuses_what_is_not_a_filter(book: Book, other_book: Book) -> None:
    theirs = other_book.enter("Ali")
    with pytest.raises(DebtorNotFound):
        book.found(debtor=theirs)
    with pytest.raises(DebtorNotFound):
        book.found(debtor=theirs, full_name="ali")
    with pytest.raises(DebtorNotFound):
        queries.list_payments(book.workspace_id, debtor=theirs, limit=5)
    workspace = book.workspace_id
    for cursor in ("x", "WzFd", "WzEsMl0", "🍕"):
        for status in (None, "overdue"):
            with pytest.raises(BadCursor):
                queries.list_debts(workspace, DebtFilters(status=status), limit=1, cursor=cursor)
        with pytest.raises(BadCursor):
            queries.list_payments(workspace, limit=1, cursor=cursor)
    with pytest.raises(BadCursor):
        queries.list_people(workspace, limit=1, cursor="WyJhIl0")


@pytest.mark.parametrize(
    ("written", "asked"),
    [("Yoʻldosheva Gulnora", "йўлдош"), ("Yo'ldosheva", "yo’l"), ("Гулнора", "gulnora"),
     ("Щукин", "shukin"), ("Ali Valiyev", "valiy ali"), ("Malika", "lika"), ("Ali 2-uy", "2 uy"),
     ("漢字", "字")],
)  # fmt: skip
def test_finds_debts_of_a_name_however_it_is_written(book: Book, written: str, asked: str) -> None:
    debt = book.owe(book.enter(written))
    book.owe(book.enter("Boshqa Odam", 2))
    assert book.found(full_name=asked) == [debt]


@pytest.mark.parametrize("asked", ["zzz", "!", "'", "\\", "&|!:*()", "'; --", "x" * 100, "ali zzz"])
def test_does_not_find_who_is_not_there(book: Book, asked: str) -> None:
    book.owe(book.enter("Ali"))
    assert book.found(full_name=asked) == []
    assert queries.list_people(book.workspace_id, asked, limit=5).items == []


def test_names_of_another_book_stay_there(book: Book, other_book: Book) -> None:
    other_book.owe(other_book.enter("Sirdosh"))
    assert book.found(full_name="sirdosh") == book.found() == []
    assert queries.list_people(book.workspace_id, "sirdosh", limit=5).items == []


def test_a_day_is_cut_in_the_zone(book: Book) -> None:
    ali = book.enter("Ali")
    at = {
        "before": datetime(2026, 11, 19, 18, 59, 59, tzinfo=UTC),  # 23:59:59 in Tashkent
        "first": datetime(2026, 11, 19, 19, tzinfo=UTC),
        "last": datetime(2026, 11, 20, 18, 59, 59, tzinfo=UTC),
        "after": datetime(2026, 11, 20, 19, tzinfo=UTC),
    }
    debts = {name: book.owe(ali, at=moment) for name, moment in at.items()}
    assert book.found(created_at=NOON.date()) == [debts["last"], debts["first"]]
    assert book.found(created_at=NOON.date(), full_name="ali") == [debts["last"], debts["first"]]
    page = queries.list_debts(
        book.workspace_id, DebtFilters(created_at=NOON.date()), limit=9, zone="UTC"
    )
    assert [debt.id for debt in page.items] == [debts["after"], debts["last"]]
    payments = {name: book.pay(ali, "1", at=moment) for name, moment in at.items()}
    found = queries.list_payments(book.workspace_id, created_at=NOON.date(), limit=9).items
    assert [payment.id for payment in found] == [payments["last"], payments["first"]]


class TestBothSteps:
    """The rare, far beyond the newest SCAN debts, is found just as the common."""

    @pytest.fixture(autouse=True)
    def _scan_little(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lists, "SCAN", 3)

    @pytest.fixture
    def full(self, book: Book) -> Book:
        """Twelve people, two of whom share a name, who came in turns."""
        names = ["Anor Bir", "Anor Ikki", *(f"Mijoz {n}" for n in range(10))]
        people = [book.enter(name, number) for number, name in enumerate(names)]
        for turn in range(60):
            book.owe(
                people[turn % 12 if turn < 36 else 2 + turn % 10],
                at=NOON + timedelta(minutes=turn // 2),
                due_date=NOON.date() - timedelta(days=turn % 7) if turn % 2 else None,
            )
        for person in people[::2]:
            book.pay(person, "15")
        return book

    @given(data=st.data())
    @settings(
        max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_every_list_is_what_a_plain_reading_finds(self, full: Book, data: Any) -> None:
        everything = queries.list_debts(full.workspace_id, DebtFilters(), limit=100).items
        debtors = sorted({debt.debtor for debt in everything})
        asked = {
            "full_name": data.draw(st.sampled_from([None, "anor", "MIJOZ", "ikki", "bir", "9012"])),
            "status": data.draw(
                st.sampled_from([None, "pending", "partially_paid", "paid", "voided", "overdue"])
            ),
            "debtor": data.draw(st.sampled_from([None, None, *debtors])),
            "created_at": data.draw(
                st.sampled_from([None, None, NOON.date(), NOON.date() + timedelta(1)])
            ),
        }
        limit = data.draw(st.sampled_from([1, 2, 5, 100]))
        assert full.found(limit, **asked) == _plainly(everything, **asked)


def _plainly(everything: Any, **asked: Any) -> list[int]:
    """What the list must be, from all debts, by the plainest means."""
    name, status, overdue = asked["full_name"], asked["status"], asked["status"] == "overdue"

    def wanted(debt: DebtView) -> bool:
        late = debt.remaining > 0 and debt.due_date is not None and debt.due_date < today()
        return (
            (name is None or name.lower() in debt.full_name.lower() or name in debt.phone_number)
            and (status is None or (late if overdue else debt.status == status))
            and asked["debtor"] in {None, debt.debtor}
            and (asked["created_at"] is None or asked["created_at"] == debt.created_at.date())
        )

    found = [debt for debt in everything if wanted(debt)]
    if overdue:
        found.sort(key=lambda debt: (str(debt.due_date), debt.id))
    return [debt.id for debt in found]


def test_rows_that_arrive_between_two_pages_shift_nothing(book: Book) -> None:
    ali = book.enter("Ali")
    old = [book.owe(ali) for _ in range(4)]
    first = queries.list_debts(book.workspace_id, DebtFilters(), limit=2)
    book.owe(ali)
    rest = queries.list_debts(
        book.workspace_id, DebtFilters(), limit=2, cursor=first.next_cursor
    ).items
    assert [debt.id for debt in [*first.items, *rest]] == old[::-1]


@pytest.mark.parametrize(
    "filters",
    [{}, {"status": "paid"}, {"status": "voided"}, {"status": "overdue"}, {"created_at": today()},
     {"full_name": "ali"}, {"full_name": "zzz"}, {"full_name": "zzz", "status": "pending"},
     {"full_name": "vali"}, {"debtor": 1}, {"debtor": 1, "status": "voided"}],
    ids=str,
)  # fmt: skip
def test_no_list_reads_a_whole_book(book: Book, filters: dict[str, Any]) -> None:
    ali, vali = book.enter("Ali"), book.enter("Vali Toshmatov", 2)
    rows = {"workspace": book.workspace_id, "ali": ali, "vali": vali}
    session.execute(text("SET session_replication_role = replica"))
    session.execute(BIG, rows)
    session.execute(text("SET session_replication_role = origin"))
    session.execute(text("ANALYZE debts"))
    before = session.scalar(ROWS_READ)
    wanted = DebtFilters(**filters | ({"debtor": ali} if "debtor" in filters else {}))
    queries.list_debts(book.workspace_id, wanted, limit=20)
    assert session.scalar(ROWS_READ) - before < 2 * lists.SCAN


# Ten thousand debts of one person, the newest; behind them ten of another.
BIG = text("""
    INSERT INTO debts (workspace_id, debtor_id, amount, remaining, description, created_at)
    SELECT :workspace, CASE WHEN n > 10000 THEN :vali ELSE :ali END, 5,
           CASE WHEN n % 10 = 0 THEN 5 ELSE 0 END, '', now() - n * interval '1 minute'
    FROM generate_series(1, 10010) n
""")
ROWS_READ = text("""
    SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'debts'
""")


class TestThePage:
    """/debtors/debts."""

    @pytest.mark.parametrize(
        "query", ["created_at=kecha", "cursor=x", "full_name=" + "x" * 101], ids=lambda q: q[:12]
    )
    def test_says_what_is_wrong_with_an_address(
        self, browse: Callable[[Person], Page], person: Person, query: str
    ) -> None:
        assert browse(person).get(f"{LIST}?{query}").status_code == 422

    @pytest.mark.parametrize("debtor", ["x", "0", "-1", "999999", "9" * 30, "٣"])
    def test_nobody_has_no_list(
        self, browse: Callable[[Person], Page], person: Person, debtor: str
    ) -> None:
        assert browse(person).get(f"{LIST}?debtor={debtor}").status_code == 404

    def test_shows_what_the_call_answers(
        self, api: Api, browse: Callable[[Person], Page], person: Person
    ) -> None:
        ali, vali = enter(api, "Ali"), enter(api, "Vali", "+998901112233")
        for debtor, amount in ((ali, "10"), (vali, "20"), (ali, "30"), (vali, "40")):
            owe(api, debtor, amount, due_date=f"{today() - timedelta(days=int(amount))}")
        pay(api, ali, "25")
        pay(api, vali, "20")
        mine = browse(person)
        for query in ("", "status=paid", "status=overdue", f"debtor={ali}", "full_name=vali",
                      f"created_at={today()}", "full_name=zzz",
                      f"full_name=ali&status=partially_paid&created_at={today()}"):  # fmt: skip
            items = api.get(f"/debts?{query}").get_json()["items"]
            html = mine.get(f"{LIST}?{query}").get_data(as_text=True)
            places = [html.find(f'id="debt-{item["id"]}"') for item in items]
            assert places == sorted(places), query
            assert -1 not in places, query
            assert html.count('id="debt-') == len(items), query

    def test_goes_on_page_by_page_with_and_without_a_script(
        self, api: Api, browse: Callable[[Person], Page], person: Person
    ) -> None:
        ali = enter(api)
        for _ in range(51):
            owe(api, ali, 10)
        mine = browse(person)
        html = mine.get(f"{LIST}?full_name=ali").get_data(as_text=True)
        assert html.count('id="debt-') == 50
        more = html.split('class="load-more"')[1].split('href="')[1].split('"')[0]
        more = more.replace("&amp;", "&")
        assert "full_name=ali" in more
        rest = mine.get(more).get_data(as_text=True)
        rows = mine.htmx("GET", more).get_data(as_text=True)
        assert rest.count('id="debt-') == rows.count('id="debt-') == 1
        assert "<html" in rest
        assert "<html" not in rows

    def test_asks_little_and_no_more_for_many(
        self, api: Api, browse: Callable[[Person], Page], person: Person, queries: QueryCounter
    ) -> None:
        mine, counts = browse(person), []
        for number in range(1, 8, 3):
            owe(api, enter(api, "Ali", f"+99890123456{number}"), 10)
            pay(api, enter(api, "Vali", f"+99890123457{number}"), 5)
            queries.statements.clear()
            assert mine.get(LIST).status_code == 200
            counts.append(len(queries.statements))
        assert len(set(counts)) == 1
        assert counts[0] <= 10

    def test_who_was_put_away_has_debts_and_no_page(
        self, api: Api, browse: Callable[[Person], Page], person: Person
    ) -> None:
        ali = enter(api)
        owe(api, ali, 10)
        mine = browse(person)
        assert f'href="/debtors/{ali}"' in mine.get(LIST).get_data(as_text=True)
        pay(api, ali, "10")
        assert api.delete(f"/debtors/{ali}").status_code == 204
        html = mine.get(LIST).get_data(as_text=True)
        assert "Ali Valiyev" in html
        assert f'href="/debtors/{ali}"' not in html
