"""What the tests of the wallet do again and again."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from werkzeug.test import TestResponse

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.wallet import operations as wallet
from koshelok.wallet.queries import CardView
from tests.conftest import Api, Person


def open_with(person: Person, amount: str) -> tuple[UUID, UUID]:
    """An active card of somebody's and the deposit on it; needs an application context."""
    with unit_of_work():
        card = wallet.open_card(actor_id=person.id)
        wallet.change_status(actor_id=person.id, card_id=card.id, status="ACTIVE")
        made = ledger.deposit(
            actor_id=person.id, key=str(uuid4()), fingerprint="", target=card.account_id,
            amount=Decimal(amount),
        )  # fmt: skip
    return card.id, made.transfer.id


def save_card_of(other: Person, person: Person) -> UUID:
    """A card of `other`, saved by `person`; needs an application context."""
    with unit_of_work():
        card = wallet.open_card(actor_id=other.id)
        saved = wallet.save_card(actor_id=person.id, card_number=card.number, alias="Qo'shni")
    return saved.id


def send(
    client: Api,
    source: CardView,
    target: CardView | str,
    amount: str,
    *,
    key: str = "",
    **more: Any,
) -> TestResponse:
    """POST /transfers, under a new key unless one is given."""
    number = target if isinstance(target, str) else target.number
    body = {"from_card": str(source.id), "to_card": number, "amount": amount, **more}
    return client.post("/transfers", body, headers={"Idempotency-Key": key or str(uuid4())})


def balance(client: Api, card: CardView) -> str:
    """What is on a card, as its owner reads it."""
    found: str = client.get(f"/cards/{card.id}").get_json()["balance"]
    return found


def problem(response: TestResponse) -> tuple[int, str, list[str]]:
    """A refusal as status, code and the fields it names."""
    body = response.get_json()
    return response.status_code, body["code"], sorted(body.get("errors", {}))
