"""Money on its way from the house to one person and on to another: as JSON, then on pages
without JavaScript, with the same to read at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from koshelok.verification import verify_all
from tests.conftest import PASSWORD, Api, Page, Person

PEOPLE = {"botir": "Botir Boshliq", "malika": "Malika Karimova", "aziz": "Aziz Rahimov"}


class JsonFace:
    """A person who calls the API."""

    def __init__(self, app: Flask, login: str) -> None:
        self.api = Api(app)
        body = {"username": login, "password": PASSWORD, "full_name": PEOPLE[login]}
        assert self.api.post("/auth/register", body).status_code == 201
        self.api.login(Person(0, login, PASSWORD, 0))

    def open_card(self) -> None:
        """Open a card and activate it."""
        made = self.api.post("/cards", {})
        assert (made.status_code, made.get_json()["status"]) == (201, "FROZEN")
        self.card, self.number = made.get_json()["id"], made.get_json()["card_number"]
        active = self.api.open("PATCH", f"/cards/{self.card}/unfreeze")
        assert active.get_json()["status"] == "ACTIVE"

    def deposit(self, amount: str) -> None:
        """Issue money onto one's own card; a second time with the same key changes nothing."""
        self._twice("/admin/deposits", {"amount": amount, "card": self.card})

    def send(self, number: str, amount: str, description: str) -> str:
        """Send, and again with the same key, as after a lost answer; answers the transfer."""
        body = {"from_card": self.card, "to_card": number, "amount": amount}
        return self._twice("/transfers", body | {"description": description})

    def _twice(self, path: str, body: dict[str, Any]) -> str:
        headers = {"Idempotency-Key": str(uuid4())}
        first, again = (self.api.post(path, body, headers=headers) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201), first.text
        assert first.data == again.data
        assert again.headers["Idempotent-Replayed"] == "true"
        id_: str = first.get_json()["id"]
        return id_


class PlainFace:
    """A person with a browser that runs no scripts: forms as they are rendered, and links."""

    def __init__(self, app: Flask, login: str) -> None:
        self.page = Page(app)
        self.page.get("/signup/username")
        self._go(
            "/signup/username",
            {"username": login, "password": PASSWORD, "full_name": PEOPLE[login]},
        )
        self.page.token = ""

    def open_card(self) -> None:
        """Open a card and activate it on its page."""
        self.page.get("/cards")
        shown = self._go("/cards", {})
        (self.card,) = re.findall(r'action="/cards/([0-9a-f-]{36})/activate"', shown)
        shown = self._go(f"/cards/{self.card}/activate", {})
        assert "/activate" not in shown
        (self.number,) = re.findall(r'data-copy="(\d{16})"', shown)

    def deposit(self, amount: str) -> None:
        """Issue money onto one's own card; the same form again changes nothing."""
        fields = self._fields(self.page.get("/admin/deposit").text, "/admin/deposit")
        self._twice("/admin/deposit", fields | {"amount": amount, "card": self.card})

    def send(self, number: str, amount: str, description: str) -> str:
        """Look, confirm, and confirm again, as after a reload; answers the transfer."""
        body = {"from_card": self.card, "amount": amount, "description": description}
        seen = self.page.post("/send", body | {"to_card": number})
        assert seen.status_code == 200, seen.text
        where = self._twice("/send/confirm", self._fields(seen.text, "/send/confirm"))
        return where.removeprefix("/transfers/")

    def _twice(self, path: str, fields: dict[str, str]) -> str:
        first, again = (self.page.post(path, fields) for _ in range(2))
        assert (first.status_code, again.status_code) == (303, 303), first.text
        assert first.location == again.location
        assert self.page.get(first.location).status_code == 200
        where: str = first.location
        return where

    def _go(self, path: str, fields: dict[str, str]) -> str:
        answer = self.page.post(path, fields)
        assert answer.status_code == 303, answer.text
        return self.page.get(answer.location).text

    @staticmethod
    def _fields(text: str, action: str) -> dict[str, str]:
        form = text.split(f'action="{action}"')[1].split("</form>")[0]
        inputs = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form)
        named = (dict(re.findall(r'(name|value)="([^"]*)"', each)) for each in inputs)
        return {each["name"]: unescape(each["value"]) for each in named}


Face = JsonFace | PlainFace


def _read(app: Flask, login: str, number: str) -> dict[str, Any]:
    """What a person has at the end, whoever brought it about."""
    api = Api(app).login(Person(0, login, PASSWORD, 0))
    (card,) = api.get("/cards").get_json()["items"]
    figures = api.get("/finance/dashboard").get_json()
    assert card["card_number"].replace("-", "") == number.replace("-", "")
    return {
        "card": card["balance"],
        "book": {name: figures[name] for name in ("balance", "income", "expense")},
        "records": [
            (item["type"], item["amount"], item["comment"].partition(" · ")[2])
            for item in api.get("/finance/transactions").get_json()["items"]
        ],
        "transfers": [
            (item["type"], item["status"], item["amount"], item["commission"])
            for item in api.get("/transfers").get_json()["items"]
        ],
    }


SENT = ("transfer", "success", "500000.00", "5000.00")
GIVEN = ("transfer", "success", "1000000.00", "0.00")
AT_THE_END = {
    "botir": {
        "card": "2000000.00",
        "book": {"balance": "-1000000.00", "income": "0.00", "expense": "1000000.00"},
        "records": [("expense", "1000000.00", "Boshlanish")],
        "transfers": [GIVEN, ("deposit", "success", "3000000.00", "0.00")],
    },
    "malika": {
        "card": "495000.00",
        "book": {"balance": "495000.00", "income": "1000000.00", "expense": "505000.00"},
        "records": [("expense", "505000.00", "Ijara"), ("income", "1000000.00", "Boshlanish")],
        "transfers": [SENT, GIVEN],
    },
    "aziz": {
        "card": "500000.00",
        "book": {"balance": "500000.00", "income": "500000.00", "expense": "0.00"},
        "records": [("income", "500000.00", "Ijara")],
        "transfers": [SENT],
    },
}


@pytest.mark.parametrize("face", [JsonFace, PlainFace])
def test_money_goes_from_the_house_to_one_and_on_to_another(
    app: Flask, face: Callable[[Flask, str], Face]
) -> None:
    people = {login: face(app, login) for login in PEOPLE}
    boss, malika, aziz = people.values()
    named = app.test_cli_runner().invoke(args=["admin", "--login=botir", f"--password={PASSWORD}"])
    assert named.exit_code == 0, named.output
    for somebody in people.values():
        somebody.open_card()
    boss.deposit("3000000")
    boss.send(malika.number, "1000000", "Boshlanish")
    transfer = malika.send(aziz.number, "500000", "Ijara")

    found = {login: _read(app, login, somebody.number) for login, somebody in people.items()}
    assert found == AT_THE_END
    house = Api(app).login(Person(0, "botir", PASSWORD, 0))
    assert house.get("/admin/platform-card").get_json()["balance"] == "5000.00"
    proof = house.get("/admin/verify-balances").get_json()
    assert (proof["ok"], proof["sum"]) == (True, "0.00")
    with app.app_context():
        assert verify_all() == []
    command = app.test_cli_runner().invoke(args=["verify"])
    assert command.exit_code == 0, command.output
    for login in ("malika", "aziz"):
        _records_and_transfer_are_linked(app, login, transfer)


def _records_and_transfer_are_linked(app: Flask, login: str, transfer: str) -> None:
    page = Page(app).login(Person(0, login, PASSWORD, 0))
    left, moved, type_ = {"malika": (495, 505, "expense"), "aziz": (500, 500, "income")}[login]
    assert f"{left}\u202f000" in page.get("/cards").text.split('class="bank-card-balance"')[1]
    shown = page.get("/dashboard").text
    row = next(row for row in shown.split("<li ") if f'href="/transfers/{transfer}"' in row)
    assert f"{moved}\u202f000" in row
    assert f"money-md {type_}" in row
    (record,) = re.findall(r'id="record-(\d+)"', row)
    assert f'href="/transactions/{record}/edit"' in page.get(f"/transfers/{transfer}").text
    assert f'href="/transfers/{transfer}"' in page.get(f"/transactions/{record}/edit").text
