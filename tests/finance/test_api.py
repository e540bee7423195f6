"""Finance over JSON: refusals first, then what it answers."""

from collections.abc import Callable
from typing import Any

import pytest

from koshelok.core.clock import today
from tests.conftest import Api, Person


@pytest.fixture
def food(api: Api) -> int:
    """The id of the category FOOD."""
    return _by_code(api)["FOOD"]


@pytest.fixture
def salary(api: Api) -> int:
    """The id of the category SALARY."""
    return _by_code(api)["SALARY"]


def _by_code(api: Api) -> dict[str, int]:
    items = api.get("/finance/categories").get_json()["items"]
    return {item["code"]: item["id"] for item in items}


def _record(api: Api, category: int, amount: object = "50000", **more: Any) -> dict[str, Any]:
    answer = api.post("/finance/transactions", {"category": category, "amount": amount, **more})
    assert answer.status_code == 201, answer.get_json()
    body: dict[str, Any] = answer.get_json()
    return body


class TestCategories:
    def test_refuses_the_same_name_and_type_twice(self, api: Api) -> None:
        answer = api.post("/finance/categories", {"name": " oziq-OVQAT ", "type": "expense"})
        assert answer.status_code == 422
        assert answer.get_json()["code"] == "category_name_taken"
        assert list(answer.get_json()["errors"]) == ["name"]

    @pytest.mark.parametrize("name", ["", "   ", "\u200b" * 0 + "\n", "x" * 61, "x" * 10_000],
                             ids=lambda name: name[:20])  # fmt: skip
    def test_refuses_a_blank_or_long_name(self, api: Api, name: str) -> None:
        answer = api.post("/finance/categories", {"name": name, "type": "expense"})
        assert answer.status_code == 422
        assert "name" in answer.get_json()["errors"]

    def test_refuses_an_unknown_type_and_field(self, api: Api) -> None:
        answer = api.post("/finance/categories", {"name": "A", "type": "debt", "x": 1})
        assert answer.status_code == 422
        assert set(answer.get_json()["errors"]) == {"type", "x"}

    def test_refuses_to_turn_the_type_of_one_with_records(self, api: Api, food: int) -> None:
        _record(api, food)
        answer = api.patch(f"/finance/categories/{food}", {"type": "income"})
        assert answer.status_code == 409
        assert answer.get_json()["code"] == "category_has_records"

    def test_starts_with_the_defaults(self, api: Api) -> None:
        items = api.get("/finance/categories").get_json()["items"]
        assert [(i["code"], i["name"], i["type"], i["total_amount"]) for i in items] == [
            ("FOOD", "Oziq-ovqat", "expense", "0.00"),
            ("DATA", "Internet va aloqa", "expense", "0.00"),
            ("TRANSPORT", "Transport", "expense", "0.00"),
            ("MISCELLANEOUS", "Boshqa", "expense", "0.00"),
            ("SALARY", "Ish haqi", "income", "0.00"),
            ("SAVINGS", "Jamg'arma", "saving", "0.00"),
        ]

    def test_makes_one_and_shows_it(self, api: Api) -> None:
        answer = api.post("/finance/categories", {"name": "Meva", "type": "expense"})
        assert answer.status_code == 201
        shown = api.get(answer.headers["Location"].removeprefix("/api/v1"))
        assert shown.get_json() == answer.get_json()
        assert shown.get_json()["code"] is None

    def test_the_same_name_may_be_income_and_expense(self, api: Api) -> None:
        for type_ in ("income", "expense"):
            answer = api.post("/finance/categories", {"name": "Ijara", "type": type_})
            assert answer.status_code == 201

    def test_pages_by_cursor(self, api: Api) -> None:
        first = api.get("/finance/categories?limit=3").get_json()
        second = api.get(f"/finance/categories?limit=3&cursor={first['next_cursor']}").get_json()
        assert len(first["items"]) == 3
        assert len(second["items"]) == 3
        assert second["next_cursor"] is None

    def test_renames_and_turns_an_empty_one(self, api: Api, food: int) -> None:
        answer = api.patch(f"/finance/categories/{food}", {"name": "Ovqat", "type": "income"})
        assert answer.status_code == 200
        assert (answer.get_json()["name"], answer.get_json()["type"]) == ("Ovqat", "income")

    def test_deletes_one_without_a_past(self, api: Api) -> None:
        made = api.post("/finance/categories", {"name": "Meva", "type": "expense"}).get_json()
        assert api.delete(f"/finance/categories/{made['id']}").status_code == 204
        assert api.get(f"/finance/categories/{made['id']}").status_code == 404

    def test_archives_one_with_a_code(self, api: Api, food: int) -> None:
        assert api.delete(f"/finance/categories/{food}").status_code == 204
        assert api.get(f"/finance/categories/{food}").get_json()["code"] == "FOOD"
        assert "FOOD" not in _by_code(api)

    def test_archives_one_with_records(self, api: Api, food: int) -> None:
        _record(api, food)
        assert api.delete(f"/finance/categories/{food}").status_code == 204
        assert "FOOD" not in _by_code(api)
        assert api.get(f"/finance/categories/{food}").get_json()["total_amount"] == "50000.00"
        assert api.get("/finance/dashboard").get_json()["expense"] == "50000.00"
        refused = api.post("/finance/transactions", {"category": food, "amount": 1})
        assert (refused.status_code, refused.get_json()["code"]) == (409, "category_archived")

    def test_another_workspaces_category_is_not_here(
        self, api: Api, food: int, call: Callable[[Person], Api], make_person: Callable[[], Person]
    ) -> None:
        stranger = call(make_person())
        own = _record(stranger, _by_code(stranger)["FOOD"])["id"]
        for answer in (
            stranger.get(f"/finance/categories/{food}"),
            stranger.patch(f"/finance/categories/{food}", {"name": "Mine"}),
            stranger.delete(f"/finance/categories/{food}"),
            stranger.post("/finance/transactions", {"category": food, "amount": 1}),
            stranger.patch(f"/finance/transactions/{own}", {"category": food}),
            stranger.put(f"/finance/transactions/{own}", {"category": food, "amount": 1}),
            stranger.get(f"/finance/transactions?category={food}"),
        ):
            assert answer.status_code == 404


class TestTransactions:
    @pytest.mark.parametrize(
        "amount",
        [0, -1, "0", "-5", "", " ", "1e5", "NaN", "Infinity", "1.001", "25k", None, True, [], {},
         "10000000000000000", 10**30, "1" * 10_000, "١٢٣", "0x10", "1,5", "+5"],
    )  # fmt: skip
    def test_refuses_what_is_not_an_amount(self, api: Api, food: int, amount: object) -> None:
        answer = api.post("/finance/transactions", {"category": food, "amount": amount})
        assert answer.status_code == 422
        assert "amount" in answer.get_json()["errors"]

    @pytest.mark.parametrize(
        "day", ["", "2026-02-30", "21.11.2026", "1969-12-31", "2201-01-01", "9999-12-31", 5, [],
                "2026-11-21T00:00:00", "0001-01-01", "٢٠٢٦-١١-٢١"],
    )  # fmt: skip
    def test_refuses_what_is_not_a_day(self, api: Api, food: int, day: object) -> None:
        answer = api.post("/finance/transactions", {"category": food, "amount": 1, "date": day})
        assert answer.status_code == 422
        assert "date" in answer.get_json()["errors"]

    @pytest.mark.parametrize("category", [0, -1, "3", 1.5, None, True, 2**63, [1]])
    def test_refuses_what_is_not_a_category(self, api: Api, category: object) -> None:
        answer = api.post("/finance/transactions", {"category": category, "amount": 1})
        assert answer.status_code == 422

    def test_refuses_a_long_comment(self, api: Api, food: int) -> None:
        body = {"category": food, "amount": 1, "comment": "я" * 1001}
        answer = api.post("/finance/transactions", body)
        assert answer.status_code == 422
        assert "comment" in answer.get_json()["errors"]

    @pytest.mark.parametrize(
        "filters",
        ["start_date=2026-11-21&end_date=2026-11-20", "min_amount=-1", "min_amount=x", "type=debt",
         "limit=0", "limit=101", "cursor=x", "category=x", "start_date=x", "unknown=1",
         "query=" + "x" * 101, "cursor=WzEsMl0"],
    )  # fmt: skip
    def test_refuses_broken_filters(self, api: Api, filters: str) -> None:
        assert api.get(f"/finance/transactions?{filters}").status_code == 422

    def test_an_unknown_record_is_not_here(self, api: Api, food: int) -> None:
        assert api.get("/finance/transactions/999999").status_code == 404
        assert api.patch("/finance/transactions/999999", {}).status_code == 404
        assert api.delete("/finance/transactions/999999").status_code == 404

    def test_records_and_shows(self, api: Api, food: int) -> None:
        answer = api.post("/finance/transactions", {"category": food, "amount": 350.5})
        body = answer.get_json()
        assert answer.status_code == 201
        assert body | {"created_at": None} == {
            "id": body["id"],
            "category": food,
            "category_name": "Oziq-ovqat",
            "type": "expense",
            "amount": "350.50",
            "comment": "",
            "date": today().isoformat(),
            "created_at": None,
        }
        assert api.get(answer.headers["Location"].removeprefix("/api/v1")).get_json() == body

    def test_keeps_comments_exactly(self, api: Api, food: int) -> None:
        for comment in (
            "🍕👨‍👩‍👧‍👦", "שלום עולם", "'; DROP TABLE transactions; --",
            "<script>alert(1)</script>",
            "\u202eabc", "ў қ ғ ҳ", "a\nb", "%s {0} {{x}}", "漢" * 1000, "\\", "null",
        ):  # fmt: skip
            made = _record(api, food, comment=comment)
            shown = api.get(f"/finance/transactions/{made['id']}").get_json()
            assert shown["comment"] == comment

    def test_puts_whole_and_patches_in_part(self, api: Api, food: int, salary: int) -> None:
        made = _record(api, food, comment="Non", date="2026-01-05")
        path = f"/finance/transactions/{made['id']}"
        patched = api.patch(path, {"amount": "7.5"}).get_json()
        assert (patched["amount"], patched["comment"]) == ("7.50", "Non")
        assert patched["date"] == "2026-01-05"
        put = api.put(path, {"category": salary, "amount": "9"}).get_json()
        assert (put["type"], put["amount"], put["comment"]) == ("income", "9.00", "")
        assert put["date"] == today().isoformat()
        assert api.patch(path, {}).get_json() == put

    def test_refuses_to_move_into_an_archived_category(
        self, api: Api, food: int, salary: int
    ) -> None:
        _record(api, salary)
        made = _record(api, food)
        api.delete(f"/finance/categories/{salary}")
        answer = api.patch(f"/finance/transactions/{made['id']}", {"category": salary})
        assert (answer.status_code, answer.get_json()["code"]) == (409, "category_archived")

    def test_deletes_out_of_lists_and_totals(self, api: Api, food: int) -> None:
        made = _record(api, food)
        assert api.delete(f"/finance/transactions/{made['id']}").status_code == 204
        assert api.get(f"/finance/transactions/{made['id']}").status_code == 404
        assert api.get("/finance/transactions").get_json()["items"] == []
        assert api.get("/finance/dashboard").get_json()["expense"] == "0.00"

    def test_a_key_makes_one_record(self, api: Api, food: int) -> None:
        body = {"category": food, "amount": "1000"}
        key = {"Idempotency-Key": "once"}
        first = api.post("/finance/transactions", body, headers=key)
        second = api.post("/finance/transactions", body, headers=key)
        assert second.headers["Idempotent-Replayed"] == "true"
        assert first.get_json() == second.get_json()
        assert len(api.get("/finance/transactions").get_json()["items"]) == 1

    def test_lists_the_newest_first_by_cursor(self, api: Api, food: int) -> None:
        days = ["2026-03-01", "2026-01-01", "2026-03-01", "2026-02-01"]
        ids = [_record(api, food, date=day)["id"] for day in days]
        seen, cursor = [], ""
        while cursor is not None:
            page = api.get(f"/finance/transactions?limit=1&cursor={cursor}"
                           if cursor else "/finance/transactions?limit=1").get_json()  # fmt: skip
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert seen == [ids[2], ids[0], ids[3], ids[1]]

    def test_filters_together(self, api: Api, food: int, salary: int) -> None:
        bread = _record(api, food, "5000", comment="Non va qo'y go'shti", date="2026-01-10")["id"]
        taxi = _record(api, food, "25000", comment="Taksi", date="2026-02-10")["id"]
        pay = _record(api, salary, "7000000", date="2026-02-05")["id"]

        def found(filters: str) -> list[int]:
            answer = api.get(f"/finance/transactions?{filters}")
            return [item["id"] for item in answer.get_json()["items"]]

        assert found("type=income") == [pay]
        assert found(f"category={food}") == [taxi, bread]
        assert found(f"category={food}&type=income") == []
        assert found("start_date=2026-02-01&end_date=2026-02-09") == [pay]
        assert found("min_amount=25000&max_amount=30000") == [taxi]
        assert found("query=қўй") == [bread]
        assert found("query=QOY non") == [bread]
        assert found("query=ish") == [pay]
        assert found("query=oziq&max_amount=10000") == [bread]
        assert found("query=non&type=income") == []
        assert found("query=...") == []
        assert found("query=") == [taxi, pay, bread]


class TestReports:
    @pytest.mark.parametrize(
        ("query", "field"),
        [("start_date=2026-02-01", "end_date"), ("end_date=2026-02-01", "start_date"),
         ("start_date=2026-02-02&end_date=2026-02-01", "end_date"),
         ("start_date=0001-01-01&end_date=2026-02-01", "start_date"),
         ("start_date=2026-01-01&end_date=9999-12-31", "end_date"),
         ("start_date=x&end_date=2026-01-01", "start_date")],
    )  # fmt: skip
    def test_refuses_broken_ranges(self, api: Api, query: str, field: str) -> None:
        answer = api.get(f"/finance/summary/daily?{query}")
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == [field]

    def test_refuses_an_unknown_period(self, api: Api) -> None:
        assert api.get("/finance/summary/hourly").status_code == 422

    def test_an_empty_dashboard(self, api: Api) -> None:
        assert api.get("/finance/dashboard").get_json() == {
            "balance": "0.00", "income": "0.00", "expense": "0.00", "categories": [],
        }  # fmt: skip

    def test_the_dashboard_sums_everything(self, api: Api, food: int, salary: int) -> None:
        _record(api, salary, "250000", date="2020-05-05")
        _record(api, food, "50000")
        assert api.get("/finance/dashboard").get_json() == {
            "balance": "200000.00",
            "income": "250000.00",
            "expense": "50000.00",
            "categories": [
                {"category": food, "category_name": "Oziq-ovqat", "type": "expense",
                 "total": "50000.00"},
                {"category": salary, "category_name": "Ish haqi", "type": "income",
                 "total": "250000.00"},
            ],
        }  # fmt: skip

    def test_the_current_periods(self, api: Api, food: int) -> None:
        _record(api, food, "50000")
        for period in ("daily", "weekly", "monthly", "yearly"):
            body = api.get(f"/finance/summary/{period}").get_json()
            assert body["period"] == period
            assert body["start_date"] <= today().isoformat() <= body["end_date"]
            assert (body["expense"], body["balance"]) == ("50000.00", "-50000.00")

    def test_any_range_is_the_sum_of_its_days(self, api: Api, food: int) -> None:
        for day in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-03-15"):
            _record(api, food, "1", date=day)
        for start, end, total in (
            ("2026-01-31", "2026-03-15", 5), ("2026-02-01", "2026-02-28", 2),
            ("2026-02-01", "2026-03-01", 3), ("2026-02-02", "2026-03-14", 2),
            ("2026-01-01", "2026-12-31", 5), ("2026-02-28", "2026-03-01", 2),
        ):  # fmt: skip
            body = api.get(f"/finance/summary/daily?start_date={start}&end_date={end}").get_json()
            assert body["expense"] == f"{total}.00"

    def test_sums_beyond_one_amount_fit(self, api: Api, salary: int) -> None:
        for _ in range(3):
            _record(api, salary, "9999999999999999.99")
        assert api.get("/finance/dashboard").get_json()["balance"] == "29999999999999999.97"

    def test_the_dashboard_takes_three_queries(self, api: Api, queries: Any) -> None:
        api.get("/finance/dashboard")
        queries.statements.clear()
        api.get("/finance/dashboard")
        assert len(queries.statements) == 3
