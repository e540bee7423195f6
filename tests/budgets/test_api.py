"""Budgets and expenses over JSON: refusals first, then what it answers."""

from collections.abc import Callable
from typing import Any

import pytest

from koshelok.core.clock import today
from koshelok.finance.periods import month_of
from tests.conftest import Api, Person, QueryCounter

MONTH = "2026-11"
DAY = f"{MONTH}-21"


@pytest.fixture
def codes(api: Api) -> dict[str, int]:
    """Ids of the categories by their codes."""
    return ids_by_code(api)


def ids_by_code(api: Api) -> dict[str, int]:
    items = api.get("/finance/categories").get_json()["items"]
    return {item["code"]: item["id"] for item in items}


def made(api: Api, what: str, **body: Any) -> dict[str, Any]:
    answer = api.post(f"/{what}", {"amount": "100.50", "category": "FOOD", **body})
    assert answer.status_code == 201, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


class TestBoth:
    @pytest.mark.parametrize("what", ["expenses", "budgets"])
    @pytest.mark.parametrize(
        "amount",
        [0, -1, "0", "-5", "", " ", "1e5", "NaN", "1.001", "25k", None, True, [], {}, 10**30,
         "10000000000000000", "١٢٣", "1,5", "+5"],
    )  # fmt: skip
    def test_refuse_what_is_not_an_amount(self, api: Api, what: str, amount: object) -> None:
        answer = api.post(f"/{what}", {"amount": amount, "category": "FOOD"})
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == ["amount"]

    @pytest.mark.parametrize("what", ["expenses", "budgets"])
    @pytest.mark.parametrize(
        "category",
        ["", " FOOD", "food", "FOOD ", "GOLD", "3", "Oziq-ovqat", "X" * 21, 0, -1, 1.5, True, None,
         [], {}, 2**63, "FOOD\n", "ＦＯＯＤ"],
    )  # fmt: skip
    def test_refuse_what_names_no_category(self, api: Api, what: str, category: object) -> None:
        answer = api.post(f"/{what}", {"amount": 1, "category": category})
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == ["category"]

    @pytest.mark.parametrize("what", ["expenses", "budgets"])
    def test_refuse_what_is_missing_unknown_or_long(self, api: Api, what: str) -> None:
        answer = api.post(f"/{what}", {"description": "я" * 1001, "spent": "1"})
        assert answer.status_code == 422
        assert set(answer.get_json()["errors"]) == {"amount", "category", "description", "spent"}
        assert api.post(f"/{what}", data="{", content_type="application/json").status_code == 400

    @pytest.mark.parametrize("what", ["expenses", "budgets"])
    def test_refuse_income_and_what_is_put_away(
        self, api: Api, codes: dict[str, int], what: str
    ) -> None:
        for category in ("SALARY", codes["SALARY"]):
            answer = api.post(f"/{what}", {"amount": 1, "category": category})
            assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["category"])
        mine = made(api, what)["id"]
        assert api.patch(f"/{what}/{mine}", {"category": "SALARY"}).status_code == 422
        assert api.get(f"/{what}/{mine}").get_json()["code"] == "FOOD"
        api.delete(f"/finance/categories/{codes['DATA']}")
        answer = api.post(f"/{what}", {"amount": 1, "category": "DATA"})
        assert (answer.status_code, answer.get_json()["code"]) == (409, "category_archived")

    @pytest.mark.parametrize("what", ["expenses", "budgets"])
    def test_another_user_sees_nothing(
        self, api: Api, codes: dict[str, int], call: Callable[[Person], Api],
        make_person: Callable[[], Person], what: str,
    ) -> None:  # fmt: skip
        mine = made(api, what)
        other = call(make_person())
        whole = {"amount": 1, "category": "FOOD"}
        own = made(other, what)["id"]
        for answer in (
            other.get(f"/{what}/{mine['id']}"),
            other.put(f"/{what}/{mine['id']}", whole),
            other.patch(f"/{what}/{mine['id']}", {"amount": 1}),
            other.delete(f"/{what}/{mine['id']}"),
            other.post(f"/{what}", {"amount": 1, "category": codes["FOOD"]}),
            other.patch(f"/{what}/{own}", {"category": codes["FOOD"]}),
        ):
            assert answer.status_code == 404
        assert [item["id"] for item in other.get(f"/{what}").get_json()["items"]] == [own]
        assert api.get(f"/{what}/{mine['id']}").get_json() == mine

    @pytest.mark.parametrize("what", ["expenses", "budgets"])
    def test_an_unknown_one_is_not_here(self, api: Api, what: str) -> None:
        assert api.get(f"/{what}/999999").status_code == 404
        assert api.patch(f"/{what}/999999", {}).status_code == 404
        assert api.put(f"/{what}/999999", {"amount": 1, "category": "FOOD"}).status_code == 404
        assert api.delete(f"/{what}/999999").status_code == 404

    @pytest.mark.parametrize("what", ["expenses", "budgets"])
    def test_are_made_once_by_a_key(self, api: Api, what: str) -> None:
        body, key = {"amount": 5, "category": "DATA"}, {"Idempotency-Key": "k"}
        first, again = (api.post(f"/{what}", body, headers=key) for _ in range(2))
        assert first.get_json() == again.get_json()
        assert again.headers["Idempotent-Replayed"] == "true"
        assert len(api.get(f"/{what}").get_json()["items"]) == 1

    @pytest.mark.parametrize("what", ["expenses", "budgets"])
    def test_answer_with_a_slash_at_the_end(self, api: Api, what: str) -> None:
        assert api.post(f"/{what}/", {"amount": 5, "category": "DATA"}).status_code == 201
        assert len(api.get(f"/{what}/").get_json()["items"]) == 1

    @pytest.mark.parametrize("what", ["expenses", "budgets"])
    def test_a_code_and_an_id_name_the_same(
        self, api: Api, codes: dict[str, int], what: str
    ) -> None:
        mine = made(api, what, category=codes["DATA"])
        assert (mine["category"], mine["code"]) == (codes["DATA"], "DATA")
        found = api.get(f"/{what}?category=DATA").get_json()["items"]
        assert found == api.get(f"/{what}?category={codes['DATA']}").get_json()["items"] == [mine]
        assert api.get(f"/{what}?category=FOOD").get_json()["items"] == []
        changed = api.patch(f"/{what}/{mine['id']}", {"category": "FOOD"}).get_json()
        assert (changed["category"], changed["category_name"]) == (codes["FOOD"], "Oziq-ovqat")

    @pytest.mark.parametrize("what", ["expenses", "budgets"])
    def test_are_paged(self, api: Api, what: str) -> None:
        ids = [
            made(api, what, **({"month": f"2026-0{n}"} if what == "budgets" else {}))["id"]
            for n in range(1, 6)
        ]
        found, cursor = [], ""
        while True:
            page = api.get(f"/{what}?limit=2{cursor}").get_json()
            found += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert found == ids[::-1]
        assert api.get(f"/{what}?cursor=x").status_code == 422


class TestExpenses:
    @pytest.mark.parametrize("method", ["post", "patch"])
    def test_savings_are_not_spent(self, api: Api, codes: dict[str, int], method: str) -> None:
        path = "" if method == "post" else f"/{made(api, 'expenses')['id']}"
        for category in ("SAVINGS", codes["SAVINGS"]):
            answer = api.open(method, f"/expenses{path}", {"amount": 1, "category": category})
            assert answer.status_code == 422
            assert list(answer.get_json()["errors"]) == ["category"]

    @pytest.mark.parametrize("day", ["", "2026-02-30", "21.11.2026", "1969-12-31", 5, []])
    def test_refuses_what_is_not_a_day(self, api: Api, day: object) -> None:
        answer = api.post("/expenses", {"category": "FOOD", "amount": 1, "date": day})
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == ["date"]

    @pytest.mark.parametrize(
        "filters",
        ["start_date=2026-11-21&end_date=2026-11-20", "min_amount=-1", "category=food", "limit=0",
         "category=", "category=0", "month=2026-11", "type=expense", "query=" + "x" * 101],
    )  # fmt: skip
    def test_refuses_broken_filters(self, api: Api, filters: str) -> None:
        assert api.get(f"/expenses?{filters}").status_code == 422

    def test_income_is_none(self, api: Api) -> None:
        salary = ids_by_code(api)["SALARY"]
        income = api.post("/finance/transactions", {"category": salary, "amount": 5}).get_json()
        path = f"/expenses/{income['id']}"
        assert api.get("/expenses").get_json()["items"] == []
        assert api.get("/expenses?category=SALARY").get_json()["items"] == []
        assert api.get(path).status_code == 404
        assert api.patch(path, {"amount": 6}).status_code == 404
        assert api.put(path, {"amount": 6, "category": "FOOD"}).status_code == 404
        assert api.delete(path).status_code == 404
        assert api.get(f"/finance/transactions/{income['id']}").get_json() == income

    def test_is_a_record_of_finance(self, api: Api, codes: dict[str, int]) -> None:
        answer = api.post(
            "/expenses", {"amount": 40.25, "category": "FOOD", "description": " Non "}
        )
        mine = answer.get_json()
        assert mine == {
            "id": mine["id"],
            "amount": "40.25",
            "description": "Non",
            "category": codes["FOOD"],
            "category_name": "Oziq-ovqat",
            "code": "FOOD",
            "date": today().isoformat(),
            "created_at": mine["created_at"],
        }
        assert api.get(answer.headers["Location"].removeprefix("/api/v1")).get_json() == mine
        record = api.get(f"/finance/transactions/{mine['id']}").get_json()
        assert (record["comment"], record["amount"], record["type"]) == ("Non", "40.25", "expense")

    def test_changes_in_part_and_whole(self, api: Api) -> None:
        mine = made(api, "expenses", description="Non", date=DAY)
        path = f"/expenses/{mine['id']}"
        assert api.patch(path, {"amount": "7"}).get_json() == mine | {"amount": "7.00"}
        whole = api.put(path, {"amount": 8, "category": "DATA"}).get_json()
        assert (whole["description"], whole["date"]) == ("", today().isoformat())
        assert (whole["amount"], whole["code"]) == ("8.00", "DATA")
        assert api.delete(path).status_code == 204
        assert api.get(path).status_code == 404
        assert api.get("/finance/dashboard").get_json()["expense"] == "0.00"

    def test_filters_narrow_together(self, api: Api) -> None:
        for amount, day in ((10, "2026-11-01"), (20, "2026-11-02"), (30, "2026-11-03")):
            made(api, "expenses", amount=amount, date=day, description=f"Non {amount}")
        for filters, amounts in (
            ("start_date=2026-11-02", ["30.00", "20.00"]),
            ("end_date=2026-11-02&min_amount=20", ["20.00"]),
            ("query=non&max_amount=10", ["10.00"]),
        ):
            items = api.get(f"/expenses?{filters}").get_json()["items"]
            assert [item["amount"] for item in items] == amounts

    def test_a_month_begins_on_the_workspaces_day(self, api: Api, person: Person) -> None:
        for amount, day in ((10, "2025-05-24"), (20, "2025-05-25"), (30, "2025-06-24")):
            made(api, "expenses", amount=amount, date=day)
        api.patch(f"/workspaces/{person.workspace_id}", {"month_start": 25})
        items = api.get("/expenses", query_string={"query": "may 2025"}).get_json()["items"]
        assert [item["amount"] for item in items] == ["30.00", "20.00"]


class TestBudgets:
    @pytest.mark.parametrize(
        "month",
        ["", "2026-13", "2026-00", "2026-1", "2026-11-01", "11.2026", "1969-12", "2201-01",
         "0000-01", 202611, [], "٢٠٢٦-١١", "2026-11\n"],
    )  # fmt: skip
    def test_refuses_what_is_not_a_month(self, api: Api, month: object) -> None:
        answer = api.post("/budgets", {"category": "FOOD", "amount": 1, "month": month})
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == ["month"]
        if isinstance(month, str):
            assert api.get("/budgets", query_string={"month": month}).status_code == 422

    def test_a_category_has_one_a_month(self, api: Api) -> None:
        made(api, "budgets", month=MONTH)
        other = made(api, "budgets", month="2026-12")["id"]
        again = {"amount": 1, "category": "FOOD", "month": MONTH}
        for answer in (
            api.post("/budgets", again),
            api.patch(f"/budgets/{other}", {"month": MONTH}),
            api.put(f"/budgets/{other}", again),
        ):
            assert (answer.status_code, answer.get_json()["code"]) == (409, "budget_exists")
        assert api.get(f"/budgets/{other}").get_json()["month"] == "2026-12"

    def test_goes_to_another_category_and_month_at_once(self, api: Api) -> None:
        """Past a month of its category that is taken, and a category whose month is taken."""
        for month in ("2026-10", MONTH):
            made(api, "budgets", month=month)
        made(api, "budgets", month="2026-10", category="DATA")
        mine = api.get("/budgets?month=2026-10&category=FOOD").get_json()["items"][0]
        moved = api.patch(f"/budgets/{mine['id']}", {"month": MONTH, "category": "DATA"})
        assert moved.status_code == 200, moved.get_json()
        assert (moved.get_json()["code"], moved.get_json()["month"]) == ("DATA", MONTH)

    def test_what_must_hold(
        self, api: Api, codes: dict[str, int], call: Callable[[Person], Api],
        make_person: Callable[[], Person],
    ) -> None:  # fmt: skip
        answer = api.post("/budgets", {"amount": 100.50, "category": "FOOD", "description": "Non"})
        mine = answer.get_json()
        path = answer.headers["Location"].removeprefix("/api/v1")
        assert mine == {
            "id": mine["id"], "amount": "100.50", "description": "Non", "category": codes["FOOD"],
            "category_name": "Oziq-ovqat", "code": "FOOD", "type": "expense",
            "month": today().isoformat()[:7], "moved": "0.00", "carried": "0.00", "spent": "0.00",
            "left": "100.50", "percent": 0,
        }  # fmt: skip
        expense = made(api, "expenses", amount=40.25)["id"]
        seen = api.get(path).get_json()
        assert (seen["spent"], seen["left"], seen["percent"]) == ("40.25", "60.25", 40)
        assert api.get("/budgets").get_json()["items"] == [seen]
        other = call(make_person())
        assert other.get(path).status_code == 404
        assert other.get(f"/expenses/{expense}").status_code == 404
        api.patch(f"/expenses/{expense}", {"amount": "100.51"})
        assert self._of(api, path) == ("100.51", "-0.01", 100)
        api.patch(f"/expenses/{expense}", {"category": "DATA"})
        assert self._of(api, path) == ("0.00", "100.50", 0)
        api.put(f"/expenses/{expense}", {"amount": 50, "category": "FOOD"})
        api.patch(path, {"amount": 200})
        assert self._of(api, path) == ("50.00", "150.00", 25)
        api.delete(f"/expenses/{expense}")
        assert self._of(api, path) == ("0.00", "200.00", 0)
        assert api.delete(path).status_code == 204
        assert api.get(path).status_code == 404

    def _of(self, api: Api, path: str) -> tuple[str, str, int]:
        body = api.get(path).get_json()
        return body["spent"], body["left"], body["percent"]

    def test_savings_have_budgets(self, api: Api) -> None:
        mine = made(api, "budgets", category="SAVINGS", month=MONTH)
        assert (mine["type"], mine["spent"], mine["left"]) == ("saving", "0.00", "100.50")

    def test_a_whole_one_takes_its_defaults(self, api: Api) -> None:
        mine = made(api, "budgets", month="2026-01", description="Non")
        whole = api.put(f"/budgets/{mine['id']}", {"amount": 5, "category": "DATA"}).get_json()
        assert (whole["description"], whole["month"]) == ("", today().isoformat()[:7])

    def test_months_begin_when_the_workspace_says(self, api: Api, person: Person) -> None:
        answer = api.patch(f"/workspaces/{person.workspace_id}", {"month_start": 28})
        assert answer.status_code == 200, answer.get_json()
        made(api, "expenses", amount="7")
        mine = made(api, "budgets")
        assert mine["month"] == f"{month_of(today(), 28):%Y-%m}"
        assert mine["spent"] == "7.00"

    def test_are_narrowed_to_a_month(self, api: Api) -> None:
        first = made(api, "budgets", month="2026-10")
        second = made(api, "budgets", month=MONTH)
        assert api.get("/budgets").get_json()["items"] == [second, first]
        assert api.get("/budgets?month=2026-10").get_json()["items"] == [first]
        assert api.get("/budgets?month=2026-09").get_json()["items"] == []

    def test_sums_beyond_an_amount_are_exact(self, api: Api) -> None:
        """Two of the largest expenses in a month of nearly nothing."""
        mine = made(api, "budgets", amount="0.01", month=MONTH)
        for _ in range(2):
            made(api, "expenses", amount="9999999999999999.99", date=DAY)
        seen = api.get(f"/budgets/{mine['id']}").get_json()
        assert (seen["spent"], seen["left"]) == ("19999999999999999.98", "-19999999999999999.97")
        assert seen["percent"] == 199999999999999999800

    def test_a_list_asks_little(self, api: Api, queries: QueryCounter) -> None:
        for month in range(1, 10):
            made(api, "budgets", month=f"2026-0{month}")
        queries.statements.clear()
        api.get("/budgets")
        assert len(queries.statements) <= 10
