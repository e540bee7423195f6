"""The administrators' pages: who sees them, what a form does once, how few queries they ask."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask import Flask

from koshelok.wallet.queries import CardView
from koshelok.worker import run_worker
from tests.admin.support import PAGES
from tests.conftest import Api, Page, Person, QueryCounter

CardOf = Callable[..., CardView]


def key_of(text: str) -> str:
    """The key in a rendered form."""
    found = re.search(r'name="key"[^>]*value="([^"]+)"', text)
    assert found, text
    return found.group(1)


@pytest.fixture
def busy(
    boss: Api, admin: Person, person: Person, make_person: Callable[..., Person], card_of: CardOf
) -> tuple[CardView, CardView]:
    """A house where something happened: people, cards, deposits, a transfer and a refusal."""
    mine, theirs = card_of(admin), card_of(person, "7000")
    for _ in range(3):
        card_of(make_person(), "5000")
    for amount in ("1000000", "500000"):
        boss.post("/admin/deposits", {"amount": amount}, headers={"Idempotency-Key": amount})
    for number, amount in enumerate(("5000", "3000000")):
        boss.post(
            "/transfers",
            {"from_card": str(mine.id), "to_card": theirs.number, "amount": amount},
            headers={"Idempotency-Key": str(number)},
        )
    return mine, theirs


@pytest.mark.parametrize("role", ["USER", "PREMIUM"])
def test_only_administrators_may(
    make_person: Callable[..., Person], browse: Callable[[Person], Page], role: str
) -> None:
    page = browse(make_person(role=role))
    assert "/admin" not in page.get("/dashboard").get_data(as_text=True)
    assert {page.get(path).status_code for path in PAGES} == {403}
    assert page.post("/admin/deposit", {"amount": "5000"}).status_code == 403
    assert page.post("/admin/verification").status_code == 403


def test_a_demoted_one_is_out_on_the_next_click(
    desk: Page, make_person: Callable[..., Person], browse: Callable[[Person], Page]
) -> None:
    other = make_person(role="ADMIN")
    page = browse(other)
    assert 'href="/admin"' in page.get("/dashboard").get_data(as_text=True)
    answer = desk.post(f"/admin/users/{other.id}/role", {"role": "USER"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/admin/users/{other.id}")
    assert page.get("/admin").status_code == 403
    assert 'href="/admin"' not in page.get("/dashboard").get_data(as_text=True)


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_house_shows_every_page(desk: Page, path: str) -> None:
    assert desk.get(path).status_code == 200


def test_pages_ask_few_queries_however_long_the_lists(
    desk: Page, busy: tuple[CardView, CardView], boss: Api, queries: QueryCounter
) -> None:
    mine, theirs = busy
    transfer = boss.get("/admin/transfers").get_json()["items"][0]["id"]
    own = [
        f"/admin/users/{theirs.owner_id}", f"/admin/cards/{mine.id}",
        f"/admin/cards/{mine.id}/verify", f"/admin/transfers/{transfer}",
        "/admin/users?query=person", "/admin/cards?owner=person&status=ACTIVE",
        f"/admin/transfers?card={mine.number}&status=failed", "/admin/audit?actor=boss",
    ]  # fmt: skip
    many = {}
    for path in [*PAGES, *own]:
        queries.statements.clear()
        assert desk.get(path).status_code == 200, path
        asked = [s for s in queries.statements if s.lstrip().upper().startswith("SELECT")]
        if len(asked) > 10:
            many[path] = len(asked)
    assert many == {}


class TestDeposit:
    def test_refuses_without_a_card(self, desk: Page) -> None:
        assert "/cards" in desk.get("/admin/deposit").get_data(as_text=True)

    def test_refuses_what_is_no_amount(self, desk: Page, admin: Person, card_of: CardOf) -> None:
        card = card_of(admin)
        key = key_of(desk.get("/admin/deposit").get_data(as_text=True))
        for amount in ("", "0", "x", "11mlrd"):
            form = {"amount": amount, "card": card.id, "key": key}
            answer = desk.post("/admin/deposit", form)
            assert answer.status_code == 422, amount
            assert "amount-error" in answer.get_data(as_text=True)

    def test_refuses_anothers_card(
        self, desk: Page, admin: Person, person: Person, card_of: CardOf
    ) -> None:
        card_of(admin)
        form = {"amount": "5000", "card": card_of(person).id, "key": "k"}
        answer = desk.post("/admin/deposit", form)
        assert answer.status_code == 409
        assert "card-error" in answer.get_data(as_text=True)
        assert desk.post("/admin/deposit", form | {"card": "zzz"}).status_code == 409

    def test_sent_twice_at_once_makes_one(
        self, app: Flask, browse: Callable[[Person], Page], admin: Person, card_of: CardOf,
        boss: Api,
    ) -> None:  # fmt: skip
        card = card_of(admin)
        pages = [browse(admin) for _ in range(4)]
        form = {"amount": "3mln", "card": card.id, "key": str(uuid4())}
        with ThreadPoolExecutor(len(pages)) as pool:
            answers = list(pool.map(lambda page: page.post("/admin/deposit", form), pages))
        assert {answer.status_code for answer in answers} == {303}
        assert len({answer.headers["Location"] for answer in answers}) == 1
        assert boss.get(f"/admin/cards/{card.id}").get_json()["balance"] == "3000000.00"
        assert pages[0].get(answers[0].headers["Location"]).status_code == 200

    def test_a_refused_form_has_a_new_key(self, desk: Page, admin: Person, card_of: CardOf) -> None:
        card = card_of(admin, status="FROZEN")
        card_of(admin)
        form = {"amount": "5000", "card": card.id, "key": "first"}
        answer = desk.post("/admin/deposit", form)
        assert answer.status_code == 409
        assert key_of(answer.get_data(as_text=True)) != "first"

    def test_htmx_gets_the_form_or_goes_on(
        self, desk: Page, admin: Person, card_of: CardOf
    ) -> None:
        card = card_of(admin)
        form = {"amount": "", "card": card.id, "key": "k"}
        wrong = desk.htmx("POST", "/admin/deposit", data=form)
        assert (wrong.status_code, "<html" in wrong.get_data(as_text=True)) == (422, False)
        made = desk.htmx("POST", "/admin/deposit", data=form | {"amount": "5000"})
        assert (made.status_code, "HX-Location" in made.headers) == (200, True)


class TestReverse:
    def test_refuses_without_a_reason_and_twice(
        self, desk: Page, boss: Api, busy: tuple[CardView, CardView]
    ) -> None:
        items = boss.get("/admin/transfers?status=success").get_json()["items"]
        transfer = next(item["id"] for item in items if item["type"] == "transfer")
        path = f"/admin/transfers/{transfer}"
        key = key_of(desk.get(path).get_data(as_text=True))
        assert desk.post(f"{path}/reverse", {"reason": " ", "key": key}).status_code == 422
        form = {"reason": "Xato", "key": key}
        made, again = (desk.post(f"{path}/reverse", form) for _ in range(2))
        assert (made.status_code, again.status_code) == (303, 303)
        assert made.headers["Location"] == again.headers["Location"]
        late = desk.post(f"{path}/reverse", form | {"key": "other"})
        assert late.status_code == 409
        shown = desk.get(path).get_data(as_text=True)
        assert made.headers["Location"] in shown
        assert 'id="reverse"' not in shown
        assert desk.post(f"/admin/transfers/{uuid4()}/reverse", form).status_code == 404


class TestPeople:
    def test_refuses_ones_own_and_an_unknown_role(self, desk: Page, admin: Person) -> None:
        path = f"/admin/users/{admin.id}"
        assert 'id="role-user"' not in desk.get(path).get_data(as_text=True)
        assert desk.post(f"{path}/role", {"role": "USER"}).status_code == 409
        assert desk.post(f"{path}/role", {"role": "OWNER"}).status_code == 422
        assert desk.post("/admin/users/999999/role", {"role": "USER"}).status_code == 404
        assert desk.get("/admin/users/999999").status_code == 404

    def test_finds_in_place(self, desk: Page, make_person: Callable[..., Person]) -> None:
        make_person(full_name="Malika Karimova")
        answer = desk.htmx("GET", "/admin/users?query=malik")
        text = answer.get_data(as_text=True)
        assert "Malika Karimova" in text
        assert "<html" not in text
        assert "Malika" not in desk.get("/admin/users?query=zzz").get_data(as_text=True)
        assert desk.get("/admin/users?query=" + "x" * 101).status_code == 422
        assert desk.get("/admin/users?cursor=zzz").status_code == 422


class TestCards:
    def test_refuses_a_change_there_is_no_way_to(
        self, desk: Page, person: Person, card_of: CardOf
    ) -> None:
        card = card_of(person, "5000")
        path = f"/admin/cards/{card.id}/status"
        kept = desk.post(path, {"status": "CLOSED", "reason": "Egasi so'radi"})
        assert kept.status_code == 409
        assert "Egasi so&#39;radi" in kept.text.split('id="way-closed"')[1]
        assert desk.post(path, {"status": "NONE"}).status_code == 422
        assert desk.post(path, {"status": "FROZEN", "reason": "x" * 201}).status_code == 422
        assert desk.post(f"/admin/cards/{uuid4()}/status", {"status": "FROZEN"}).status_code == 404

    def test_freezes_with_a_reason_and_verifies(
        self, desk: Page, person: Person, card_of: CardOf
    ) -> None:
        card = card_of(person, "5000")
        path = f"/admin/cards/{card.id}"
        form = {"status": "FROZEN", "reason": "Yo'qolgan"}
        assert desk.post(f"{path}/status", form).status_code == 303
        assert "way-active" in desk.get(path).get_data(as_text=True)
        assert "Yo&#39;qolgan" in desk.get("/admin/audit").get_data(as_text=True)
        region = desk.htmx("GET", f"{path}/verify").get_data(as_text=True)
        assert "5\u202f000" in region
        assert "<html" not in region
        assert desk.get(f"/admin/cards/{uuid4()}/verify").status_code == 404


class TestVerification:
    def test_runs_in_the_worker_and_says_that_all_agrees(
        self, app: Flask, desk: Page, busy: tuple[CardView, CardView]
    ) -> None:
        assert desk.post("/admin/verification").status_code == 303
        assert "every 1s" in desk.get("/admin/verification").get_data(as_text=True)
        run_worker(app, burst=True)
        shown = desk.get("/admin/verification").get_data(as_text=True)
        assert "every 1s" not in shown
        assert "notice-success" in shown
        region = desk.htmx("GET", "/admin/verification").get_data(as_text=True)
        assert "<html" not in region
        assert "verification" in desk.get("/admin/audit").get_data(as_text=True)

    def test_names_what_differs(
        self, app: Flask, desk: Page, busy: tuple[CardView, CardView], boss: Api
    ) -> None:
        from sqlalchemy import text

        from koshelok.infra.db import db

        mine, _ = busy
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(
                text("UPDATE ledger_accounts SET balance = balance + 1 WHERE id = :id"),
                {"id": mine.account_id},
            )
        desk.post("/admin/verification")
        run_worker(app, burst=True)
        shown = desk.get("/admin/verification").get_data(as_text=True)
        assert "notice-error" in shown
        assert f"account {mine.account_id}" in shown
        answer = boss.get("/admin/verify-balances").get_json()
        assert answer["ok"] is False
        assert [item["card"] for item in answer["items"] if not item["ok"]] == [str(mine.id)]
        (difference,) = answer["differences"]
        assert f"account {mine.account_id}" in difference["subject"]
        one = boss.get(f"/admin/cards/{mine.id}/verify-balance").get_json()
        assert (one["ok"], one["difference"]) == (False, "1.00")
        assert "notice-error" in desk.get(f"/admin/cards/{mine.id}/verify").get_data(as_text=True)


def test_filters_are_kept_in_the_address(desk: Page, busy: tuple[CardView, CardView]) -> None:
    mine, _ = busy
    answer = desk.htmx("GET", f"/admin/transfers?card={mine.number}&min_amount=&status=success")
    assert answer.headers["HX-Push-Url"] == f"/admin/transfers?card={mine.number}&status=success"
    assert desk.get("/admin/transfers?card=123").status_code == 422
    assert desk.get("/admin/transfers?start_date=2026-02-02&end_date=2026-02-01").status_code == 422
    assert desk.get("/admin/audit?action=zzz").status_code == 422
    assert desk.get("/admin/cards?status=zzz").status_code == 422
