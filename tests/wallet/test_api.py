"""Cards and transfers over JSON: what is refused, what is made, and made once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from koshelok.infra.unit_of_work import RETRIES, retried, unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.wallet import operations as wallet
from koshelok.wallet.numbers import dashed, new_number
from koshelok.wallet.queries import CardView
from tests.authenticator import turn_on
from tests.conftest import Api, Person, QueryCounter
from tests.wallet.support import balance, problem, send

CardOf = Callable[..., CardView]
MakePerson = Callable[..., Person]
Call = Callable[[Person], Api]


@pytest.fixture
def other(make_person: MakePerson) -> Person:
    """Who gets the money."""
    return make_person(full_name="Malika Karimova")


@pytest.fixture
def mine(card_of: CardOf, person: Person) -> CardView:
    """A card of `person` with a million on it."""
    return card_of(person, "1000000")


@pytest.fixture
def theirs(card_of: CardOf, other: Person) -> CardView:
    """A card of `other`, empty."""
    return card_of(other)


# Refusals


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("1999", "amount_below_minimum"), ("1999.99", "amount_below_minimum"),
        ("0", "amount_out_of_range"), ("-5000", "amount_out_of_range"),
        (-5000, "amount_out_of_range"),
        ("5000.001", "amount_too_precise"), ("99999999999999999", "amount_out_of_range"),
        ("NaN", "invalid_amount"), ("Infinity", "invalid_amount"), ("1e6", "invalid_amount"),
        ("25k", "invalid_amount"), ("", "invalid_amount"), (True, "invalid_amount"),
        (None, "invalid_amount"), ("5 000", "invalid_amount"),
    ],
)  # fmt: skip
def test_refuses_an_amount(
    api: Api, mine: CardView, theirs: CardView, amount: Any, code: str
) -> None:
    assert problem(send(api, mine, theirs, amount)) == (422, code, ["amount"])
    assert balance(api, mine) == "1000000.00"


def test_refuses_an_exponent_and_half_a_tiyin_as_json_numbers(
    api: Api, mine: CardView, theirs: CardView
) -> None:
    for number in ("5e3", "5000.005", "1E400", "5000.0000000000000001"):
        answer = api.post(
            "/transfers",
            data=f'{{"from_card": "{mine.id}", "to_card": "{theirs.number}", "amount": {number}}}',
            content_type="application/json",
            headers={"Idempotency-Key": number},
        )
        assert answer.status_code == 422, number
        assert list(answer.get_json()["errors"]) == ["amount"]


@pytest.mark.parametrize(
    "number", ["", "7777", "7777-1234-5678-9012", "8600123412341234", "7777000000000000", "x" * 16]
)
def test_refuses_a_mistyped_number(api: Api, mine: CardView, number: str) -> None:
    assert problem(send(api, mine, number, "5000")) == (422, "invalid_card_number", ["to_card"])


def test_refuses_unknown_cards_own_or_not(api: Api, mine: CardView, theirs: CardView) -> None:
    assert problem(send(api, mine, new_number(), "5000")) == (404, "card_not_found", ["to_card"])
    refused = send(api, theirs, mine, "5000")
    assert problem(refused) == (404, "card_not_found", ["from_card"])


def test_refuses_a_card_to_itself(api: Api, mine: CardView) -> None:
    assert problem(send(api, mine, mine, "5000")) == (422, "same_card", ["to_card"])


def test_refuses_more_than_there_is_the_commission_counted(
    api: Api, call: Call, other: Person, mine: CardView, theirs: CardView
) -> None:
    for amount in ("1000000", "990099.02"):
        refused = send(api, mine, theirs, amount)
        assert problem(refused) == (409, "insufficient_funds", ["amount"])
    assert balance(api, mine) == "1000000.00"
    assert send(api, mine, theirs, "990099.01").status_code == 201
    assert balance(api, mine) == "0.00"
    assert balance(call(other), theirs) == "990099.01"


@pytest.mark.parametrize("status", ["FROZEN", "EXPIRED", "CLOSED"])
def test_refuses_a_card_that_is_not_active_at_either_end(
    app: Flask, api: Api, card_of: CardOf, mine: CardView, make_person: MakePerson, status: str
) -> None:
    receiver = card_of(make_person(), status=status)
    assert problem(send(api, mine, receiver, "5000")) == (409, "receiver_inactive", ["to_card"])
    sender = make_person()
    source = card_of(sender, "0" if status == "CLOSED" else "9000", status)
    client = Api(app).login(sender)
    refused = send(client, source, mine, "5000")
    assert problem(refused) == (409, f"card_{status.lower()}", ["from_card"])


def test_refuses_unknown_fields_and_no_json(api: Api, mine: CardView, theirs: CardView) -> None:
    assert problem(send(api, mine, theirs, "5000", fee="0"))[2] == ["fee"]
    key = {"Idempotency-Key": "k"}
    assert api.post("/transfers", data="{", headers=key, content_type="application/json"
                    ).status_code == 400  # fmt: skip
    assert api.post("/transfers", data="a=1", headers=key).status_code == 415
    missing = api.post("/transfers", {}, headers=key)
    assert sorted(missing.get_json()["errors"]) == ["amount", "from_card", "to_card"]


def test_refuses_a_transfer_without_a_key(api: Api, mine: CardView, theirs: CardView) -> None:
    body = {"from_card": str(mine.id), "to_card": theirs.number, "amount": "5000"}
    assert problem(api.post("/transfers", body))[:2] == (400, "idempotency_key_required")
    long = api.post("/transfers", body, headers={"Idempotency-Key": "x" * 201})
    assert problem(long)[:2] == (422, "idempotency_key_invalid")
    assert balance(api, mine) == "1000000.00"


# Made, and made once


def test_sends_with_a_commission_on_top(
    api: Api, call: Call, other: Person, mine: CardView, theirs: CardView
) -> None:
    made = send(api, mine, dashed(theirs.number), 500000, description="  Ijara\0 ")
    body = made.get_json()
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/transfers/{body['id']}"
    assert "Idempotent-Replayed" not in made.headers
    assert {name: body[name] for name in body.keys() - {"id", "created_at", "completed_at"}} == {
        "from_card": dashed(mine.number), "to_card": dashed(theirs.number),
        "amount": "500000.00", "commission": "5000.00", "type": "transfer", "status": "success",
        "description": "Ijara",
    }  # fmt: skip
    assert balance(api, mine) == "495000.00"
    assert balance(call(other), theirs) == "500000.00"
    for reader in (api, call(other)):
        assert reader.get(f"/transfers/{body['id']}").get_json() == body


def test_a_transfer_is_three_statements(
    api: Api, mine: CardView, theirs: CardView, queries: QueryCounter
) -> None:
    """The session of the token, both ends, the function of the ledger."""
    queries.statements.clear()
    assert send(api, mine, theirs, "5000").status_code == 201
    assert len(queries.statements) == 3


def test_the_same_key_answers_the_same_bytes(api: Api, mine: CardView, theirs: CardView) -> None:
    first = send(api, mine, theirs, "5000", key="once")
    for number in (theirs.number, dashed(theirs.number)):
        again = send(api, mine, number, "5000.00", key="once")
        assert (again.status_code, again.data) == (201, first.data)
        assert again.headers["Location"] == first.headers["Location"]
        assert again.headers["Idempotent-Replayed"] == "true"
    assert balance(api, mine) == "994950.00"


def test_the_same_key_for_another_body_is_refused(
    api: Api, mine: CardView, theirs: CardView
) -> None:
    send(api, mine, theirs, "5000", key="once")
    for amount, more in (("5001", {}), ("5000", {"description": "x"}), ("1", {}), ("9999999", {})):
        refused = send(api, mine, theirs, amount, key="once", **more)
        assert problem(refused)[:2] == (422, "idempotency_key_reused"), amount
    refused = send(api, mine, new_number(), "5000", key="once")
    assert problem(refused)[:2] == (422, "idempotency_key_reused")
    assert balance(api, mine) == "994950.00"


def test_one_key_of_two_people_makes_two_transfers(
    api: Api, call: Call, other: Person, mine: CardView, theirs: CardView
) -> None:
    assert send(api, mine, theirs, "500000", key="k").status_code == 201
    assert send(call(other), theirs, mine, "5000", key="k").status_code == 201


def test_a_refusal_of_the_ledger_is_answered_again(
    app: Flask, api: Api, person: Person, mine: CardView, theirs: CardView, card_of: CardOf
) -> None:
    """Though there would be money by now; a policy's refusal keeps its number too."""
    refusals = {
        "insufficient_funds": ("999999", {}),
        "transfer_limit_exceeded": ("2000001", {"password": person.password}),
    }
    first = {
        code: send(api, mine, theirs, amount, key=code, **more)
        for code, (amount, more) in refusals.items()
    }
    with app.app_context(), unit_of_work():
        ledger.deposit(
            actor_id=person.id,
            key="more",
            fingerprint="",
            target=mine.account_id,
            amount=mine.balance,
        )
    for code, (amount, _) in refusals.items():
        again = send(api, mine, theirs, amount, key=code)
        assert first[code].status_code == 409
        assert first[code].get_json()["code"] == code
        assert (again.status_code, again.data) == (409, first[code].data)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first[code].headers
    assert send(api, mine, theirs, "999999").status_code == 201


def test_a_bad_field_is_not_kept(api: Api, mine: CardView, theirs: CardView) -> None:
    assert send(api, mine, theirs, "1", key="k").status_code == 422
    assert send(api, mine, new_number(), "5000", key="k").status_code == 404
    assert send(api, mine, theirs, "5000", key="k").status_code == 201


def test_a_retry_is_answered_though_the_card_was_closed_since(
    app: Flask, api: Api, card_of: CardOf, make_person: MakePerson, mine: CardView
) -> None:
    sender = make_person()
    client, source = Api(app).login(sender), card_of(sender, "5050")
    first = send(client, source, mine, "5000", key="k")
    assert client.post(f"/cards/{source.id}/close").status_code == 200
    again = send(client, source, mine, "5000", key="k")
    assert (again.status_code, again.data) == (201, first.data)


def test_twelve_threads_with_one_key_make_one_transfer(
    app: Flask, api: Api, mine: CardView, theirs: CardView
) -> None:
    start = threading.Barrier(12)

    def one(_: int) -> tuple[int, bytes, bool]:
        client = Api(app)
        client.headers = dict(api.headers)
        start.wait()
        answer = send(client, mine, theirs, "5000", key="storm")
        return answer.status_code, answer.data, "Idempotent-Replayed" in answer.headers

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, range(12)))
    assert {answer[:2] for answer in answers} == {(201, answers[0][1])}
    assert [again for _, _, again in answers].count(False) == 1
    assert balance(api, mine) == "994950.00"


def test_the_31st_in_a_minute_waits_and_a_retry_does_not(
    limits: None, api: Api, mine: CardView, theirs: CardView
) -> None:
    answers = [send(api, mine, theirs, "2000", key=f"k{n}") for n in range(30)]
    assert {answer.status_code for answer in answers} == {201}
    refused = send(api, mine, theirs, "2000", key="k30")
    assert problem(refused)[:2] == (429, "too_many_requests")
    assert int(refused.headers["Retry-After"]) > 0
    again = send(api, mine, theirs, "2000", key="k7")
    assert (again.status_code, again.data) == (201, answers[7].data)
    reused = send(api, mine, theirs, "2001", key="k7")
    assert problem(reused)[:2] == (422, "idempotency_key_reused")
    assert balance(api, mine) == "939400.00"


def test_a_lost_race_is_run_again_and_not_for_ever(context: Flask) -> None:
    class Lost(Exception):
        sqlstate = "40P01"

    tries: list[int] = []

    def body(fails: int) -> str:
        tries.append(1)
        if len(tries) <= fails:
            raise OperationalError("", {}, Lost())
        return "done"

    assert retried(lambda: body(RETRIES)) == "done"
    tries.clear()
    with pytest.raises(OperationalError):
        retried(lambda: body(RETRIES + 1))
    assert len(tries) == RETRIES + 1
    Lost.sqlstate = "57P01"
    tries.clear()
    with pytest.raises(OperationalError):
        retried(lambda: body(1))
    assert len(tries) == 1


# Proving it again


@pytest.fixture
def rich(card_of: CardOf, make_person: MakePerson) -> tuple[Person, CardView]:
    """A PREMIUM person with much money."""
    sender = make_person(role="PREMIUM")
    return sender, card_of(sender, "9000000")


def test_a_card_that_was_sent_to_before_is_known(
    call: Call, rich: tuple[Person, CardView], theirs: CardView
) -> None:
    sender, source = rich
    client = call(sender)
    assert send(client, source, theirs, "1000000").status_code == 201
    assert send(client, source, theirs, "1000000.01").status_code == 201


def test_step_up_is_answered_with_the_same_key(
    call: Call, rich: tuple[Person, CardView], theirs: CardView
) -> None:
    sender, source = rich
    client = call(sender)
    asked = send(client, source, theirs, "1000000.01", key="k")
    assert problem(asked) == (409, "step_up_required", ["password"])
    assert asked.get_json()["methods"] == ["password"]
    wrong = send(client, source, theirs, "1000000.01", key="k", password="wrong-one")
    assert problem(wrong) == (422, "wrong_password", ["password"])
    assert balance(client, source) == "9000000.00"
    made = send(client, source, theirs, "1000000.01", key="k", password=sender.password)
    assert made.status_code == 201
    again = send(client, source, theirs, "1000000.01", key="k")
    assert (again.data, again.headers["Idempotent-Replayed"]) == (made.data, "true")
    assert send(client, source, theirs, "4000000").status_code == 201


def test_step_up_takes_a_code_of_the_app(
    app: Flask, call: Call, rich: tuple[Person, CardView], theirs: CardView
) -> None:
    sender, source = rich
    client = call(sender)
    phone = turn_on(app, sender)
    asked = send(client, source, theirs, "2000000", key="k")
    assert asked.get_json()["methods"] == ["password", "code"]
    wrong = send(client, source, theirs, "2000000", key="k", code=phone.wrong())
    assert problem(wrong) == (422, "invalid_code", ["code"])
    code = phone.code(1)
    assert send(client, source, theirs, "2000000", key="k", code=code).status_code == 201


def test_no_proof_is_asked_for_a_card_of_ones_own(
    call: Call, rich: tuple[Person, CardView], card_of: CardOf
) -> None:
    sender, source = rich
    assert send(call(sender), source, card_of(sender), "4000000").status_code == 201


def test_a_failed_first_transfer_makes_nobody_known(
    call: Call, make_person: MakePerson, card_of: CardOf, theirs: CardView
) -> None:
    sender = make_person(role="PREMIUM")
    client, source = call(sender), card_of(sender, "2000")
    refused = send(client, source, theirs, "3000000", password=sender.password)
    assert problem(refused)[1] == "insufficient_funds"
    assert problem(send(client, source, theirs, "3000000"))[1] == "step_up_required"


# Cards


def test_opens_a_card_frozen_and_not_one_too_many(api: Api, person: Person) -> None:
    made = api.post("/cards")
    card = made.get_json()
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/cards/{card['id']}"
    assert (card["status"], card["balance"], card["owner_name"]) == ("FROZEN", "0.00", person.login)
    assert card["card_number"].startswith("7777-")
    assert len(card["card_number"]) == 19
    assert api.get("/cards").get_json() == {"items": [card], "next_cursor": None}
    assert problem(api.post("/cards")) == (409, "card_limit_reached", [])


def test_a_card_is_opened_once_for_a_key(call: Call, make_person: MakePerson) -> None:
    client = call(make_person(role="PREMIUM"))
    answers = [client.post("/cards", headers={"Idempotency-Key": "k"}) for _ in range(3)]
    assert len({answer.data for answer in answers}) == 1
    assert len(client.get("/cards").get_json()["items"]) == 1


def test_freezes_unfreezes_and_closes(api: Api, mine: CardView, theirs: CardView) -> None:
    path = f"/cards/{mine.id}"
    assert problem(api.patch(f"{path}/unfreeze")) == (409, "illegal_status", [])
    assert api.patch(f"{path}/freeze").get_json()["status"] == "FROZEN"
    assert problem(api.patch(f"{path}/freeze")) == (409, "illegal_status", [])
    assert api.patch(f"{path}/unfreeze").get_json()["status"] == "ACTIVE"
    assert problem(api.post(f"{path}/close")) == (409, "balance_not_zero", [])
    assert send(api, mine, theirs, "990099").status_code == 201
    assert problem(api.post(f"{path}/close")) == (409, "balance_not_zero", []), "a tiyin is left"


def test_what_an_admin_froze_its_owner_does_not_unfreeze(
    app: Flask, api: Api, mine: CardView, make_person: MakePerson
) -> None:
    admin = make_person(role="ADMIN")
    with app.app_context(), unit_of_work():
        wallet.change_status_as_admin(actor_id=admin.id, card_id=mine.id, status="FROZEN")
    assert problem(api.patch(f"/cards/{mine.id}/unfreeze")) == (409, "frozen_by_admin", [])


def test_anothers_card_is_not_there(api: Api, theirs: CardView) -> None:
    path = f"/cards/{theirs.id}"
    for answer in (
        api.get(path), api.patch(f"{path}/freeze"), api.patch(f"{path}/unfreeze"),
        api.post(f"{path}/close"), api.get(f"/cards/{uuid4()}"),
        api.get("/transfers", query_string={"card": theirs.id}),
    ):  # fmt: skip
        assert answer.status_code == 404
        assert answer.get_json()["code"] == "card_not_found"


# History


def _ids(client: Api, **query: Any) -> list[str]:
    answer = client.get("/transfers", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return [item["id"] for item in answer.get_json()["items"]]


def test_a_refused_transfer_is_its_senders_business(
    api: Api, call: Call, other: Person, mine: CardView, theirs: CardView
) -> None:
    send(api, mine, theirs, "1000000")
    (failed,) = _ids(api, status="failed")
    assert api.get(f"/transfers/{failed}").get_json()["status"] == "failed"
    assert call(other).get(f"/transfers/{failed}").status_code == 404
    assert _ids(call(other)) == []


def test_a_stranger_sees_no_transfer(
    api: Api, call: Call, make_person: MakePerson, mine: CardView, theirs: CardView
) -> None:
    made = send(api, mine, theirs, "5000").get_json()["id"]
    stranger = call(make_person())
    assert stranger.get(f"/transfers/{made}").status_code == 404
    assert _ids(stranger) == []


def test_pages_through_a_history_once_each(
    app: Flask, call: Call, make_person: MakePerson, card_of: CardOf
) -> None:
    sender = make_person(role="PREMIUM")
    client, one, two = call(sender), card_of(sender, "900000"), card_of(sender, "900000")
    made = [send(client, *((one, two) if n % 3 else (two, one)), "2000") for n in range(12)]
    expected = [answer.get_json()["id"] for answer in reversed(made)]
    for query in ({}, {"card": one.id}, {"type": "transfer"}):
        seen: list[str] = []
        cursor = None
        while True:
            page = client.get("/transfers", query_string={**query, "limit": 5, "cursor": cursor})
            seen += [item["id"] for item in page.get_json()["items"]]
            cursor = page.get_json()["next_cursor"]
            if cursor is None:
                break
        assert [id_ for id_ in seen if id_ in expected] == expected
        assert len(seen) == len(set(seen))


def test_narrows_a_history(
    call: Call, make_person: MakePerson, card_of: CardOf, mine: CardView, api: Api
) -> None:
    sender = make_person(role="PREMIUM")
    client, one, two = call(sender), card_of(sender, "900000"), card_of(sender)
    own = send(client, one, two, "3000").get_json()["id"]
    out = send(client, one, mine, "4000").get_json()["id"]
    into = send(api, mine, one, "5000").get_json()["id"]
    failed = send(client, two, one, "900000").get_json()
    assert failed["code"] == "insufficient_funds"
    deposit = _ids(client, type="deposit")
    assert _ids(client, direction="out", status="success") == [out]
    assert _ids(client, direction="in") == [into, *deposit]
    assert _ids(client, direction="own", status="success") == [own]
    assert _ids(client, card=two.id, direction="in") == [own]
    assert _ids(client, card=one.id, direction="out") == [out, own]
    assert _ids(client, min_amount="4000", max_amount="4999.99") == [out]
    assert len(_ids(client)) == 5
    today = client.get(f"/transfers/{out}").get_json()["created_at"][:10]
    assert _ids(client, end_date="2020-01-01") == []
    assert len(_ids(client, start_date=today[:8] + "01", end_date="9999-12-31")) == 5
    assert _ids(client, start_date="0001-01-01", end_date="0001-01-01") == []


@pytest.mark.parametrize(
    "query",
    [{"direction": "up"}, {"type": "gift"}, {"status": "x"}, {"card": "1"}, {"cursor": "x"},
     {"start_date": "2026-02-30"}, {"min_amount": "-1"}, {"limit": 101}, {"page": 2},
     {"start_date": "2026-11-02", "end_date": "2026-11-01"}],
    ids=str,
)  # fmt: skip
def test_refuses_a_query(api: Api, query: dict[str, Any]) -> None:
    assert api.get("/transfers", query_string=query).status_code == 422
