"""The debtors' book over JSON: refusals first, then what it answers."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.test import TestResponse

from koshelok.core.clock import today
from tests.conftest import Api, Person, QueryCounter
from tests.debtors.calls import PHONE, enter, owe, pay


def _refused(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json", answer.get_data(as_text=True)
    return answer.status_code, answer.get_json()["code"]


def _ids(api: Api, path: str) -> list[int]:
    answer = api.get(path)
    assert answer.status_code == 200, answer.get_json()
    return [item["id"] for item in answer.get_json()["items"]]


@pytest.fixture
def ali(api: Api) -> int:
    """Somebody in the book."""
    return enter(api)


@pytest.fixture
def stranger(call: Callable[[Person], Api], make_person: Callable[..., Person]) -> Api:
    """A client with a book of its own."""
    return call(make_person())


@pytest.fixture
def as_role(
    api: Api, person: Person, call: Callable[[Person], Api], make_person: Callable[..., Person]
) -> Callable[[str], Api]:
    """A client of somebody with a role in `person`'s workspace."""

    def make(role: str) -> Api:
        contact = f"{role}@example.uz"
        client = call(make_person(contact=contact))
        workspace = f"/workspaces/{person.workspace_id}/members"
        assert api.post(workspace, {"contact": contact, "role": role}).status_code == 201
        client.headers["X-Workspace"] = str(person.workspace_id)
        return client

    return make


class TestDebtors:
    @pytest.mark.parametrize(
        ("field", "value"),
        [("full_name", ""), ("full_name", "  "), ("full_name", "x" * 121), ("full_name", None),
         ("phone_number", ""), ("phone_number", "12"), ("phone_number", "so'm"),
         ("phone_number", "+99890123456789012"), ("phone_number", 998901234567),
         ("note", "x" * 1001), ("credit_limit", "0"), ("credit_limit", "-1"),
         ("credit_limit", "1.001"), ("credit_limit", "1e5"), ("x", 1)],
    )  # fmt: skip
    def test_refuses_what_is_not_valid(self, api: Api, field: str, value: object) -> None:
        body = {"full_name": "Ali", "phone_number": PHONE} | {field: value}
        answer = api.post("/debtors", body)
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == [field]

    def test_refuses_a_phone_twice_however_it_is_written(self, api: Api, ali: int) -> None:
        answer = api.post("/debtors", {"full_name": "Vali", "phone_number": "90 123-45-67"})
        assert _refused(answer) == (409, "phone_taken")
        assert answer.get_json()["debtor"] == ali
        other = enter(api, "Vali", "+998901112233")
        answer = api.patch(f"/debtors/{other}", {"phone_number": "998 90 123 45 67"})
        assert _refused(answer) == (409, "phone_taken")

    def test_refuses_to_put_away_who_owes_or_is_owed(self, api: Api, ali: int) -> None:
        debt = owe(api, ali, 100)
        assert _refused(api.delete(f"/debtors/{ali}")) == (409, "debtor_has_open_debts")
        pay(api, ali, 150)
        assert _refused(api.delete(f"/debtors/{ali}")) == (409, "debtor_has_credit")
        assert api.get(f"/debts/{debt}").get_json()["status"] == "paid"

    def test_enters_and_shows(self, api: Api) -> None:
        answer = api.post("/debtors", {
            "full_name": " Ali  Valiyev ", "phone_number": "90 123 45 67", "credit_limit": 500,
        })  # fmt: skip
        assert answer.status_code == 201
        made = answer.get_json()
        assert answer.headers["Location"] == f"/api/v1/debtors/{made['id']}"
        assert (made["full_name"], made["phone_number"]) == ("Ali Valiyev", PHONE)
        assert (made["note"], made["credit_limit"], made["reminders"]) == ("", "500.00", True)
        assert (made["credit_balance"], made["debt_total"]) == ("0.00", "0.00")
        assert api.get(f"/debtors/{made['id']}").get_json() == made

    def test_changes_in_part(self, api: Api) -> None:
        ali = enter(api, credit_limit="500", note="qo'shni")
        changed = api.patch(f"/debtors/{ali}", {"full_name": "Ali aka", "reminders": False})
        assert changed.status_code == 200
        shown = changed.get_json()
        assert (shown["full_name"], shown["reminders"]) == ("Ali aka", False)
        assert (shown["note"], shown["credit_limit"]) == ("qo'shni", "500.00")
        cleared = api.patch(f"/debtors/{ali}", {"credit_limit": None}).get_json()
        assert cleared["credit_limit"] is None

    def test_puts_away_and_the_history_stays(self, api: Api, ali: int) -> None:
        debt = owe(api, ali, 100)
        pay(api, ali, 100)
        assert api.delete(f"/debtors/{ali}").status_code == 204
        assert api.get(f"/debtors/{ali}").status_code == 404
        assert _ids(api, "/debtors") == []
        assert _ids(api, "/debts") == _ids(api, f"/debts?debtor={ali}") == [debt]
        assert _ids(api, "/debts?full_name=vali") == [debt]
        assert enter(api) != ali

    def test_finds_by_parts_of_name_and_phone(self, api: Api) -> None:
        gulnora = enter(api, "Gulnora Yoʻldosheva", "+998901234567")
        enter(api, "Sardor Karimov", "+998937654321")
        for asked in ("yo'l", "йўл", "GUL yold", "234 56", "4567", "+998 90 123-45-67", "nora"):
            answer = api.get("/debtors", query_string={"query": asked})
            assert [item["id"] for item in answer.get_json()["items"]] == [gulnora], asked
        for asked in ("zzz", "!", "'; --", "gul sardor"):
            assert api.get("/debtors", query_string={"query": asked}).get_json()["items"] == []
        assert len(_ids(api, "/debtors?query=%20")) == 2

    def test_pages_by_cursor(self, api: Api) -> None:
        made = [enter(api, f"Mijoz {n}", f"+99890123450{n}") for n in range(5)]
        for query in ("", "&query=mijoz"):
            first = api.get(f"/debtors?limit=3{query}").get_json()
            rest = api.get(f"/debtors?limit=3{query}&cursor={first['next_cursor']}").get_json()
            found = [item["id"] for item in first["items"] + rest["items"]]
            assert (found, rest["next_cursor"]) == (made[::-1], None)
        assert _refused(api.get("/debtors?cursor=x")) == (422, "bad_cursor")


class TestDebts:
    @pytest.mark.parametrize(
        ("field", "value"),
        [("amount", 0), ("amount", "-5"), ("amount", "1e5"), ("amount", "1.001"), ("amount", None),
         ("amount", "10000000000000000"), ("debtor", "3"), ("debtor", 0), ("debtor", 2**63),
         ("due_date", "2026-02-30"), ("due_date", "1969-12-31"), ("due_date", "2201-01-01"),
         ("due_date", "21.11.2026"), ("description", "x" * 501), ("override_limit", 1), ("x", 1)],
    )  # fmt: skip
    def test_refuses_what_is_not_valid(self, api: Api, ali: int, field: str, value: object) -> None:
        answer = api.post("/debts", {"debtor": ali, "amount": 5} | {field: value})
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == [field]
        assert _ids(api, "/debts") == []

    def test_refuses_over_the_limit_and_an_owner_overrides(
        self, api: Api, as_role: Callable[[str], Api]
    ) -> None:
        ali, cashier = enter(api, credit_limit="100"), as_role("editor")
        owe(api, ali, "80")
        over = {"debtor": ali, "amount": "20.01"}
        for client in (api, cashier):
            assert _refused(client.post("/debts", over)) == (409, "credit_limit_exceeded")
        over["override_limit"] = True
        assert cashier.post("/debts", over).status_code == 403
        assert api.get(f"/debtors/{ali}").get_json()["debt_total"] == "80.00"
        owe(api, **over)
        assert api.get(f"/debtors/{ali}").get_json()["debt_total"] == "100.01"

    def test_refuses_a_reason_that_says_nothing(self, api: Api, ali: int) -> None:
        debt, payment = owe(api, ali, 100), pay(api, ali, 50)
        for path in (
            f"/debts/{debt}/void",
            f"/debts/{debt}/write-off",
            f"/payments/{payment}/void",
        ):
            for body in ({}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 301}):
                answer = api.post(path, body)
                assert answer.status_code == 422, path
                assert list(answer.get_json()["errors"]) == ["reason"]

    def test_only_an_owner_writes_off(self, api: Api, ali: int, as_role: Any) -> None:
        debt, cashier = owe(api, ali, 100), as_role("editor")
        assert cashier.post(f"/debts/{debt}/write-off", {"reason": "x"}).status_code == 403
        assert cashier.delete(f"/debts/{debt}/write-off").status_code == 403
        assert api.get(f"/debts/{debt}").get_json()["remaining"] == "100.00"

    def test_writes_off_what_is_left_and_takes_it_back(self, api: Api, ali: int) -> None:
        debt = owe(api, ali, 100)
        assert _refused(api.delete(f"/debts/{debt}/write-off")) == (409, "not_written_off")
        pay(api, ali, "30")
        off = api.post(f"/debts/{debt}/write-off", {"reason": "ko'chib ketdi"}).get_json()
        assert (off["status"], off["remaining"], off["written_off"]) == ("paid", "0.00", "70.00")
        assert [part["amount"] for part in off["allocations"]] == ["30.00"]
        again = api.post(f"/debts/{debt}/write-off", {"reason": "yana"})
        assert _refused(again) == (409, "nothing_left")
        back = api.delete(f"/debts/{debt}/write-off")
        assert back.status_code == 200
        assert (back.get_json()["status"], back.get_json()["remaining"]) == (
            "partially_paid", "70.00",
        )  # fmt: skip

    def test_corrects_what_is_said_of_one_and_never_its_amount(self, api: Api, ali: int) -> None:
        debt = owe(api, ali, 100, description="Un", due_date="2026-12-01")
        assert api.patch(f"/debts/{debt}", {"amount": 5}).status_code == 422
        shown = api.patch(f"/debts/{debt}", {"description": "Shakar"}).get_json()
        assert (shown["description"], shown["due_date"]) == ("Shakar", "2026-12-01")
        shown = api.patch(f"/debts/{debt}", {"due_date": None}).get_json()
        assert (shown["description"], shown["due_date"], shown["amount"]) == (
            "Shakar", None, "100.00",
        )  # fmt: skip

    def test_a_void_is_kept_and_changes_nothing_twice(self, api: Api, ali: int) -> None:
        debt = owe(api, ali, 100)
        pay(api, ali, 40)
        first = api.post(f"/debts/{debt}/void", {"reason": "xato"}).get_json()
        assert (first["status"], first["remaining"]) == ("voided", "0.00")
        assert (first["void_reason"], first["allocations"]) == ("xato", [])
        assert api.post(f"/debts/{debt}/void", {"reason": "boshqa"}).get_json() == first
        assert _ids(api, "/debts?status=voided") == [debt]
        assert api.get(f"/debtors/{ali}").get_json()["credit_balance"] == "40.00"

    def test_filters_alone_and_together(self, api: Api, ali: int) -> None:
        vali = enter(api, "Vali", "+998901112233")
        paid, open_, part = owe(api, ali, 10), owe(api, ali, 20), owe(api, vali, 30)
        pay(api, ali, 10)
        pay(api, vali, 10)
        day, before = today().isoformat(), (today() - timedelta(days=1)).isoformat()
        everything = [part, open_, paid]
        for query, found in {
            "": everything,
            f"debtor={ali}": [open_, paid],
            "status=paid": [paid],
            "status=partially_paid": [part],
            "status=voided": [],
            f"created_at={day}": everything,
            f"created_at={before}": [],
            "created_at=0001-01-01": [],
            "created_at=9999-12-31": [],
            "full_name=VALI": everything,
            "full_name=aliyev": [open_, paid],
            "full_name=1112233": [part],
            "full_name=nobody": [],
            f"debtor={ali}&full_name=zzz": [],
            f"debtor={ali}&full_name=ali&status=pending&created_at={day}": [open_],
            f"full_name=valiy&status=paid&created_at={day}": [paid],
            f"full_name=valiy&status=paid&created_at={before}": [],
        }.items():
            assert _ids(api, f"/debts?{query}") == found, query
        for query in ("status=open", "debtor=x", "debtor=0", "created_at=today", "cursor=x", "x=1"):
            assert api.get(f"/debts?{query}").status_code == 422, query

    def test_overdue_ones_go_from_the_one_due_longest(self, api: Api, ali: int) -> None:
        def day(days: int) -> date:
            return today() - timedelta(days=days)

        one, ten, _due_today, paid, five = (
            owe(api, ali, 10, due_date=day(days).isoformat()) for days in (1, 10, 0, 20, 5)
        )
        owe(api, ali, 10)
        pay(api, ali, 10, debts=[paid])
        assert _ids(api, "/debts?status=overdue") == [ten, five, one]
        first = api.get("/debts?status=overdue&limit=2").get_json()
        assert [item["id"] for item in first["items"]] == [ten, five]
        assert _ids(api, f"/debts?status=overdue&cursor={first['next_cursor']}") == [one]
        assert _ids(api, "/debts?status=overdue&full_name=ali") == [ten, five, one]


class TestPayments:
    @pytest.mark.parametrize(
        ("field", "value"),
        [("amount", 0), ("amount", "1.001"), ("method", "koshelok"), ("method", "x"),
         ("debts", [0]), ("debts", 1), ("debts", ["1"]), ("debts", [1] * 1001),
         ("description", "x" * 501), ("x", 1)],
    )  # fmt: skip
    def test_refuses_what_is_not_valid(self, api: Api, ali: int, field: str, value: object) -> None:
        answer = api.post("/payments", {"debtor": ali, "amount": 5} | {field: value})
        assert answer.status_code == 422
        assert [name.partition(".")[0] for name in answer.get_json()["errors"]] == [field]

    def test_refuses_a_debt_of_somebody_else(self, api: Api, ali: int) -> None:
        other = owe(api, enter(api, "Vali", "+998901112233"), 10)
        answer = api.post("/payments", {"debtor": ali, "amount": 5, "debts": [other]})
        assert _refused(answer) == (404, "debt_not_found")

    def test_covers_the_chosen_first(self, api: Api, ali: int) -> None:
        old, new = owe(api, ali, 100), owe(api, ali, 50)
        payment = api.post(
            "/payments", {"debtor": ali, "amount": "70", "debts": [new], "method": "card"}
        ).get_json()
        assert [(part["debt"], part["amount"]) for part in payment["allocations"]] == [
            (new, "50.00"), (old, "20.00"),
        ]  # fmt: skip
        assert (payment["method"], payment["status"]) == ("card", "accepted")
        covered = api.get(f"/debts/{old}").get_json()["allocations"]
        assert [(part["payment"], part["amount"]) for part in covered] == [(payment["id"], "20.00")]
        assert set(covered[0]) == {"payment", "amount", "created_at"}

    def test_lists_and_narrows(self, api: Api, ali: int) -> None:
        vali = enter(api, "Vali", "+998901112233")
        first, second, third = pay(api, ali, 1), pay(api, vali, 2), pay(api, ali, 3)
        assert _ids(api, "/payments") == [third, second, first]
        assert _ids(api, f"/payments?debtor={ali}") == [third, first]
        assert _ids(api, f"/payments?debtor={ali}&created_at={today()}") == [third, first]
        assert _ids(api, "/payments?created_at=2020-01-01") == []
        page = api.get("/payments?limit=2").get_json()
        assert _ids(api, f"/payments?limit=2&cursor={page['next_cursor']}") == [first]
        assert _refused(api.get("/payments?cursor=WzFd")) == (422, "bad_cursor")


def _state(api: Api, debtor: int) -> tuple[list[tuple[str, str]], str, str]:
    debts = api.get(f"/debts?debtor={debtor}").get_json()["items"][::-1]
    shown = api.get(f"/debtors/{debtor}").get_json()
    return (
        [(debt["status"], debt["remaining"]) for debt in debts],
        shown["debt_total"],
        shown["credit_balance"],
    )


def test_what_must_hold(api: Api, ali: int) -> None:
    for amount in (150, 1000, 500, 500):
        owe(api, ali, amount)
    pay(api, ali, 1700)
    pay(api, ali, 400)
    paid = [("paid", "0.00")]
    assert _state(api, ali) == ([*paid * 3, ("partially_paid", "50.00")], "50.00", "0.00")
    payment = pay(api, ali, 400)
    assert _state(api, ali) == (paid * 4, "0.00", "350.00")
    assert api.get(f"/payments/{payment}").get_json()["credited"] == "350.00"
    owe(api, ali, 100)
    assert _state(api, ali) == (paid * 5, "0.00", "250.00")
    voided = api.post(f"/payments/{payment}/void", {"reason": "xato"}).get_json()
    assert (voided["status"], voided["credited"], voided["allocations"]) == ("voided", "0.00", [])
    assert _state(api, ali) == (
        [*paid * 3, ("partially_paid", "50.00"), ("pending", "100.00")], "150.00", "0.00",
    )  # fmt: skip
    again = api.post(f"/payments/{payment}/void", {"reason": "boshqa"}).get_json()
    assert again == voided
    for item in api.get("/payments").get_json()["items"]:
        covered = sum(Decimal(part["amount"]) for part in item["allocations"])
        whole = 0 if item["status"] == "voided" else Decimal(item["amount"])
        assert covered + Decimal(item["credited"]) == whole


def test_a_key_makes_each_thing_once(api: Api, ali: int) -> None:
    debt = owe(api, ali, 500)
    for path, body in (
        ("/debtors", {"full_name": "Vali", "phone_number": "+998901112233"}),
        ("/debts", {"debtor": ali, "amount": 10}),
        ("/payments", {"debtor": ali, "amount": 10}),
        (f"/debts/{debt}/write-off", {"reason": "x"}),
    ):
        key = {"Idempotency-Key": f"key {path}"}
        first, second = (api.post(path, body, headers=key) for _ in range(2))
        assert first.get_json() == second.get_json()
        assert second.headers["Idempotent-Replayed"] == "true"
        assert first.headers.get("Location") == second.headers.get("Location")
        other = api.post(path, body | {"note": "x", "description": "y"}, headers=key)
        assert other.status_code == 422
    assert len(_ids(api, "/debtors")) == len(_ids(api, "/debts")) == 2
    assert len(_ids(api, "/payments")) == 1


def test_another_book_stays_closed(api: Api, ali: int, stranger: Api) -> None:
    debt, payment = owe(api, ali, 100), pay(api, ali, 50)
    theirs = enter(stranger, "Meniki", "+998901112233")
    why = {"reason": "x"}
    for answer in (
        stranger.get(f"/debtors/{ali}"),
        stranger.patch(f"/debtors/{ali}", {"note": "x"}),
        stranger.delete(f"/debtors/{ali}"),
        stranger.get(f"/debts/{debt}"),
        stranger.patch(f"/debts/{debt}", {"description": "x"}),
        stranger.post(f"/debts/{debt}/void", why),
        stranger.post(f"/debts/{debt}/write-off", why),
        stranger.delete(f"/debts/{debt}/write-off"),
        stranger.get(f"/payments/{payment}"),
        stranger.post(f"/payments/{payment}/void", why),
        stranger.post("/debts", {"debtor": ali, "amount": 1}),
        stranger.post("/payments", {"debtor": ali, "amount": 1}),
        stranger.post("/payments", {"debtor": theirs, "amount": 1, "debts": [debt]}),
        stranger.get(f"/debts?debtor={ali}"),
        stranger.get(f"/payments?debtor={ali}"),
    ):
        assert answer.status_code == 404, answer.request.url
    assert _ids(stranger, "/debts") == _ids(stranger, "/payments") == []
    assert _ids(stranger, "/debts?full_name=ali") == _ids(stranger, "/debtors?query=ali") == []
    assert _state(api, ali) == ([("partially_paid", "50.00")], "50.00", "0.00")
    assert enter(stranger, "Ali", PHONE) != ali


def test_a_viewer_only_looks(api: Api, ali: int, as_role: Callable[[str], Api]) -> None:
    debt, payment, viewer = owe(api, ali, 100), pay(api, ali, 50), as_role("viewer")
    for path in ("/debtors", "/debts", "/payments"):
        assert len(_ids(viewer, path)) == 1
    why = {"reason": "x"}
    for answer in (
        viewer.post("/debtors", {"full_name": "A", "phone_number": "+998901112233"}),
        viewer.patch(f"/debtors/{ali}", {"note": "x"}),
        viewer.delete(f"/debtors/{ali}"),
        viewer.post("/debts", {"debtor": ali, "amount": 1}),
        viewer.patch(f"/debts/{debt}", {"description": "x"}),
        viewer.post(f"/debts/{debt}/void", why),
        viewer.post("/payments", {"debtor": ali, "amount": 1}),
        viewer.post(f"/payments/{payment}/void", why),
    ):
        assert answer.status_code == 403


def test_a_page_of_debts_and_payments_asks_as_often_as_one_row(
    api: Api, ali: int, queries: QueryCounter
) -> None:
    counts: dict[str, set[int]] = {"/debts": set(), "/payments": set(), "/debtors": set()}
    for n in range(2):
        for _ in range(1 + 5 * n):
            owe(api, ali, 10)
        pay(api, ali, 10 + 30 * n)
        for path, seen in counts.items():
            queries.statements.clear()
            assert api.get(path).status_code == 200
            seen.add(len(queries.statements))
    assert all(len(seen) == 1 for seen in counts.values()), counts


def test_nul_finds_nobody_and_breaks_nothing(api: Api, ali: int) -> None:
    for path in ("/debtors?query=%00zz", "/debts?full_name=%00zz"):
        assert api.get(path).get_json()["items"] == []
    (found,) = api.get("/debtors?query=A%00li").get_json()["items"]
    assert found["id"] == ali
