"""People with cards and money on them."""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.wallet import operations as wallet
from koshelok.wallet.queries import CardView, get_card
from tests.conftest import Person


@pytest.fixture
def card_of(app: Flask) -> Callable[..., CardView]:
    """Open a card for somebody, put money on it, and leave it in a status."""

    def make(person: Person, balance: str = "0", status: str = "ACTIVE") -> CardView:
        with app.app_context():
            with unit_of_work():
                card = wallet.open_card(actor_id=person.id)
                wallet.change_status(actor_id=person.id, card_id=card.id, status="ACTIVE")
                if Decimal(balance):
                    ledger.deposit(
                        actor_id=person.id, key=str(uuid4()), fingerprint="",
                        target=card.account_id, amount=Decimal(balance),
                    )  # fmt: skip
                if status == "EXPIRED":
                    ledger.set_status(account_id=card.account_id, status=status)
                elif status != "ACTIVE":
                    wallet.change_status(actor_id=person.id, card_id=card.id, status=status)
            return get_card(person.id, card.id)

    return make
