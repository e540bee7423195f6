"""/debtors: finding a person, what the sheet sends, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from koshelok.core.clock import now, today
from koshelok.core.errors import DomainError
from koshelok.debtors import operations, queries
from koshelok.debtors.outlook import look_ahead
from tests.conftest import Api, Page, Person, QueryCounter
from tests.debtors.books import Shop, open_shop

JSON = {"Accept": "application/json"}
Browse = Callable[[Person], Page]


class Till:
    """The counter of somebody's book: a browser before it and the book behind it."""

    def __init__(self, app: Flask, page: Page, person: Person) -> None:
        self.app, self.page, self.shop = app, page, open_shop(person)

    def do(self, act: Callable[[Shop], Any]) -> Any:
        """Do or ask something behind the counter."""
        with self.app.app_context():
            return act(self.shop)

    def person(self, name: str = "Anvar Karimov", **more: Any) -> int:
        """Somebody in the book."""
        made: int = self.do(lambda shop: shop.person(name, **more))
        return made

    def post(self, kind: str, json: bool = True, **fields: Any) -> TestResponse:
        """Send the sheet, as the outbox does or as a plain form."""
        body = {"kind": kind, "client_id": str(uuid4()), **fields}
        return self.page.post("/debtors/entries", body, headers=JSON if json else {})

    def write(self, kind: str, debtor: int, amount: str, **fields: Any) -> dict[str, Any]:
        """Write something down that is not refused."""
        answer = self.post(kind, debtor=debtor, amount=amount, **fields)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.get_json()
        return body

    def undo(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Take back what was just written."""
        body: dict[str, Any] = self.page.post(answer["undo_url"], headers=JSON).get_json()
        return body

    def left(self, debtor: int) -> list[str]:
        """What is open of each debt."""
        found: list[str] = self.do(lambda shop: shop.left(debtor))
        return found


@pytest.fixture
def till(app: Flask, person: Person, browse: Browse) -> Till:
    """The counter of `person`."""
    return Till(app, browse(person), person)


def _code(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.get_json()["code"]


def _sums(answer: dict[str, Any]) -> tuple[str, str]:
    return answer["person"]["debt"], answer["person"]["credit"]


class TestRefuses:
    @pytest.mark.parametrize(
        ("kind", "fields", "field"),
        [
            ("gift", {}, "kind"),
            ("debt", {"amount": "5", "client_id": ""}, "client_id"),
            ("debt", {"amount": "5", "client_id": "x"}, "client_id"),
            ("debt", {}, "amount"),
            ("payment", {"amount": "many"}, "amount"),
            ("payment", {"amount": "0"}, "amount"),
            ("payment", {"amount": "1,0055"}, "amount"),
            ("debt", {"amount": "5", "description": "x" * 501}, "description"),
            ("debt", {"amount": "5", "due_date": "tomorrow"}, "due_date"),
            ("debt", {"amount": "5", "due_on": "1969-12-31"}, "due_date"),
            ("payment", {"amount": "5", "method": "gold"}, "method"),
            ("payment", {"amount": "5", "first": "x"}, "first"),
            ("payment", {"amount": "5", "first": str(2**63)}, "first"),
            ("payment", {"amount": "5", "at": "yesterday"}, "at"),
            ("debt", {"amount": "5", "debtor": "-1"}, "debtor"),
        ],
    )
    def test_what_is_not_filled_in_right(
        self, till: Till, kind: str, fields: dict[str, Any], field: str
    ) -> None:
        asked: dict[str, Any] = {"debtor": till.person(), **fields}
        answer = till.post(kind, **asked)
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == [field]

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"full_name": " ", "phone_number": "901234567"}, "full_name"),
            ({"full_name": "Anvar", "phone_number": ""}, "phone_number"),
            ({"full_name": "Anvar", "phone_number": "12"}, "phone_number"),
            ({"full_name": "A" * 121, "phone_number": "901234567"}, "full_name"),
        ],
    )
    def test_somebody_new_without_a_name_or_a_number(
        self, till: Till, fields: dict[str, Any], field: str
    ) -> None:
        for kind in ("person", "debt", "payment"):
            answer = till.post(kind, amount="5", **fields)
            assert answer.status_code == 422
            assert list(answer.get_json()["errors"]) == [field]
        assert till.do(lambda s: queries.find_people(s.workspace_id).recent) == []

    def test_a_number_that_somebody_has(self, till: Till) -> None:
        debtor = till.person(phone_number="+998901234567")
        new: dict[str, Any] = {"full_name": "Bobur", "phone_number": "90 123-45-67"}
        new["amount"] = "5 000"
        answer = till.post("debt", **new)
        assert _code(answer) == (409, "phone_taken")
        assert answer.get_json()["debtor"] == debtor
        page = till.post("debt", json=False, **new)
        assert page.status_code == 409
        assert f"/debtors?person={debtor}&amp;amount=5000.00" in page.text
        for kept in ('value="Bobur"', 'value="90 123-45-67"', 'value="5 000"'):
            assert kept in page.text

    def test_the_limit_unless_an_owner_lets_it(self, till: Till) -> None:
        debtor = till.person(credit_limit=Decimal(100000))
        till.write("debt", debtor, "60k")
        refused = till.post("debt", debtor=debtor, amount="40 000.01")
        assert _code(refused) == (409, "credit_limit_exceeded")
        page = till.post("debt", json=False, debtor=debtor, amount="50k", description="Un")
        assert page.status_code == 409
        assert 'name="override"' in page.text
        assert 'value="Un"' in page.text
        till.write("debt", debtor, "50k", override="1")
        assert till.left(debtor) == ["60000.00", "50000.00"]

    def test_a_cashier_may_not_pass_the_limit(
        self, app: Flask, till: Till, api: Api, person: Person, browse: Browse,
        make_person: Callable[..., Person],
    ) -> None:  # fmt: skip
        debtor = till.person(credit_limit=Decimal(100))
        cashier = self._join(api, person, browse, make_person, "editor")
        body = {"kind": "debt", "client_id": str(uuid4()), "debtor": debtor, "amount": "101"}
        answer = cashier.post("/debtors/entries", body | {"override": "1"}, headers=JSON)
        assert _code(answer) == (403, "forbidden")
        text = cashier.get(f"/debtors?person={debtor}&amount=101").text
        assert 'name="override"' not in text
        assert 'value="debt"' in text

    def test_a_viewer_looks_only(
        self, till: Till, api: Api, person: Person, browse: Browse,
        make_person: Callable[..., Person],
    ) -> None:  # fmt: skip
        debtor = till.person()
        written = till.write("debt", debtor, "5000")
        viewer = self._join(api, person, browse, make_person, "viewer")
        text = viewer.get(f"/debtors?person={debtor}").text
        assert "Anvar Karimov" in text
        for hidden in ('value="debt"', "data-pad", "data-person-new", 'name="amount"'):
            assert hidden not in text
        body = {"kind": "debt", "client_id": str(uuid4()), "debtor": debtor, "amount": "5"}
        assert _code(viewer.post("/debtors/entries", body, headers=JSON)) == (403, "forbidden")
        assert viewer.post(written["undo_url"]).status_code == 403

    def _join(
        self, api: Api, person: Person, browse: Browse, make_person: Callable[..., Person],
        role: str,
    ) -> Page:  # fmt: skip
        other = make_person(contact="+998907654321")
        path = f"/workspaces/{person.workspace_id}/members"
        assert api.post(path, {"contact": "+998907654321", "role": role}).status_code == 201
        page = browse(other)
        page.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
        return page

    def test_anothers_people_are_not_there(
        self, app: Flask, till: Till, browse: Browse, make_person: Callable[..., Person]
    ) -> None:
        stranger = make_person()
        theirs = Till(app, browse(stranger), stranger)
        debtor = theirs.person("Begona", client_id=uuid4())
        debt = theirs.write("debt", debtor, "5000")
        assert till.page.get(f"/debtors?person={debtor}").status_code == 404
        assert "Begona" not in till.page.get("/debtors?query=bego").text
        for fields in ({"debtor": debtor}, {"debtor_client": str(uuid4())}, {"debtor": 999999}):
            answer = till.post("debt", amount="5", **fields)
            assert _code(answer) == (404, "debtor_not_found")
        assert till.page.post(debt["undo_url"], headers=JSON).status_code == 404
        own = till.person()
        pinned = till.post("payment", debtor=own, amount="5", first=debt["id"])
        assert _code(pinned) == (404, "debt_not_found")

    def test_a_form_without_a_token_and_a_caller_without_a_session(self, till: Till) -> None:
        answer = till.page.client.post("/debtors/entries", data={"kind": "debt"}, headers=JSON)
        assert _code(answer) == (400, "stale_form")
        till.page.client.delete_cookie("session")
        answer = till.page.client.post("/debtors/entries", data={"kind": "debt"}, headers=JSON)
        assert answer.status_code in {400, 401}
        assert answer.content_type == "application/problem+json"

    def test_one_identifier_is_one_entry(self, till: Till) -> None:
        debtor, key = till.person(), str(uuid4())
        till.write("debt", debtor, "5000", client_id=key)
        other = till.post("debt", debtor=debtor, amount="6000", client_id=key)
        assert _code(other) == (409, "entry_key_reused")


class TestWrites:
    def test_what_must_hold(self, till: Till) -> None:
        debtor = till.person()
        for amount in ("150", "1000", "500", "500"):
            till.write("debt", debtor, amount)
        till.write("payment", debtor, "1700")
        assert _sums(till.write("payment", debtor, "400")) == ("50.00", "0.00")
        assert till.left(debtor) == ["50.00"]
        over = till.write("payment", debtor, "400")
        assert _sums(over) == ("0.00", "350.00")
        assert _sums(till.write("debt", debtor, "100")) == ("0.00", "250.00")
        assert _sums(till.undo(over)) == ("150.00", "0.00")
        assert till.left(debtor) == ["50.00", "100.00"]

    def test_a_plain_form_comes_back_with_undo(self, till: Till) -> None:
        debtor = till.person()
        answer = till.post("debt", json=False, debtor=debtor, amount="25k", description="Un, choy")
        assert (answer.status_code, answer.location) == (303, f"/debtors?person={debtor}")
        text = till.page.get(answer.location).text
        assert "25\u202f000" in text
        assert "Un, choy" in text
        (undo,) = re.findall(r'hx-post="(/debtors/entries/debts/\d+/undo)"', text)
        assert till.page.post(undo).location == f"/debtors?person={debtor}"
        assert till.left(debtor) == []
        gone = till.page.htmx("POST", undo)  # a second time changes nothing
        assert "entry-voided" in gone.headers["HX-Trigger"]

    def test_json_tells_the_outbox_all_it_keeps(self, till: Till) -> None:
        debtor, key = till.person(), str(uuid4())
        body = till.write("debt", debtor, "7 500.50", client_id=key, description="Non")
        assert {name: body[name] for name in ("kind", "client_id")} == {
            "kind": "debt", "client_id": key,
        }  # fmt: skip
        assert body["undo_url"] == f"/debtors/entries/debts/{body['id']}/undo"
        (debt,) = body["person"]["open"]
        assert (debt["id"], debt["remaining"]) == (body["id"], "7500.50")

    @pytest.mark.parametrize("kind", ["debt", "payment", "person"])
    def test_sent_again_it_is_the_same(self, till: Till, kind: str) -> None:
        fields: dict[str, Any] = {
            "client_id": str(uuid4()), "full_name": "Bobur Aliyev",
            "phone_number": "90 777 66 55", "amount": "5000",
        }  # fmt: skip
        first, again = till.post(kind, **fields), till.post(kind, **fields)
        assert (first.status_code, again.status_code) == (201, 200)
        one, two = first.get_json(), again.get_json()
        assert (one["id"], one["person"]["id"]) == (two["id"], two["person"]["id"])
        assert one["person"]["debt"] == two["person"]["debt"]

    def test_a_person_made_offline_is_named_by_the_clients_identifier(self, till: Till) -> None:
        key = str(uuid4())
        new: dict[str, Any] = {"full_name": "Laylo", "phone_number": "901112233"}
        made = till.post("person", client_id=key, **new).get_json()
        assert made["person"]["client_id"] == key
        answer = till.post("debt", debtor_client=key, amount="9k").get_json()
        assert answer["person"]["id"] == made["id"]
        inline = till.post("debt", full_name="Otabek", phone_number="901112244", amount="1k")
        person = UUID(inline.get_json()["person"]["client_id"])
        again = till.post("payment", debtor_client=str(person), amount="1k").get_json()
        assert _sums(again) == ("0.00", "0.00")

    def test_the_day_when_it_is_due(self, till: Till) -> None:
        debtor, day = till.person(), today()
        due = (day + timedelta(days=7)).isoformat()
        till.write("debt", debtor, "5", due_date=due)
        own = (day + timedelta(days=9)).isoformat()
        body = till.write("debt", debtor, "5", due_date=due, due_on=own)
        assert [debt["due"] for debt in body["person"]["open"]] == [due, own]

    def test_when_it_happened_is_kept_in_bounds(self, till: Till) -> None:
        debtor = till.person()
        for at in (
            now() - timedelta(hours=3), now() + timedelta(days=1), now() - timedelta(days=99)
        ):  # fmt: skip
            till.write("debt", debtor, "5", at=at.isoformat())
        long_ago, earlier, present = (
            debt.created_at for debt in till.do(lambda _: queries.list_open_debts(debtor))
        )
        assert timedelta(days=29) < now() - long_ago < timedelta(days=31)
        assert timedelta(hours=2) < now() - earlier < timedelta(hours=4)
        assert timedelta(0) <= now() - present < timedelta(minutes=1)

    def test_a_tapped_debt_is_paid_first(self, till: Till) -> None:
        debtor = till.person()
        ids = [till.write("debt", debtor, amount)["id"] for amount in ("100", "200", "300")]
        till.write("payment", debtor, "250", first=[ids[2]], method="card")
        assert till.left(debtor) == ["100.00", "200.00", "50.00"]
        till.write("payment", debtor, "100", first=ids[1:2])
        assert till.left(debtor) == ["100.00", "100.00", "50.00"]

    def test_somebody_new_without_an_entry_can_be_taken_back(self, till: Till) -> None:
        made = till.post("person", full_name="Xato odam", phone_number="90 100 20 30").get_json()
        assert made["undo_url"].startswith("/debtors/entries/people/")
        assert till.undo(made)["person"] is None
        assert "Xato odam" not in till.page.get("/debtors").text
        debtor = till.person()
        till.write("debt", debtor, "5")
        refused = till.page.post(f"/debtors/entries/people/{debtor}/undo", headers=JSON)
        assert _code(refused) == (409, "debtor_has_open_debts")


class TestLooks:
    def test_ahead_without_scripts(self, till: Till) -> None:
        debtor = till.person()
        first, second = (till.write("debt", debtor, amount)["id"] for amount in ("100k", "50k"))
        text = till.page.get(f"/debtors?person={debtor}&amount=120k").text
        for shown in ("270\u202f000", "30\u202f000"):  # after a debt, after a payment
            assert shown in text
        pinned = till.post(
            "look", json=False, debtor=debtor, amount="120k", first=second, description="Un"
        )
        assert pinned.status_code == 200
        assert "→ 30\u202f000" in pinned.text  # left of the first
        assert f'value="{second}" checked' in pinned.text
        assert 'value="Un"' in pinned.text
        assert till.left(debtor) == ["100000.00", "50000.00"]
        assert f'name="first" value="{first}"' in text

    def test_a_wrong_amount_or_person_in_the_address(self, till: Till) -> None:
        debtor = till.person()
        assert till.page.get(f"/debtors?person={debtor}&amount=x&first=y").status_code == 200
        assert till.page.get("/debtors?person=999999").status_code == 404
        assert till.page.get("/debtors?person=x").status_code == 200

    def test_at_more_debts_than_are_listed(self, till: Till) -> None:
        debtor = till.person()

        def many(shop: Shop) -> None:
            for _ in range(102):
                shop.debt(debtor, "10")

        till.do(many)
        sheet = till.do(lambda s: queries.find_sheet(s.workspace_id, debtor))
        assert (len(sheet.debts), sheet.unlisted) == (100, 20)
        ahead = look_ahead(sheet, Decimal(1015))
        assert [ahead.closed, ahead.rest, ahead.split.credit] == [100, 5, 0]
        assert look_ahead(sheet, Decimal(1030)).split.credit == 10

    def test_at_the_limit(self, till: Till) -> None:
        debtor = till.person(credit_limit=Decimal(1000))
        sheet = till.do(lambda s: queries.find_sheet(s.workspace_id, debtor))
        found = {
            amount: (ahead.near_limit, ahead.over_limit)
            for amount in ("799.99", "800", "1000", "1000.01")
            for ahead in [look_ahead(sheet, Decimal(amount))]
        }
        assert found == {
            "799.99": (False, False), "800": (True, False),
            "1000": (True, False), "1000.01": (True, True),
        }  # fmt: skip

    def test_the_books_own_days_are_taken(self, till: Till) -> None:
        till.do(
            lambda s: s.do(
                operations.edit_book, due_days=14, reminders=False, receipts=False, language="uz"
            )
        )
        text = till.page.get(f"/debtors?person={till.person()}").text
        day = today() + timedelta(days=14)
        assert f'value="{day.isoformat()}" data-days="14" checked' in text
        assert 'data-due-usual="14"' in text


class TestFinds:
    @pytest.fixture
    def people(self, till: Till) -> None:
        """A few, in both alphabets."""
        till.person("Sherzod G‘ofurov", phone_number="+998901234567")
        till.person("Ўткир Раҳмонов", phone_number="+998935556677")
        till.person("Anvar Karimov", phone_number="+998971112233")

    @pytest.mark.usefixtures("people")
    @pytest.mark.parametrize(
        ("words", "name"),
        [
            ("gofur", "Sherzod"), ("ғофур", "Sherzod"), ("zod", "Sherzod"), ("4567", "Sherzod"),
            ("90 123", "Sherzod"), ("o'tkir", "Ўткир"), ("raHm", "Ўткир"), ("555 66", "Ўткир"),
            ("karim anv", "Anvar"), ("+998 97", "Anvar"),
        ],
    )  # fmt: skip
    def test_by_parts_of_a_name_or_a_number(self, till: Till, words: str, name: str) -> None:
        found = till.do(lambda s: queries.find_people(s.workspace_id, words).found)
        assert [person.full_name.split()[0] for person in found] == [name]

    @pytest.mark.usefixtures("people")
    @pytest.mark.parametrize("words", ["nobody", "'", "%", "99999", "\0", "x" * 300, "a & b | !"])
    def test_nothing_for_words_that_nobody_has(self, till: Till, words: str) -> None:
        answer = till.page.htmx("GET", "/debtors", query_string={"query": words})
        assert answer.status_code == 200
        if words.strip("\0"):
            assert 'data-person-id=""' in answer.text  # only the template of a row
            assert 'data-person-id="1' not in answer.text

    def test_what_was_typed_begins_somebody_new(self, till: Till) -> None:
        for typed, name, phone in (
            ("kamola qizi 90 555", "Kamola Qizi", "90 555"),
            ("o'tkir", "O&#39;tkir", ""),
            ("+998 90 123", "", "+998 90 123"),
        ):
            answer = till.page.htmx("GET", "/debtors", query_string={"new": 1, "query": typed})
            assert f'name="full_name" value="{name}"' in answer.text
            assert f'name="phone_number" value="{phone}"' in answer.text
            assert 'data-state="new"' in answer.text

    def test_recent_then_largest(self, till: Till) -> None:
        debtors = [till.person(f"Odam {number:02}") for number in range(12)]
        for number, debtor in enumerate(debtors[:3]):
            till.write("debt", debtor, str(1000 * (number + 1)))
        for debtor in debtors[3:]:
            till.write("debt", debtor, "5")
        people = till.do(lambda s: queries.find_people(s.workspace_id))
        assert [person.id for person in people.recent] == debtors[:3:-1]
        assert [person.id for person in people.largest] == [*debtors[2::-1], debtors[3]]

    def test_few_queries_and_only_what_is_asked(self, till: Till, queries: QueryCounter) -> None:
        debtor = till.person()
        till.write("debt", debtor, "5000")
        for path, partial, most in (
            (f"/debtors?person={debtor}", False, 10), ("/debtors?query=an", True, 4),
            (f"/debtors?person={debtor}", True, 6),
        ):  # fmt: skip
            queries.statements.clear()
            answer = till.page.htmx("GET", path) if partial else till.page.get(path)
            assert answer.status_code == 200
            assert len(queries.statements) <= most, queries.statements
        assert "<html" not in till.page.htmx("GET", "/debtors?query=an").text


def test_the_operation_names_what_it_refuses(context: Flask, person: Person) -> None:
    shop = open_shop(person)
    entry = operations.Entry(
        kind=operations.EntryKind.DEBT, client_id=uuid4(), debtor=999999, amount=Decimal(5)
    )
    refusal: DomainError = shop.refused(operations.write_entry, entry=entry)
    assert refusal.code == "debtor_not_found"
