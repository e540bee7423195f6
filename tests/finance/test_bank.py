"""Banks' messages pasted become records once, with a way back; refusals first."""

import logging
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from koshelok.core.clock import now, today
from koshelok.finance.bank import Message, read
from koshelok.finance.models import BankMessage, Category, Transaction
from koshelok.finance.operations.bank import Entry, save_messages
from koshelok.finance.queries import find_category_by_code, list_changes
from koshelok.finance.verification import verify
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Api, Page, Person
from tests.finance.test_concurrency import _together as together

MAX_QUERIES = 10
HUMO = "HUMOCARD *6659: {} UZS; {}; 26-03-{:02} 12:30; Dostupno: {} UZS"


def _humo(*moves: tuple[int, str], left: int = 1_000_000) -> str:
    """Messages of one card that follow from each other, a day each."""
    lines = []
    for day, (amount, payee) in enumerate(moves, 1):
        left += amount
        verb = "popolnenie" if amount > 0 else "oplata"
        lines.append(HUMO.format(f"{verb} {abs(amount)}.00", payee, day, f"{left}.00"))
    return "\n".join(lines)


REAL = Path(__file__).with_name("bank_messages.txt").read_text("utf-8")  # twenty, of five cards


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person) -> Page:
    """A browser signed in as `person`."""
    return browse(person)


@pytest.fixture
def count(app: Flask, person: Person) -> Callable[..., int]:
    """How many live records `person` has, of some values."""

    def of(**values: Any) -> int:
        query = select(func.count()).select_from(Transaction).filter_by(
            workspace_id=person.workspace_id, deleted_at=None, **values
        )  # fmt: skip
        with app.app_context():
            return session.scalar(query) or 0

    return of


@pytest.fixture
def category(app: Flask, person: Person) -> Callable[[str], str]:
    """The id of a category of `person` by its code."""

    def find(code: str) -> str:
        query = select(Category.id).filter_by(workspace_id=person.workspace_id, code=code)
        with app.app_context():
            return str(session.scalar(query))

    return find


def _text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("\u202f", " ").replace("\xa0", " ")


def _look(page: Page, pasted: str) -> str:
    answer = page.post("/add/bank", {"text": pasted})
    assert answer.status_code == 200, _text(answer)[-2000:]
    return _text(answer)


def _sent(shown: str) -> dict[str, Any]:
    """What a browser sends of the preview as it stands."""
    form = shown.split('id="messages"')[1].split("</form>")[0]
    (pasted,) = re.findall(r'name="text" value="([^"]*)"', form)
    sent: dict[str, Any] = {
        "text": pasted.replace("&#39;", "'").replace("&gt;", ">").replace("&amp;", "&"),
        "take": re.findall(r'name="take" value="(\d+)"[^>]* checked', form),
    }
    for name, options in re.findall(r'<select[^>]*name="(category-\d+)"(.*?)</select>', form, re.S):
        sent[name] = re.findall(r'value="(\d+)" selected', options)[0]
    return sent | dict(re.findall(r'name="(day-\d+)" value="([^"]*)"', form))


def _save(page: Page, pasted: str, **more: Any) -> TestResponse:
    return page.post("/add/bank/save", _sent(_look(page, pasted)) | more)


def _undo(page: Page, path: str) -> str:
    found = re.search(r'action="(/changes/\d+/undo)"', _text(page.get(path)))
    assert found
    return found.group(1)


class TestRefuses:
    @pytest.mark.parametrize("pasted", ["", "   ", "x" * 100_001, "Salom\n\n" * 501])
    def test_what_is_no_paste(self, mine: Page, pasted: str) -> None:
        answer = mine.post("/add/bank", {"text": pasted})
        assert answer.status_code == 422
        assert 'id="text-error"' in _text(answer)

    @pytest.mark.parametrize("wrong", [
        {"category-0": ""}, {"category-0": "x"}, {"category-0": "9" * 30},
        {"day-1": ""}, {"day-1": "2026-02-30"}, {"day-1": "1969-12-31"}, {"day-1": "🍕"},
        {"day-1": "9999-12-31"}, {"day-1": "0001-01-01"},
    ])  # fmt: skip
    def test_what_is_no_choice(
        self, mine: Page, count: Callable[..., int], wrong: dict[str, str]
    ) -> None:
        pasted = f"{_humo((-500, 'KORZINKA'))}\nSpisanie, karta *1234: 5000 UZS, MAKRO"
        answer = _save(mine, pasted, **wrong)
        assert answer.status_code == 422
        assert "KORZINKA" in _text(answer)
        assert count() == 0

    def test_categories_of_others_and_of_another_type(
        self, mine: Page, count: Callable[..., int], category: Callable[[str], str],
        app: Flask, make_person: Callable[..., Person],
    ) -> None:  # fmt: skip
        stranger = make_person()
        with app.app_context():
            theirs = session.scalar(
                select(Category.id).filter_by(workspace_id=stranger.workspace_id)
            )
        for id_ in (str(theirs), category("SALARY"), "999999"):
            assert _save(mine, _humo((-500, "KORZINKA")), **{"category-0": id_}).status_code == 404
        assert (
            _save(mine, _humo((-500, "K")), **{"category-0": category("SAVINGS")}).status_code
            == 422
        )
        assert count() == 0

    def test_nothing_is_written_by_looking_or_sharing(
        self, mine: Page, count: Callable[..., int], app: Flask
    ) -> None:
        _look(mine, REAL)
        answer = mine.client.post("/add/bank/share", data={"text": REAL, "title": "Humo"})
        assert answer.status_code == 200
        assert 'name="take" value="19"' in _text(answer)
        assert count() == 0
        with app.app_context():
            assert session.scalar(select(func.count()).select_from(BankMessage)) == 0

    def test_saving_needs_a_token(self, mine: Page, count: Callable[..., int]) -> None:
        sent = _sent(_look(mine, REAL))
        for path in ("/add/bank/save", "/add/bank"):
            assert mine.client.post(path, data=sent).status_code == 400
        assert count() == 0

    def test_a_share_by_nobody_signed_in(self, page: Page) -> None:
        answer = page.client.post("/add/bank/share", data={"text": REAL})
        assert (answer.status_code, answer.location) == (303, "/login?next=/add/bank")
        login = _text(page.get(answer.location))
        assert "KORZINKA" not in login
        assert "notice" in login or "toast" in login

    def test_a_share_by_who_may_only_look(
        self, browse: Callable[[Person], Page], api: Api, person: Person,
        make_person: Callable[..., Person],
    ) -> None:  # fmt: skip
        invited = {"contact": "+998907654321", "role": "viewer"}
        viewer = browse(make_person(contact=invited["contact"]))
        assert api.post(f"/workspaces/{person.workspace_id}/members", invited).status_code == 201
        viewer.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
        assert viewer.client.post("/add/bank/share", data={"text": REAL}).status_code == 403

    def test_an_empty_share(self, mine: Page) -> None:
        assert mine.client.post("/add/bank/share").status_code == 303
        assert mine.get("/add/bank/share").status_code == 303


class TestSaves:
    def test_twenty_messages_once(self, mine: Page, count: Callable[..., int], app: Flask) -> None:
        answer = _save(mine, REAL)
        assert (answer.status_code, answer.location) == (303, "/transactions")
        assert count() == 20
        again = _look(mine, REAL)
        assert _sent(again)["take"] == []
        assert again.count("bank-repeat") == 20
        assert "bank-gap" not in again
        mine.post("/add/bank/save", _sent(again))
        mine.post("/add/bank/save", _sent(again) | {"take": [str(n) for n in range(20)]} | {
            f"category-{n}": "1" for n in range(20)})  # fmt: skip
        assert count() == 20
        query = select(func.sum(Transaction.amount)).where(Transaction.type == "income")
        with app.app_context():
            assert session.scalar(query) == 5_250_000

    def test_sending_twice_records_once(self, mine: Page, count: Callable[..., int]) -> None:
        sent = _sent(_look(mine, REAL))
        mine.post("/add/bank/save", sent)
        mine.post("/add/bank/save", sent)
        assert count() == 20

    def test_undo_takes_all_back_and_then_they_are_new_again(
        self, mine: Page, count: Callable[..., int]
    ) -> None:
        _save(mine, REAL)
        undo = _undo(mine, "/transactions")
        mine.post(undo)
        assert count() == 0
        assert len(_sent(_look(mine, REAL))["take"]) == 20
        mine.post(undo.replace("undo", "redo"))
        assert count() == 20
        mine.post(undo)
        _save(mine, REAL)
        assert count() == 20
        assert mine.post(undo.replace("undo", "redo")).status_code in {303, 409}
        assert count() == 20

    def test_a_deleted_record_may_come_again(
        self, mine: Page, count: Callable[..., int], app: Flask
    ) -> None:
        pasted = _humo((-500, "KORZINKA"), (-700, "MAKRO"))
        _save(mine, pasted)
        with app.app_context():
            id_ = session.scalar(select(Transaction.id).filter_by(amount=500))
        mine.post(f"/transactions/{id_}/delete")
        assert len(_sent(_look(mine, pasted))["take"]) == 1
        _save(mine, pasted)
        assert count() == 2

    def test_what_is_not_ticked_stays_out(self, mine: Page, count: Callable[..., int]) -> None:
        _save(mine, _humo((-500, "KORZINKA"), (-700, "MAKRO")), take=["1"])
        assert (count(), count(comment="MAKRO")) == (1, 1)

    def test_messages_without_a_time_get_the_day(
        self, mine: Page, count: Callable[..., int]
    ) -> None:
        _save(mine, "Spisanie, karta *1234: 5000 UZS, KORZINKA")
        assert count(date=today()) == 1
        _save(mine, "Spisanie, karta *1234: 7000 UZS, KORZINKA", **{"day-0": "2026-01-02"})
        assert count(date=date(2026, 1, 2)) == 1

    def test_the_category_is_what_was_chosen_before(
        self, mine: Page, category: Callable[[str], str]
    ) -> None:
        assert _sent(_look(mine, _humo((-500, "KORZINKA"))))["category-0"] == category(
            "MISCELLANEOUS"
        )
        assert _sent(_look(mine, _humo((500, "KORZINKA"))))["category-0"] == category("SALARY")
        _save(mine, _humo((-500, "KORZINKA")), **{"category-0": category("FOOD")})
        shown = _look(mine, _humo((-500, "KORZINKA"), (-900, "KORZINKA CHILONZOR")))
        assert _sent(shown)["category-1"] == category("FOOD")
        assert "Korzinka: 1" in shown

    def test_a_page_of_hundreds_asks_little(self, mine: Page, queries: Any) -> None:
        pasted = _humo(*((-1000 - n, f"DO'KON {n}") for n in range(28)), left=10_000_000)
        pasted = "\n".join(pasted.replace("*6659", f"*66{n:02}") for n in range(10))
        mine.post("/add/bank", {"text": pasted})
        assert len(queries.statements) <= MAX_QUERIES, queries.statements
        sent = _sent(_look(mine, pasted))
        assert len(sent["take"]) == 280
        queries.statements.clear()
        assert mine.post("/add/bank/save", sent).status_code == 303
        assert len(queries.statements) <= 2 * MAX_QUERIES


def test_who_paste_at_once_record_once(app: Flask, person: Person) -> None:
    with app.app_context():
        rest, pay = (
            find_category_by_code(person.workspace_id, code) for code in ("MISCELLANEOUS", "SALARY")
        )
        ids = {"expense": rest.id if rest else 0, "income": pay.id if pay else 0}
    found = [each for each in read(REAL) if isinstance(each, Message)]

    def work(number: int) -> None:
        entries = [Entry(each, ids[each.type], today(), now()) for each in found]
        with unit_of_work():
            save_messages(
                actor_id=person.id, workspace_id=person.workspace_id,
                entries=entries[:: -1 if number % 2 else 1],
            )  # fmt: skip

    assert together(app, work) == []
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Transaction)) == 20
        assert session.scalar(select(func.count()).select_from(BankMessage)) == 20
        assert list_changes(person.workspace_id, limit=9).items[0].count == 20
        assert list(verify()) == []


class TestBalances:
    def test_what_is_missing_is_named(self, mine: Page) -> None:
        first = _humo((-50_000, "KORZINKA"))
        _save(mine, first)
        later = HUMO.format("oplata 20000.00", "MAKRO", 5, "630000.00")
        shown = _look(mine, later).split("bank-gap")[1]
        assert "300 000 so'm" in _english(shown)

    def test_within_a_paste_in_any_order(self, mine: Page) -> None:
        lines = _humo((-50_000, "A1"), (-20_000, "A2"), (70_000, "A3")).split("\n")
        assert "bank-gap" not in _look(mine, "\n".join(reversed(lines)))
        assert "bank-gap" in _look(mine, "\n".join([lines[0], lines[2]]))
        untimed = [re.sub(" 26-03-0. 12:30;", "", line) for line in lines]
        assert "bank-gap" not in _look(mine, "\n".join(untimed))
        assert "bank-gap" not in _look(mine, "\n".join(reversed(untimed)))

    def test_of_another_card_says_nothing(self, mine: Page) -> None:
        other = _humo((-1, "A2"), left=5).replace("6659", "1111")
        assert "bank-gap" not in _look(mine, f"{_humo((-50_000, 'A1'))}\n{other}")


class TestUnread:
    def test_is_kept_until_dismissed_or_recorded(
        self, mine: Page, count: Callable[..., int], category: Callable[[str], str], app: Flask
    ) -> None:
        answer = _save(mine, "Kartangizdan 12 500 so'm yechildi\n\nReklama!\n\nKod: 458712")
        assert (answer.status_code, answer.location) == (303, "/add/bank")
        page = _text(mine.get("/add/bank"))
        for words in ("12 500", "Reklama!", "Kod: ••••"):
            assert words in page
        assert "458712" not in page
        assert count() == 0
        ids = re.findall(r'href="/add/bank/(\d+)"', page)
        assert len(ids) == 3
        form = _text(mine.get(f"/add/bank/{ids[2]}"))
        assert 'value="12 500"' in form
        data = {"amount": "12 500", "category": category("FOOD"), "date": today().isoformat()}
        assert mine.post(f"/add/bank/{ids[2]}", {"amount": "x"}).status_code == 422
        assert mine.post(f"/add/bank/{ids[2]}", data).status_code == 303
        undo = _undo(mine, "/add/bank")
        assert mine.post(f"/add/bank/{ids[2]}", data).status_code == 404
        assert count() == 1
        mine.post(undo)
        assert count() == 0
        assert re.findall(r'href="/add/bank/(\d+)"', _text(mine.get("/add/bank"))) == ids
        mine.post(f"/add/bank/{ids[1]}/dismiss")
        undo = _undo(mine, "/add/bank")
        assert ids[1] not in re.findall(r'href="/add/bank/(\d+)"', _text(mine.get("/add/bank")))
        assert "bank-repeat" in _look(mine, "Reklama!")
        mine.post(undo)
        assert re.findall(r'href="/add/bank/(\d+)"', _text(mine.get("/add/bank"))) == ids

    def test_of_others_is_not_found(
        self, mine: Page, browse: Callable[[Person], Page], make_person: Callable[..., Person]
    ) -> None:
        _save(mine, "Salom")
        (id_,) = re.findall(r'href="/add/bank/(\d+)"', _text(mine.get("/add/bank")))
        theirs = browse(make_person())
        assert theirs.get(f"/add/bank/{id_}").status_code == 404
        assert theirs.post(f"/add/bank/{id_}/dismiss").status_code == 404
        assert "Salom" not in _text(theirs.get("/add/bank"))

    def test_codes_stand_nowhere(
        self, mine: Page, app: Flask, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        secret = "Parolingiz 458712\n\nHech kimga aytmang: 458712"
        pasted = f"{secret}\n\n{_humo((-500, 'KORZINKA'))} Kod: 458712"
        assert "458712" not in _look(mine, pasted)
        assert "458712" not in _text(_save(mine, pasted))
        assert "458712" not in _text(mine.post("/add/bank", {"text": "kod 458712 " * 20_000}))
        assert "458712" not in caplog.text
        with app.app_context():
            for table in ("bank_messages", "transactions", "changes", "category_memory"):
                rows = session.execute(text(f"SELECT row_to_json(t)::text FROM {table} AS t"))  # noqa: S608
                assert all("458712" not in row for row in rows.scalars())


def _english(shown: str) -> str:
    return shown.replace("&#39;", "'")
