"""What the tests of the wallet do again and again."""

from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from koshelok.wallet.queries import CardView
from tests.conftest import Api


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
