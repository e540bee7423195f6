"""People with a card each and money on it, signed in; and their transfers, as requests."""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy import text

from bench.http import Ask, request
from koshelok.core.events import publish
from koshelok.identity import operations as identity
from koshelok.identity.auth import make_tokens
from koshelok.identity.events import UserRegistered
from koshelok.identity.models import User
from koshelok.identity.operations import Device, SignIn
from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.wallet import operations as wallet
from koshelok.web.session import CookieSessions

PEOPLE = 200
MONEY = Decimal(1_000_000_000)
AMOUNT = "2000.00"


@dataclass(frozen=True)
class Holder:
    """A person with a card."""

    id: int
    token: str
    cookie: str
    card: str
    number: str
    account_id: int


def make_holders(app: Flask, people: int = PEOPLE) -> list[Holder]:
    """Migrate an empty database; register people, open their cards, put money on them."""
    with app.app_context():
        upgrade()
        with app.test_request_context():
            holders = [_make_holder(number) for number in range(people)]
        vacuum()
        db.engine.dispose()
    return holders


def vacuum() -> None:
    """Let the planner know, and nothing be left for later."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))


def _make_holder(number: int) -> Holder:
    with unit_of_work():
        user = User(username=f"holder{number}", language="uz")
        session.add(user)
        session.flush()
        publish(UserRegistered(user_id=user.id, language="uz"))
        token = make_tokens(identity.start_session(user=user, device=Device("api", "bench")))
        browser = identity.start_session(user=user, device=Device("web", "bench"))
        card = wallet.open_card(actor_id=user.id)
        wallet.change_status(actor_id=user.id, card_id=card.id, status="ACTIVE")
        ledger.deposit(
            actor_id=user.id, key="deposit", fingerprint="", target=card.account_id, amount=MONEY
        )
        return Holder(
            user.id, str(token["access"]), _cookie(browser), str(card.id), card.number,
            card.account_id,
        )  # fmt: skip


def _cookie(browser: SignIn) -> str:
    signer = CookieSessions().get_signing_serializer(current_app)
    assert signer
    signed = signer.dumps({"_user_id": str(browser.session_id), "_permanent": True})
    return f"{current_app.config['SESSION_COOKIE_NAME']}={signed}"


def transfers(holders: list[Holder]) -> Iterator[Ask]:
    """Transfers between people by chance, through the API, each with a key of its own."""
    while True:
        sender, receiver = random.sample(holders, 2)
        asked = {"from_card": sender.card, "to_card": receiver.number, "amount": AMOUNT}
        yield _post("/api/v1/transfers", asked, {"Authorization": f"Bearer {sender.token}"})


def lean_transfers(holders: list[Holder]) -> Iterator[Ask]:
    """The same, as the lean route takes them."""
    while True:
        sender, receiver = random.sample(holders, 2)
        asked = {"from": sender.account_id, "to": receiver.account_id, "amount": AMOUNT,
                 "actor": sender.id}  # fmt: skip
        yield _post("/transfers", asked, {})


def _post(path: str, asked: dict[str, str | int], headers: dict[str, str]) -> Ask:
    headers |= {"Content-Type": "application/json", "Idempotency-Key": os.urandom(16).hex()}
    return Ask(request("POST", path, headers, json.dumps(asked).encode()), b"201")
