"""/send: write, look, confirm; one transfer however often a confirmation comes."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from werkzeug.test import TestResponse

from koshelok.identity.models import User
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet.numbers import dashed, new_number
from koshelok.wallet.queries import CardView
from tests.authenticator import turn_on
from tests.conftest import Api, Page, Person, QueryCounter
from tests.wallet.support import balance, send

Browse = Callable[[Person], Page]
Call = Callable[[Person], Api]
CardOf = Callable[..., CardView]
MakePerson = Callable[..., Person]


@pytest.fixture
def source(card_of: CardOf, person: Person) -> CardView:
    """A card of `person` with a million on it."""
    return card_of(person, "1000000")


@pytest.fixture
def target(card_of: CardOf, make_person: MakePerson) -> CardView:
    """Malika's card."""
    return card_of(make_person(full_name="Malika Karimova"))


@pytest.fixture
def mine(browse: Browse, person: Person, source: CardView) -> Page:
    """A browser signed in as `person`, who has a card."""
    return browse(person)


def asked(source: CardView, number: str, amount: str, **more: str) -> dict[str, Any]:
    return {"from_card": str(source.id), "to_card": number, "amount": amount, **more}


def fields(response: TestResponse) -> dict[str, str]:
    """What a look at a transfer would confirm, but for the page's own token."""
    assert 'action="/send/confirm"' in response.text, response.text[:3000]
    form = response.text.split('action="/send/confirm"')[1].split("</form>")[0]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def look(
    page: Page, source: CardView, target: CardView, amount: str, **more: str
) -> dict[str, str]:
    answer = page.post("/send", asked(source, target.number, amount, **more))
    assert answer.status_code == 200, answer.text[:3000]
    return fields(answer)


# Refusals


def test_without_an_active_card_it_says_what_to_do(
    browse: Browse, make_person: MakePerson, card_of: CardOf
) -> None:
    idle = make_person()
    card_of(idle, status="FROZEN")
    page = browse(idle).get("/send")
    assert page.status_code == 200
    assert 'name="amount"' not in page.text
    assert 'href="/cards"' in page.text


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"amount": "1999.99"}, 422, "amount"), ({"amount": "-5000"}, 422, "amount"),
        ({"amount": ""}, 422, "amount"), ({"amount": "5000.001"}, 422, "amount"),
        ({"amount": "2000000.01"}, 409, "amount"), ({"amount": "990099.02"}, 409, "amount"),
        ({"to_card": ""}, 422, "to_card"), ({"to_card": "7777 1"}, 422, "to_card"),
        ({"to_card": "9" * 400}, 422, "to_card"), ({"from_card": "x"}, 422, "from_card"),
        ({"description": "x" * 201}, 422, "description"),
    ],
)  # fmt: skip
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
    mine: Page, source: CardView, target: CardView, changes: dict[str, str], status: int, field: str
) -> None:
    body = asked(source, dashed(target.number), "5000", description="Ijara") | changes
    answer = mine.post("/send", body)
    assert answer.status_code == status
    assert f'id="{field}-error"' in answer.text
    for name in ("to_card", "amount", "description"):
        assert f'value="{body[name]}"' in answer.text
    partial = mine.htmx("POST", "/send", data=body)
    assert partial.status_code == status
    assert partial.text.strip().startswith("<form")


def test_refuses_an_unknown_card_the_same_card_and_an_idle_one(
    mine: Page, source: CardView, card_of: CardOf, make_person: MakePerson
) -> None:
    idle = card_of(make_person(), status="FROZEN")
    for number, status in ((new_number(), 422), (source.number, 422), (idle.number, 409)):
        answer = mine.post("/send", asked(source, number, "5000"))
        assert answer.status_code == status
        assert 'id="to_card-error"' in answer.text


def test_refuses_to_pay_from_anothers_card(mine: Page, source: CardView, target: CardView) -> None:
    body = asked(target, source.number, "5000")
    assert mine.post("/send", body).status_code == 404
    assert mine.post("/send/confirm", {**body, "key": "k"}).status_code == 404


def test_refuses_a_confirmation_without_a_key(
    mine: Page, api: Api, source: CardView, target: CardView
) -> None:
    body = asked(source, target.number, "5000")
    for key in ({}, {"key": ""}, {"key": "\0"}, {"key": "x" * 201}):
        assert mine.post("/send/confirm", {**body, **key}).status_code == 422
    assert balance(api, source) == "1000000.00"


def test_nothing_is_sent_without_a_csrf_token(
    mine: Page, api: Api, source: CardView, target: CardView
) -> None:
    body = look(mine, source, target, "5000")
    assert mine.client.post("/send/confirm", data=body).status_code == 400
    assert balance(api, source) == "1000000.00"


# Looking, and sending


def test_the_address_fills_the_form_in(mine: Page, source: CardView, target: CardView) -> None:
    page = mine.get(f"/send?to={target.number}&from={source.id}&amount=5000&for=%3Cb%3E").text
    assert f'value="{target.number}"' in page
    assert f'value="{source.id}" checked' in page
    assert 'value="&lt;b&gt;"' in page
    assert mine.get("/send?to=%00&from=x&amount=zzz").status_code == 200


def test_a_look_shows_who_gets_it_and_what_it_costs(
    mine: Page, source: CardView, target: CardView, queries: QueryCounter
) -> None:
    body = asked(source, dashed(target.number), "500k", description="Ijara")
    queries.statements.clear()
    answer = mine.post("/send", body)
    assert len(queries.statements) <= 10
    for shown in (
        "M***a K.",
        "500\u202f000",
        "5\u202f000",
        "505\u202f000",
        "495\u202f000",
        "Ijara",
    ):
        assert shown in answer.text, shown
    assert "Karimova" not in answer.text
    found = fields(answer)
    assert found["amount"] == "500000.00"
    assert found["to_card"] == target.number
    partial = mine.htmx("POST", "/send", data=body)
    assert partial.text.strip().startswith(
        '<form class="form" method="post" action="/send/confirm"'
    )


def test_change_goes_back_with_everything_kept(
    mine: Page, source: CardView, target: CardView
) -> None:
    body = look(mine, source, target, "5000", description="Ijara")
    back = mine.post("/send", {**body, "change": "1"})
    assert back.status_code == 200
    for value in (target.number, "5000.00", "Ijara"):
        assert f'value="{value}"' in back.text


def test_confirming_sends_and_shows_the_receipt(
    mine: Page, api: Api, source: CardView, target: CardView
) -> None:
    sent = mine.post("/send/confirm", look(mine, source, target, "500000", description="Ijara"))
    assert sent.status_code == 303
    assert re.fullmatch(r"/transfers/[0-9a-f-]{36}", sent.headers["Location"])
    assert balance(api, source) == "495000.00"
    assert mine.get(sent.headers["Location"]).status_code == 200


def test_htmx_is_told_where_the_receipt_is(mine: Page, source: CardView, target: CardView) -> None:
    sent = mine.htmx("POST", "/send/confirm", data=look(mine, source, target, "5000"))
    assert sent.status_code == 200
    assert '"path": "/transfers/' in sent.headers["HX-Location"]


def test_the_same_confirmation_is_one_transfer(
    mine: Page, api: Api, source: CardView, target: CardView
) -> None:
    body = look(mine, source, target, "5000")
    places = {mine.post("/send/confirm", body).headers["Location"] for _ in range(3)}
    assert len(places) == 1
    assert balance(api, source) == "994950.00"


def test_a_refusal_of_the_ledger_asks_for_another_look_under_a_new_key(
    app: Flask, mine: Page, api: Api, source: CardView, target: CardView
) -> None:
    body = look(mine, source, target, "900000")
    assert send(api, source, target, "500000").status_code == 201
    refused = mine.post("/send/confirm", body)
    assert refused.status_code == 409
    assert 'id="amount-error"' in refused.text
    assert f'value="{target.number}"' in refused.text
    assert body["key"] not in refused.text
    again = look(mine, source, target, "400000")
    assert again["key"] != body["key"]
    assert mine.post("/send/confirm", again).status_code == 303


def test_the_31st_in_a_minute_keeps_the_form_and_its_key(
    limits: None, mine: Page, api: Api, source: CardView, target: CardView
) -> None:
    for _ in range(30):
        assert send(api, source, target, "2000").status_code == 201
    body = look(mine, source, target, "5000")
    refused = mine.post("/send/confirm", body)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert fields(refused) == body
    assert 'role="alert"' in refused.text


# Proving it again


@pytest.fixture
def rich(card_of: CardOf, make_person: MakePerson) -> tuple[Person, CardView]:
    """A PREMIUM person with much money."""
    owner = make_person(role="PREMIUM")
    return owner, card_of(owner, "9000000")


def test_a_first_large_transfer_asks_for_the_password(
    browse: Browse, call: Call, rich: tuple[Person, CardView], target: CardView
) -> None:
    owner, source = rich
    page, client = browse(owner), call(owner)
    shown = page.post("/send", asked(source, target.number, "1500000"))
    assert 'name="password"' in shown.text
    assert 'name="code"' not in shown.text
    body = fields(shown)
    for password, status in (("", 409), ("not-this-one", 422)):
        refused = page.post("/send/confirm", {**body, "password": password})
        assert refused.status_code == status
        assert 'id="password-error"' in refused.text
        assert fields(refused) == body, "nothing is kept, so the key is the same"
        assert not password or password not in refused.text
    assert balance(client, source) == "9000000.00"
    assert page.post("/send/confirm", {**body, "password": owner.password}).status_code == 303
    known = page.post("/send", asked(source, target.number, "1500000"))
    assert 'name="password"' not in known.text


def test_a_code_of_the_app_does_too(
    app: Flask, browse: Browse, rich: tuple[Person, CardView], target: CardView
) -> None:
    owner, source = rich
    page = browse(owner)
    phone = turn_on(app, owner)
    shown = page.post("/send", asked(source, target.number, "1500000"))
    assert 'name="code"' in shown.text
    refused = page.post("/send/confirm", {**fields(shown), "code": phone.wrong()})
    assert refused.status_code == 422
    assert 'id="code-error"' in refused.text
    code = phone.code(1)
    assert page.post("/send/confirm", {**fields(shown), "code": code}).status_code == 303


def test_who_has_nothing_to_prove_with_is_led_to_a_password(
    app: Flask, browse: Browse, rich: tuple[Person, CardView], target: CardView
) -> None:
    owner, source = rich
    page = browse(owner)
    with app.app_context(), unit_of_work():
        session.execute(update(User).where(User.id == owner.id).values(password_hash=None))
    shown = page.post("/send", asked(source, target.number, "1500000"))
    assert shown.status_code == 200
    assert 'href="/settings#password"' in shown.text
    assert 'name="password"' not in shown.text


# Both faces


@given(amount=st.decimals("2000", "3000", places=2), words=st.text(max_size=30))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_faces_give_the_same_result(
    mine: Page, api: Api, source: CardView, target: CardView, amount: Any, words: str
) -> None:
    called = send(api, source, target, str(amount), description=words)
    assert called.status_code == 201, called.get_json()
    sent = mine.post("/send/confirm", look(mine, source, target, str(amount), description=words))
    assert sent.status_code == 303
    shown = api.get(sent.headers["Location"]).get_json()
    one, two = called.get_json(), shown
    assert "".join(one.pop("description").split()) == "".join(two.pop("description").split())
    for name in ("id", "created_at", "completed_at"):
        del one[name], two[name]
    assert one == two


@pytest.mark.parametrize("amount", ["1999", "2000000.01", "990099.02", "5000.001"])
def test_a_refusal_has_the_same_words(
    mine: Page, api: Api, person: Person, source: CardView, target: CardView, amount: str
) -> None:
    body = asked(source, target.number, amount)
    headers = {"Idempotency-Key": "k", "Accept-Language": "uz"}
    said = api.post("/transfers", {**body, "password": person.password}, headers=headers)
    shown = unescape(mine.post("/send", body).text)
    assert said.get_json()["errors"]["amount"][0] in shown
