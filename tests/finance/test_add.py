"""/add below its scripts: sent twice, guessed, divided, and weighed as a browser loads it."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from koshelok.core.clock import today
from koshelok.finance.models import Category
from koshelok.finance.operations import remove_category
from koshelok.finance.queries import count_receipts
from koshelok.finance.views.common import category_icon
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Api, Page, Person
from tests.web.test_assets import DIST, manifest, weight

QUERIES = 4
BUDGET = 60_000
built = pytest.mark.skipif(not DIST.exists(), reason="assets are not built")
JSON = {"Accept": "application/json"}


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person) -> Page:
    """A browser signed in as `person`."""
    return browse(person)


@pytest.fixture
def ids(app: Flask, person: Person) -> dict[str, int]:
    """The categories of `person` by their codes."""
    query = select(Category.code, Category.id).filter_by(workspace_id=person.workspace_id)
    with app.app_context():
        return {str(code): id_ for code, id_ in session.execute(query)}


@pytest.fixture
def send(mine: Page) -> Callable[..., TestResponse]:
    """Send a record as the page's script does."""
    mine.get("/add")

    def send_(**fields: Any) -> TestResponse:
        return mine.post("/add", {"date": today().isoformat()} | fields, headers=JSON)

    return send_


def recorded(api: Api) -> list[tuple[str, str, str]]:
    """The records, the oldest first."""
    items = api.get("/finance/transactions").get_json()["items"]
    return [(one["amount"], one["category_name"], one["comment"]) for one in reversed(items)]


def parts(*rows: tuple[object, str]) -> dict[str, Any]:
    """Fields of a split."""
    return {
        "split": "1",
        "part_category": [str(category) for category, _ in rows],
        "part_amount": [amount for _, amount in rows],
    }


class TestSentTwice:
    def test_a_name_that_is_none_is_refused(
        self, send: Callable[..., TestResponse], api: Api, ids: dict[str, int]
    ) -> None:
        answer = send(amount="5", category=ids["FOOD"], client_id="x")
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["client_id"])
        assert recorded(api) == []

    def test_is_one_record_and_the_same_answer(
        self, send: Callable[..., TestResponse], api: Api, ids: dict[str, int]
    ) -> None:
        fields = {"amount": "25k", "category": ids["FOOD"], "client_id": uuid4()}
        first, second = send(**fields), send(**fields)
        assert first.status_code == second.status_code == 201
        assert first.get_json() == second.get_json()
        assert [amount for amount, *_ in recorded(api)] == ["25000.00"]

    def test_by_four_at_once_is_one_record(
        self, app: Flask, browse: Callable[[Person], Page], person: Person, api: Api,
        ids: dict[str, int],
    ) -> None:  # fmt: skip
        fields = {
            "amount": "25k", "category": ids["FOOD"], "client_id": uuid4(),
            "date": today().isoformat(),
        }  # fmt: skip
        pages = [browse(person) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda page: page.post("/add", fields, headers=JSON), pages))
        assert {answer.status_code for answer in answers} == {201}
        assert len(recorded(api)) == 1

    def test_another_workspaces_name_is_not_taken(
        self, send: Callable[..., TestResponse], ids: dict[str, int], browse: Callable[..., Page],
        make_person: Callable[..., Person], call: Callable[[Person], Api],
    ) -> None:  # fmt: skip
        key, other = uuid4(), make_person()
        send(amount="5", category=ids["FOOD"], client_id=key)
        theirs = call(other).get("/finance/categories").get_json()["items"][0]["id"]
        page = browse(other)
        fields = {"amount": "7", "category": theirs, "client_id": key, "date": today().isoformat()}
        assert page.post("/add", fields, headers=JSON).status_code == 201
        assert page.post(f"/add/{key}/undo", headers=JSON).status_code == 200
        assert page.post(f"/add/{uuid4()}/undo", headers=JSON).status_code == 404

    def test_an_undo_that_is_sent_again_does_nothing_more(
        self, mine: Page, send: Callable[..., TestResponse], api: Api, ids: dict[str, int]
    ) -> None:
        undo = send(amount="5", category=ids["FOOD"], client_id=uuid4()).get_json()["undo_url"]
        first = mine.post(undo, headers=JSON).get_json()
        again = mine.post(undo, headers=JSON)
        assert (again.status_code, again.get_json()["undo_url"]) == (200, None)
        assert recorded(api) == []
        assert mine.post(first["undo_url"], headers=JSON).status_code == 200
        assert len(recorded(api)) == 1

    def test_a_record_taken_back_does_not_return_by_a_replay(
        self, mine: Page, send: Callable[..., TestResponse], api: Api, ids: dict[str, int]
    ) -> None:
        fields = {"amount": "5", "category": ids["FOOD"], "client_id": uuid4()}
        mine.post(send(**fields).get_json()["undo_url"], headers=JSON)
        assert send(**fields).status_code == 201
        assert recorded(api) == []


class TestGuess:
    def test_of_nothing_known_is_none(self, mine: Page, send: Callable[..., TestResponse]) -> None:
        assert mine.get("/add/guess?note=Korzinka").get_json() == {}
        assert mine.get("/add/guess").get_json() == {}
        answer = send(amount="5", comment="Korzinka")
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["category"])

    def test_is_what_was_chosen_before_and_says_so(
        self, mine: Page, send: Callable[..., TestResponse], ids: dict[str, int], api: Api
    ) -> None:
        for _ in range(3):
            send(amount="5", comment="Korzinka", category=ids["DATA"])
        found = mine.get("/add/guess?note=KORZINKA+Chilonzor").get_json()
        assert found["category"] == ids["DATA"]
        assert found["words"].startswith("Korzinka: ")
        assert "3" in found["words"]
        answer = send(amount="6", comment="Korzinka, non")
        assert found["words"] in answer.get_json()["message"]
        assert {name for _, name, _ in recorded(api)} == {recorded(api)[0][1]}

    def test_shows_in_the_form_that_something_else_is_wrong_with(
        self, mine: Page, send: Callable[..., TestResponse], ids: dict[str, int]
    ) -> None:
        send(amount="5", comment="Taksi", category=ids["TRANSPORT"])
        again = mine.post("/add", {"comment": "taksi", "date": today().isoformat()})
        chosen = re.findall(r'name="category" value="(\d+)" checked', again.get_data(as_text=True))
        assert (again.status_code, chosen) == (422, [str(ids["TRANSPORT"])])

    def test_is_not_a_category_put_away_nor_of_another(
        self, app: Flask, mine: Page, send: Callable[..., TestResponse], ids: dict[str, int],
        person: Person, browse: Callable[[Person], Page], make_person: Callable[..., Person],
    ) -> None:  # fmt: skip
        send(amount="5", comment="Taksi", category=ids["TRANSPORT"])
        assert browse(make_person()).get("/add/guess?note=taksi").get_json() == {}
        with app.app_context(), unit_of_work():
            remove_category(actor_id=person.id, workspace_id=person.workspace_id,
                            category_id=ids["TRANSPORT"])  # fmt: skip
        assert mine.get("/add/guess?note=taksi").get_json() == {}


class TestSplit:
    @pytest.mark.parametrize("amounts", [["10", "20"], ["100", ""], ["60", "x"], ["", ""],
                                         ["-5", ""], ["100"], ["90", "10", "0"], []])  # fmt: skip
    def test_parts_that_are_not_the_whole_are_refused(
        self, send: Callable[..., TestResponse], api: Api, ids: dict[str, int], amounts: list[str]
    ) -> None:
        rows = [(ids["FOOD"], amount) for amount in amounts]
        answer = send(amount="100", **parts(*rows))
        assert answer.status_code == 422, answer.get_json()
        assert set(answer.get_json()["errors"]) <= {"parts", "amount"}
        assert recorded(api) == []

    def test_a_part_has_a_category_of_ones_own_and_of_one_type(
        self, send: Callable[..., TestResponse], api: Api, ids: dict[str, int],
        call: Callable[[Person], Api], make_person: Callable[..., Person],
    ) -> None:  # fmt: skip
        other = call(make_person()).get("/finance/categories").get_json()["items"][0]["id"]
        for category, status in [(other, 404), ("", 422), ("9" * 25, 422), (ids["SALARY"], 422)]:
            answer = send(amount="100", **parts((ids["FOOD"], "60"), (category, "40")))
            assert answer.status_code == status
        assert recorded(api) == []

    def test_is_recorded_once_whole_and_taken_back_whole(
        self, mine: Page, send: Callable[..., TestResponse], api: Api, ids: dict[str, int]
    ) -> None:
        fields = {
            "amount": "100 000", "comment": "Bozor", "client_id": uuid4(),
            **parts((ids["FOOD"], "60k"), (ids["DATA"], "15 000.50"), (ids["TRANSPORT"], ""),
                    ("", "")),
        }  # fmt: skip
        first, second = send(**fields), send(**fields)
        assert first.get_json() == second.get_json()
        made = recorded(api)
        assert [amount for amount, *_ in made] == ["60000.00", "15000.50", "24999.50"]
        assert {comment for *_, comment in made} == {"Bozor"}
        back = mine.post(first.get_json()["undo_url"], headers=JSON).get_json()
        assert recorded(api) == []
        assert send(**fields).get_json()["ids"] == first.get_json()["ids"][:1]
        assert recorded(api) == []
        mine.post(back["undo_url"], headers=JSON)
        assert recorded(api) == made

    def test_without_a_script_the_form_changes_its_shape(
        self, mine: Page, ids: dict[str, int]
    ) -> None:
        typed = {"amount": "25k", "comment": "Bozor", "date": today().isoformat()}
        shown = mine.post("/add", typed | {"do": "split"}).get_data(as_text=True)
        assert shown.count('name="part_amount"') == 3  # with the one that a script copies
        assert 'value="25k"' in shown
        more = typed | parts((ids["FOOD"], "10k"), ("", "")) | {"do": "more"}
        shown = mine.post("/add", more).get_data(as_text=True)
        assert shown.count('name="part_amount"') == 4
        assert 'value="10k"' in shown
        shown = mine.post("/add", more | {"do": "whole"}).get_data(as_text=True)
        assert 'name="category"' in shown
        wrong = mine.post("/add", typed | parts((ids["FOOD"], "10k"), (ids["DATA"], "x")))
        assert wrong.status_code == 422
        assert 'id="parts-error"' in wrong.get_data(as_text=True)
        assert 'value="x"' in wrong.get_data(as_text=True)


class TestReceipt:
    def send(self, mine: Page, category: int, key: object, data: bytes) -> TestResponse:
        """As a browser sends a form with a file."""
        fields = {"amount": "5", "category": category, "client_id": key, "date": today()}
        typed = {name: str(value) for name, value in fields.items()}
        return mine.post("/add", typed | {"receipts": (BytesIO(data), "chek.pdf")})

    def test_that_is_none_is_refused_with_its_record(
        self, mine: Page, api: Api, ids: dict[str, int]
    ) -> None:
        answer = self.send(mine, ids["FOOD"], uuid4(), b"MZ")
        assert answer.status_code == 422
        assert 'id="receipts-error"' in answer.text
        assert recorded(api) == []

    def test_comes_with_its_record_once(
        self, app: Flask, mine: Page, person: Person, api: Api, ids: dict[str, int]
    ) -> None:
        key = uuid4()
        for _ in range(2):
            assert self.send(mine, ids["FOOD"], key, b"%PDF-1.7 %%EOF").status_code == 303
        (made,) = api.get("/finance/transactions").get_json()["items"]
        with app.app_context():
            assert count_receipts(person.workspace_id, [made["id"]]) == {made["id"]: 1}


class TestSplitOfARecord:
    def test_is_refused_for_anothers_and_for_parts_that_differ(
        self, mine: Page, send: Callable[..., TestResponse], api: Api, ids: dict[str, int],
        browse: Callable[[Person], Page], make_person: Callable[..., Person],
    ) -> None:  # fmt: skip
        (id_,) = send(amount="100", category=ids["FOOD"]).get_json()["ids"]
        other = browse(make_person())
        assert other.get(f"/transactions/{id_}/split").status_code == 404
        rows = parts((ids["FOOD"], "60"), (ids["DATA"], "50"))
        assert other.post(f"/transactions/{id_}/split", rows).status_code == 404
        answer = mine.post(f"/transactions/{id_}/split", rows)
        assert answer.status_code == 422
        assert 'id="parts-error"' in answer.get_data(as_text=True)
        assert len(recorded(api)) == 1

    def test_divides_it_and_undo_makes_it_one(
        self, mine: Page, send: Callable[..., TestResponse], api: Api, ids: dict[str, int]
    ) -> None:
        (id_,) = send(amount="100", category=ids["FOOD"], comment="Bozor").get_json()["ids"]
        before = recorded(api)
        assert f"/transactions/{id_}/split" in mine.get(f"/transactions/{id_}/edit").text
        page = mine.get(f"/transactions/{id_}/split").text
        assert f'value="{ids["FOOD"]}" selected' in page
        rows = parts((ids["FOOD"], "60"), (ids["DATA"], ""))
        assert mine.post(f"/transactions/{id_}/split", rows).status_code == 303
        assert sorted(amount for amount, *_ in recorded(api)) == ["40.00", "60.00"]
        undo = re.search(r'action="(/changes/\d+/undo)"', mine.get("/transactions").text)
        assert undo
        mine.post(undo[1])
        assert recorded(api) == before


def test_takes_few_queries(
    mine: Page, send: Callable[..., TestResponse], ids: dict[str, int], queries: Any
) -> None:
    send(amount="5", comment="Taksi", category=ids["TRANSPORT"])
    fields = {"amount": "5", "date": today().isoformat(), "client_id": uuid4()}
    asked: list[Callable[[], TestResponse]] = [
        lambda: mine.get("/add"),
        lambda: mine.get("/add/guess?note=taksi"),
        lambda: send(**fields, category=ids["FOOD"], comment="Non"),
        lambda: send(**fields, category=ids["FOOD"], comment="Non"),
        lambda: send(amount="7", comment="taksi"),
    ]
    for ask in asked:
        queries.statements.clear()
        assert ask().status_code < 300
        assert len(queries.statements) <= QUERIES, queries.statements


def test_what_is_kept_for_no_connection_is_nobodys(mine: Page, page: Page) -> None:
    kept = page.get("/add/offline")
    assert kept.status_code == 200
    assert kept.text == mine.get("/add/offline").text.replace(" checked", "")
    assert 'name="account"' not in kept.text
    assert 'name="category" value' not in kept.text


@built
def test_its_icons_are_all_in_its_own_sprite(
    mine: Page, send: Callable[..., TestResponse], ids: dict[str, int]
) -> None:
    (id_,) = send(amount="5", category=ids["FOOD"]).get_json()["ids"]
    pages = ["/add", "/add/offline", f"/transactions/{id_}/split"]
    texts = [mine.get(path).text for path in pages] + [mine.post("/add", {"do": "split"}).text]
    names = {name for text in texts for name in re.findall(r'\.svg#([a-z0-9-]+)"', text)}
    codes = [*ids, "TRANSFER_IN", "TRANSFER_OUT", None]
    names |= {category_icon(code, type_) for code in codes for type_ in ("income", "expense")}
    sprite = (DIST / manifest()["add.svg"]).read_text()
    assert names <= set(re.findall(r'<symbol id="([^"]+)"', sprite))
    assert not any("icons." in text for text in texts)


@built
@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_weighs_little(mine: Page, language: str) -> None:
    """The document, and what it names, as they travel; each alphabet that its words need."""
    mine.get("/add")
    assert mine.post("/language", {"language": language}).status_code == 303
    answer = mine.client.get("/add", headers={"Accept-Encoding": "br, gzip"})
    assert answer.content_encoding in {"br", "gzip"}
    text = mine.get("/add").text
    named = set(re.findall(r'(?:href|src)="/static/dist/([^"#]+)', text))
    known = {hashed: name for name, hashed in manifest().items()}
    fonts = {"inter-cyrillic.woff2"} if re.search("[а-яё]", text, re.IGNORECASE) else set()
    loaded = {known[one] for one in named} - {"icon-maskable.png"}  # for a home screen alone
    assert {"add.js", "app.css", "add.svg", "inter-latin.woff2"} <= loaded
    assert not loaded & {"app.js", "shared.js", "charts.js", "icons.svg"}
    total = len(answer.data) + sum(weight(manifest()[name]) for name in loaded | fonts)
    print(language, total, len(answer.data), {n: weight(manifest()[n]) for n in loaded | fonts})
    assert total <= BUDGET, (total, len(answer.data), loaded)
