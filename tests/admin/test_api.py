"""Administration over JSON: who may, what is refused, what holds."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from koshelok.core.clock import today
from koshelok.wallet.queries import CardView
from tests.conftest import Api, Person

NOBODYS = "00000000-0000-7000-8000-000000000000"  # the same in every worker of a run

CardOf = Callable[..., CardView]
Sent = tuple[str, CardView, CardView]
CALLS = [
    ("POST", "/admin/deposits"), ("GET", "/admin/audit"), ("GET", "/admin/platform-card"),
    ("GET", "/admin/users"), ("GET", "/admin/users/1"), ("PATCH", "/admin/users/1/role"),
    ("GET", "/admin/cards"), ("GET", f"/admin/cards/{NOBODYS}"),
    ("PATCH", f"/admin/cards/{NOBODYS}/status"), ("GET", f"/admin/cards/{NOBODYS}/verify-balance"),
    ("GET", "/admin/transfers"), ("GET", f"/admin/transfers/{NOBODYS}"),
    ("POST", f"/admin/transfers/{NOBODYS}/reverse"), ("GET", "/admin/verify-balances"),
    ("GET", "/admin/dashboard"),
]  # fmt: skip


def deposit(client: Api, amount: str = "3000000", key: str | None = None, **body: str) -> dict:
    answer = client.post(
        "/admin/deposits",
        {"amount": amount, **body},
        headers={"Idempotency-Key": key or str(uuid4())},
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


@pytest.mark.parametrize("role", ["USER", "PREMIUM"])
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_only_administrators_may(
    make_person: Callable[..., Person],
    call: Callable[[Person], Api],
    method: str,
    path: str,
    role: str,
) -> None:
    client = call(make_person(role=role))
    assert client.open(method, path, {} if method != "GET" else None).status_code == 403


class TestDeposits:
    def test_refuses_without_a_key(self, boss: Api) -> None:
        answer = boss.post("/admin/deposits", {"amount": "5000"})
        assert (answer.status_code, answer.get_json()["code"]) == (400, "idempotency_key_required")

    def test_refuses_without_an_active_card(
        self, boss: Api, admin: Person, card_of: CardOf
    ) -> None:
        key = {"Idempotency-Key": "one"}
        for _ in range(2):
            answer = boss.post("/admin/deposits", {"amount": "5000"}, headers=key)
            assert (answer.status_code, answer.get_json()["code"]) == (409, "no_active_card")
        card_of(admin)
        assert boss.post("/admin/deposits", {"amount": "5000"}, headers=key).status_code == 201

    @pytest.mark.parametrize(
        "amount", ["0", "-1", "0.001", "1e5", "NaN", "10000000000.01", "9" * 17, True, None]
    )
    def test_refuses_what_is_no_amount(
        self, boss: Api, admin: Person, card_of: CardOf, amount: object
    ) -> None:
        card_of(admin)
        key = {"Idempotency-Key": "one"}
        answer = boss.post("/admin/deposits", {"amount": amount}, headers=key)
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == ["amount"]

    def test_refuses_anothers_card(
        self, boss: Api, admin: Person, person: Person, card_of: CardOf
    ) -> None:
        card_of(admin)
        body = {"amount": "5000", "card": str(card_of(person).id)}
        answer = boss.post("/admin/deposits", body, headers={"Idempotency-Key": "one"})
        assert (answer.status_code, answer.get_json()["code"]) == (404, "card_not_found")

    def test_keeps_a_refusal_for_a_frozen_card(
        self, boss: Api, admin: Person, card_of: CardOf
    ) -> None:
        body = {"amount": "5000", "card": str(card_of(admin, status="FROZEN").id)}
        first, again = (
            boss.post("/admin/deposits", body, headers={"Idempotency-Key": "one"}) for _ in range(2)
        )
        assert (first.status_code, first.get_json()["code"]) == (409, "receiver_inactive")
        assert list(first.get_json()["errors"]) == ["card"]
        assert (again.status_code, again.data) == (409, first.data)
        assert again.headers["Idempotent-Replayed"] == "true"

    def test_puts_money_on_the_oldest_active_card(
        self, boss: Api, admin: Person, card_of: CardOf
    ) -> None:
        card_of(admin, status="FROZEN")
        card = card_of(admin)
        card_of(admin)
        made = deposit(boss, "3000000", description="Kassadan")
        shown = boss.get(f"/admin/cards/{card.id}").get_json()
        assert (made["to_card"], made["from_card"]) == (shown["card_number"], None)
        assert (made["type"], made["commission"], shown["balance"]) == (
            "deposit", "0.00", "3000000.00",
        )  # fmt: skip

    def test_repeats_an_answer_to_the_byte(self, boss: Api, admin: Person, card_of: CardOf) -> None:
        card = card_of(admin)
        key = {"Idempotency-Key": "one"}
        first, again = (
            boss.post("/admin/deposits", {"amount": "5000"}, headers=key) for _ in range(2)
        )
        assert (first.status_code, again.status_code, again.data) == (201, 201, first.data)
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.headers["Location"] == first.headers["Location"]
        other = boss.post("/admin/deposits", {"amount": "6000"}, headers=key)
        assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
        assert boss.get(f"/admin/cards/{card.id}").get_json()["balance"] == "5000.00"
        found = boss.get("/admin/audit?action=money.deposited").get_json()["items"]
        assert len(found) == 1

    def test_repeats_though_the_card_was_closed_since(
        self, boss: Api, admin: Person, card_of: CardOf
    ) -> None:
        card = card_of(admin)
        made = deposit(boss, "5000", key="one")
        boss.patch(f"/admin/cards/{card.id}/status", {"status": "FROZEN"})
        assert deposit(boss, "5000", key="one") == made


class TestReversals:
    @pytest.fixture
    def sent(self, boss: Api, admin: Person, person: Person, card_of: CardOf) -> Sent:
        """A transfer from the administrator to somebody."""
        mine, theirs = card_of(admin), card_of(person)
        deposit(boss, "3000000")
        body = {"from_card": str(mine.id), "to_card": theirs.number, "amount": "1000000"}
        answer = boss.post("/transfers", body, headers={"Idempotency-Key": "send"})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return answer.get_json()["id"], mine, theirs

    def test_refuses_without_a_reason(self, boss: Api, sent: Sent) -> None:
        for body in ({}, {"reason": ""}, {"reason": " "}):
            answer = boss.post(f"/admin/transfers/{sent[0]}/reverse", body)
            assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["reason"])

    def test_refuses_what_is_absent(self, boss: Api) -> None:
        answer = boss.post(f"/admin/transfers/{uuid4()}/reverse", {"reason": "Xato"})
        assert answer.status_code == 404

    def test_gives_back_once(self, boss: Api, sent: Sent) -> None:
        transfer, mine, theirs = sent
        made = boss.post(f"/admin/transfers/{transfer}/reverse", {"reason": "Xato"})
        assert made.status_code == 201
        assert (made.get_json()["type"], made.get_json()["reverses"]) == ("reversal", transfer)
        again = boss.post(f"/admin/transfers/{transfer}/reverse", {"reason": "Xato"})
        assert (again.status_code, again.get_json()["code"]) == (409, "already_reversed")
        balances = [boss.get(f"/admin/cards/{c.id}").get_json()["balance"] for c in (mine, theirs)]
        assert balances == ["3000000.00", "0.00"]
        shown = boss.get(f"/admin/transfers/{transfer}").get_json()
        assert shown["reversed_by"] == made.get_json()["id"]
        assert sorted(p["amount"] for p in shown["postings"]) == ["-1000000.00", "1000000.00"]
        itself = boss.post(f"/admin/transfers/{made.get_json()['id']}/reverse", {"reason": "Xato"})
        assert (itself.status_code, itself.get_json()["code"]) == (409, "not_reversible")

    def test_repeats_under_a_key(self, boss: Api, sent: Sent) -> None:
        first, again = (
            boss.post(
                f"/admin/transfers/{sent[0]}/reverse",
                {"reason": "Xato"},
                headers={"Idempotency-Key": "back"},
            )
            for _ in range(2)
        )
        assert (first.status_code, again.status_code, again.data) == (201, 201, first.data)
        assert again.headers["Idempotent-Replayed"] == "true"

    def test_waits_until_the_receiver_has_it(
        self,
        boss: Api,
        sent: Sent,
        person: Person,
        call: Callable[[Person], Api],
    ) -> None:
        transfer, mine, theirs = sent
        client = call(person)
        body = {"from_card": str(theirs.id), "to_card": mine.number, "amount": "500000"}
        answer = client.post("/transfers", body, headers={"Idempotency-Key": "away"})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        short = boss.post(f"/admin/transfers/{transfer}/reverse", {"reason": "Xato"})
        assert (short.status_code, short.get_json()["code"]) == (409, "insufficient_funds")
        back = boss.post(
            f"/admin/transfers/{answer.get_json()['id']}/reverse", {"reason": "Avval bu"}
        )
        assert (back.status_code, back.get_json()["commission"]) == (201, "5000.00")
        done = boss.post(f"/admin/transfers/{transfer}/reverse", {"reason": "Xato"})
        assert done.status_code == 201
        assert boss.get("/admin/platform-card").get_json()["balance"] == "0.00"
        assert boss.get("/admin/verify-balances").get_json()["ok"]


class TestPeople:
    def test_refuses_ones_own_role(self, boss: Api, admin: Person) -> None:
        answer = boss.patch(f"/admin/users/{admin.id}/role", {"role": "USER"})
        assert (answer.status_code, answer.get_json()["code"]) == (409, "own_role")

    def test_refuses_another_role_than_ours(self, boss: Api, person: Person) -> None:
        for body in ({}, {"role": "OWNER"}, {"role": "user"}):
            assert boss.patch(f"/admin/users/{person.id}/role", body).status_code == 422
        assert boss.patch("/admin/users/999999/role", {"role": "USER"}).status_code == 404

    def test_a_role_works_on_the_next_request(
        self, boss: Api, person: Person, call: Callable[[Person], Api]
    ) -> None:
        client = call(person)
        assert client.get("/admin/users").status_code == 403
        raised = boss.patch(f"/admin/users/{person.id}/role", {"role": "ADMIN"})
        assert (raised.status_code, raised.get_json()["role"]) == (200, "ADMIN")
        assert client.get("/admin/users").status_code == 200
        assert boss.patch(f"/admin/users/{person.id}/role", {"role": "USER"}).status_code == 200
        assert client.get("/admin/users").status_code == 403
        events = boss.get("/admin/audit?action=user.role_changed").get_json()["items"]
        assert [event["details"] for event in events] == [
            {"from": "ADMIN", "to": "USER"},
            {"from": "USER", "to": "ADMIN"},
        ]
        assert events[0]["actor_name"] == "Botir Boshliq"

    @pytest.mark.parametrize(
        "query",
        ["malika", "ALIK", "karim", "0123", "+998 90 123-45-67", "ika@exam", "Малика", "mal kar"],
    )
    def test_finds_people_by_parts(
        self, boss: Api, make_person: Callable[..., Person], query: str
    ) -> None:
        malika = make_person("lola7", contact="+998901234567", full_name="Malika Karimova")
        make_person("nobody", contact="x@y.uz", full_name="Anvar Sobirov")
        wanted = {malika.id}
        if "@" in query:
            wanted = {make_person("mail", contact="malika@example.uz").id}
        found = boss.get("/admin/users", query_string={"query": query}).get_json()["items"]
        assert {user["id"] for user in found} == wanted | (
            {malika.id} if query in {"malika", "ALIK"} else set()
        )

    @pytest.mark.parametrize("query", ["%", "'", "\\", ":*", "&", "zzz", "+", "' | 'a", "🍕", "\0"])
    def test_finds_nobody_by_what_nobody_is_called(self, boss: Api, query: str) -> None:
        answer = boss.get("/admin/users", query_string={"query": query})
        assert answer.status_code in {200, 422}
        assert not answer.get_json().get("items")

    def test_lists_a_page_at_a_time(self, boss: Api, make_person: Callable[..., Person]) -> None:
        made = [make_person().id for _ in range(3)]
        first = boss.get("/admin/users?limit=2").get_json()
        rest = boss.get(f"/admin/users?limit=2&cursor={first['next_cursor']}").get_json()
        ids = [user["id"] for user in first["items"] + rest["items"]]
        assert ids[:3] == made[::-1]
        assert rest["next_cursor"] is None
        assert boss.get("/admin/users?cursor=zzz").status_code == 422


class TestCards:
    def test_refuses_an_unknown_card(self, boss: Api) -> None:
        assert boss.get(f"/admin/cards/{uuid4()}").status_code == 404
        answer = boss.patch(f"/admin/cards/{uuid4()}/status", {"status": "FROZEN"})
        assert (answer.status_code, answer.get_json()["code"]) == (404, "card_not_found")

    def test_refuses_a_status_there_is_no_way_to(
        self, boss: Api, person: Person, card_of: CardOf
    ) -> None:
        card = card_of(person, "5000")
        path = f"/admin/cards/{card.id}/status"
        assert boss.patch(path, {"status": "EXPIRED"}).status_code == 422
        assert boss.patch(path, {"status": "ACTIVE"}).get_json()["code"] == "illegal_status"
        assert boss.patch(path, {"status": "CLOSED"}).get_json()["code"] == "balance_not_zero"

    def test_what_was_frozen_here_its_owner_does_not_unfreeze(
        self, boss: Api, person: Person, card_of: CardOf, call: Callable[[Person], Api]
    ) -> None:
        card = card_of(person)
        frozen = boss.patch(
            f"/admin/cards/{card.id}/status", {"status": "FROZEN", "reason": "Yo'qolgan"}
        ).get_json()
        assert (frozen["status"], frozen["frozen_by_admin"]) == ("FROZEN", True)
        answer = call(person).patch(f"/cards/{card.id}/unfreeze")
        assert answer.get_json()["code"] == "frozen_by_admin"
        (event,) = boss.get("/admin/audit?action=card.status_changed&limit=1").get_json()["items"]
        assert event["details"] == {"from": "ACTIVE", "to": "FROZEN", "reason": "Yo'qolgan"}
        again = boss.patch(f"/admin/cards/{card.id}/status", {"status": "ACTIVE"})
        assert again.get_json()["frozen_by_admin"] is False

    def test_finds_cards_by_owner_and_status(
        self, boss: Api, make_person: Callable[..., Person], card_of: CardOf
    ) -> None:
        malika = make_person("malika", full_name="Malika Karimova")
        aziz = make_person("aziz", contact="+998901234567", full_name="Aziz Rahimov")
        hers, his = card_of(malika, "5000"), card_of(aziz, status="FROZEN")

        def found(**query: str) -> list[str]:
            items = boss.get("/admin/cards", query_string=query).get_json()["items"]
            return [item["id"] for item in items]

        assert found() == [str(his.id), str(hers.id)]
        assert found(owner="malika") == found(owner=str(malika.id)) == [str(hers.id)]
        assert found(owner="1234567") == found(status="FROZEN") == [str(his.id)]
        assert found(owner="aziz", status="ACTIVE") == []
        first = boss.get("/admin/cards?limit=1").get_json()
        rest = boss.get(f"/admin/cards?limit=1&cursor={first['next_cursor']}").get_json()
        assert (rest["items"][0]["id"], rest["next_cursor"]) == (str(hers.id), None)
        assert rest["items"][0]["owner_name"] == "Malika Karimova"

    def test_verifies_one(self, boss: Api, person: Person, card_of: CardOf) -> None:
        card = card_of(person, "5000")
        answer = boss.get(f"/admin/cards/{card.id}/verify-balance").get_json()
        assert answer | {"card_number": ""} == {
            "card": str(card.id), "card_number": "", "stored": "5000.00", "computed": "5000.00",
            "difference": "0.00", "ok": True,
        }  # fmt: skip


class TestTransfers:
    def test_refuses_what_is_no_filter(self, boss: Api) -> None:
        for query in (
            "card=1234", "status=done", "min_amount=x", "start_date=2026-02-30", "cursor=x",
            "start_date=2026-02-02&end_date=2026-02-01", "page=2",
        ):  # fmt: skip
            assert boss.get(f"/admin/transfers?{query}").status_code == 422, query

    def test_finds_them(self, boss: Api, admin: Person, person: Person, card_of: CardOf) -> None:
        mine, theirs = card_of(admin), card_of(person)
        big = deposit(boss, "3000000")["id"]
        small = deposit(boss, "4000")["id"]
        body = {"from_card": str(mine.id), "to_card": theirs.number, "amount": "5000"}
        sent = boss.post("/transfers", body, headers={"Idempotency-Key": "a"}).get_json()["id"]
        body["amount"] = "3999999"
        failed = boss.post("/transfers", body, headers={"Idempotency-Key": "b"})
        assert failed.status_code == 409

        def found(**query: str) -> list[str]:
            items = boss.get("/admin/transfers", query_string=query).get_json()["items"]
            return [item["id"] for item in items]

        assert len(found()) == 4
        assert found(card=theirs.number)[1:] == [sent]
        assert found(card=theirs.number, status="success") == [sent]
        assert found(min_amount="4000.01", status="success") == [sent, big]
        assert found(max_amount="4000") == [small]
        assert len(found(status="failed")) == 1
        assert len(found(start_date=today().isoformat(), end_date=today().isoformat())) == 4
        assert found(start_date=(today() + timedelta(days=1)).isoformat()) == []
        assert found(end_date="9999-12-31", start_date="0001-01-01") == found()
        first = boss.get("/admin/transfers?limit=3").get_json()
        rest = boss.get(f"/admin/transfers?limit=3&cursor={first['next_cursor']}").get_json()
        assert [item["id"] for item in first["items"] + rest["items"]] == found()

    def test_a_rare_search_goes_on_where_it_stopped(
        self, boss: Api, admin: Person, card_of: CardOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from koshelok.admin.queries import transfers

        card_of(admin)
        rare = deposit(boss, "1000")["id"]
        for _ in range(6):
            deposit(boss, "5000")
        monkeypatch.setattr(transfers, "SCAN", 3)
        cursor, seen, pages = "", [], 0
        while cursor is not None:
            query = {"max_amount": "2000"} | ({"cursor": cursor} if cursor else {})
            answer = boss.get("/admin/transfers", query_string=query).get_json()
            seen += [item["id"] for item in answer["items"]]
            cursor, pages = answer["next_cursor"], pages + 1
        assert (seen, pages) == ([rare], 3)


class TestHouse:
    def test_verifies_every_card(
        self, boss: Api, admin: Person, person: Person, card_of: CardOf
    ) -> None:
        cards = [card_of(admin, "5000"), card_of(person, "7000"), card_of(admin)]
        answer = boss.get("/admin/verify-balances?limit=2").get_json()
        assert (answer["ok"], answer["cards_checked"], answer["sum"]) == (True, 4, "0.00")
        assert (answer["postings"], answer["differences"]) == (4, [])
        rest = boss.get(f"/admin/verify-balances?limit=2&cursor={answer['next_cursor']}").get_json()
        items = answer["items"] + rest["items"]
        assert [item["card"] for item in items] == [str(card.id) for card in cards]
        assert all(item["ok"] for item in items)

    def test_shows_the_figures(
        self, boss: Api, admin: Person, person: Person, card_of: CardOf,
        call: Callable[[Person], Api],
    ) -> None:  # fmt: skip
        mine, theirs = card_of(admin), card_of(person, status="FROZEN")
        deposit(boss, "3000000")
        call(person).patch(f"/cards/{theirs.id}/unfreeze")
        body = {"from_card": str(mine.id), "to_card": theirs.number, "amount": "1000000"}
        boss.post("/transfers", body, headers={"Idempotency-Key": "a"})
        body = {"from_card": str(theirs.id), "to_card": mine.number, "amount": "500000"}
        call(person).post("/transfers", body, headers={"Idempotency-Key": "a"})
        body["amount"] = "1999999"
        call(person).post("/transfers", body, headers={"Idempotency-Key": "b"})
        answer = boss.get("/admin/dashboard").get_json()
        day = answer.pop("days")
        assert answer == {
            "users": 2, "new_users_today": 2,
            "cards": {"ACTIVE": 2, "FROZEN": 0, "EXPIRED": 0, "CLOSED": 0},
            "total_balance": "2995000.00", "platform_balance": "5000.00",
            "turnover_today": "1500000.00", "transfers_today": 4,
            "success_percent": 75, "failure_percent": 25,
        }  # fmt: skip
        assert len(day) == 30
        assert day[-1] == {
            "day": today().isoformat(), "succeeded": 3, "failed": 1,
            "turnover": "1500000.00", "commission": "5000.00",
        }  # fmt: skip
        assert day[0]["turnover"] == "0.00"
        platform = boss.get("/admin/platform-card").get_json()
        assert platform == {"card_number": "7777-0000-0000-0000", "balance": "5000.00"}

    def test_an_empty_house_has_no_percents(self, boss: Api) -> None:
        assert boss.get("/admin/dashboard").get_json()["success_percent"] is None

    def test_narrows_the_history(
        self, boss: Api, admin: Person, person: Person, card_of: CardOf
    ) -> None:
        card_of(person)
        day = today().isoformat()

        def found(**query: str) -> list[str]:
            items = boss.get("/admin/audit", query_string=query).get_json()["items"]
            return [item["action"] for item in items]

        assert found(actor=str(person.id)) == found(actor=person.login)
        assert set(found(actor=str(person.id))) >= {"card.opened", "user.registered"}
        assert found(action="card.opened", start_date=day, end_date=day) == ["card.opened"]
        assert found(end_date=(today() - timedelta(days=1)).isoformat()) == []
        assert found(actor="zzz") == []
        first = boss.get("/admin/audit?limit=2").get_json()
        rest = boss.get(f"/admin/audit?limit=100&cursor={first['next_cursor']}").get_json()
        assert [e["action"] for e in first["items"] + rest["items"]] == found()
