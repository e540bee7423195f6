"""A shop that is paid by card, a debtor with a link, and somebody who pays: for several tests."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

from flask import Flask

from koshelok.debtors import operations, queries, tokens
from koshelok.debtors.operations import CardPayment
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger.queries import get_balance
from koshelok.wallet.queries import CardView
from tests.conftest import Page
from tests.conftest import Person as User
from tests.debtors.books import Shop, open_shop
from tests.ledger.support import open_cards


@dataclass
class Counter:
    """One shop (or one Apart), its card (if any), one debtor and the path of their link."""

    shop: Any
    debtor: int
    link: int
    card: CardView | None

    @property
    def path(self) -> str:
        """What the debtor opens."""
        return f"/s/{tokens.sign(self.link)}"


def open_counter(owner: User, *debts: str, name: str = "Sherzod G'ofurov", card: bool = True,
                 **more: Any) -> Counter:  # fmt: skip
    """Needs an application context."""
    shop = open_shop(owner)
    debtor = shop.person(name, **more)
    for amount in debts:
        shop.debt(debtor, amount)
    link = shop.do(operations.open_link, debtor_id=debtor)
    return Counter(shop, debtor, link.id, open_cards(owner)[0] if card else None)


class Apart:
    """A shop whose every act has an application context of its own, as a request has: tests that
    ask for pages have none open, or both would share what is known of who asks."""

    def __init__(self, app: Flask, shop: Shop) -> None:
        self._app, self._shop = app, shop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._shop, name)
        return partial(self.inside, found) if callable(found) else found

    def inside(self, act: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        """Do anything in such a context."""
        with self._app.app_context():
            return act(*arguments, **more)


@dataclass
class Payer:
    """Somebody with a card."""

    user: User
    card: CardView
    role: str = "USER"

    def asks(self, counter: Counter, amount: str, key: str = "") -> CardPayment:
        """A payment of theirs, under a new key unless one is given."""
        return CardPayment(
            counter.shop.workspace_id, counter.debtor, self.card.id, Decimal(amount),
            key or str(uuid4()),
        )  # fmt: skip

    def pays(self, counter: Counter, amount: str, key: str = "", **proof: str) -> Any:
        """Pay in a unit of work."""
        payment = self.asks(counter, amount, key)
        with unit_of_work():
            return operations.pay_by_card(
                actor_id=self.user.id, role=self.role, payment=payment, **proof
            )


def open_counter_apart(app: Flask, owner: User, *debts: str, **more: Any) -> Counter:
    """The same for tests of pages."""
    with app.app_context():
        counter = open_counter(owner, *debts, **more)
    counter.shop = Apart(app, counter.shop)
    return counter


def payer(user: User, balance: str = "0", role: str = "USER") -> Payer:
    """Somebody's first active card, with this much on it."""
    return Payer(user, open_cards(user, 1, balance)[0], role)


def on(card: CardView | None) -> str:
    """What is on a card."""
    assert card is not None
    return f"{get_balance(card.account_id):.2f}"


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a form, by name."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))


def confirm(page: Page, path: str, card: CardView, amount: str) -> Any:
    """Ask to pay, look, and confirm; answers the last answer."""
    look = page.post(f"{path}/pay", {"from_card": str(card.id), "amount": amount})
    assert look.status_code == 200, look.get_data(as_text=True)[:3000]
    return page.post(f"{path}/pay/confirm", hidden(look.get_data(as_text=True)))


def open_pages(owner: User) -> list[str]:
    """Every page about a link and what was marked through it; needs an application context."""
    counter = open_counter(owner, "1000", "500.50", card=False)
    debt = queries.list_open_debts(counter.debtor)[0].id
    with unit_of_work():
        operations.mark_wrong(
            workspace_id=owner.workspace_id, debtor_id=counter.debtor, note="Olmaganman",
            debt_id=debt,
        )  # fmt: skip
    return [
        counter.path, f"{counter.path}/debts/{debt}/wrong", f"{counter.path}/pay",
        f"/debtors/{counter.debtor}", f"/debtors/{counter.debtor}/link", "/debtors/disputes",
    ]  # fmt: skip
