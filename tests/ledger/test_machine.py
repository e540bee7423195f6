"""Everything that can be done to cards and money, in any order, against a model in plain Python.

After every step the database and the model hold the same money; a refusal changes none.
KOSHELOK_MACHINE_EXAMPLES asks for more than the suite has time for.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from koshelok.core.errors import DomainError
from koshelok.core.ids import uuid7
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.ledger.models import ESCROW, ISSUER, PLATFORM
from koshelok.ledger.queries import ACCOUNTS, TRANSFERS, Moved
from koshelok.ledger.verification import verify
from koshelok.wallet import operations as wallet
from koshelok.wallet.numbers import new_number
from koshelok.wallet.queries import CardView
from tests.conftest import Person
from tests.ledger.support import clear, do, wrong

ROLES = ("USER", "USER", "PREMIUM", "ADMIN")
CARDS = {"USER": 1, "PREMIUM": 5, "ADMIN": 5}
MAXIMUM = {"USER": 2_000_000, "PREMIUM": 4_000_000, "ADMIN": 4_000_000}
MINIMUM, STEP_UP, WHOLE = 2_000, 1_000_000, Decimal("9999999999999999.99")
BY_OWNER = {"FROZEN": ("ACTIVE", "CLOSED"), "ACTIVE": ("FROZEN", "CLOSED"), "EXPIRED": ("CLOSED",)}
BY_ADMIN = {**BY_OWNER, "EXPIRED": ("ACTIVE", "CLOSED")}
EDGES = ["-1", "0", "0.01", "1999.99", "2000", "2000.001", "3333.35", "1000000", "1000000.01",
         "2000000", "2000000.01", "4000000", "4000000.01", "1e17"]  # fmt: skip
AMOUNTS = st.decimals(2000, 9999, places=2)
DEPOSITS = st.sampled_from([Decimal(2_020), Decimal(50_000), Decimal(6_000_000)])
EXAMPLES = int(os.environ.get("KOSHELOK_MACHINE_EXAMPLES", "30"))


@dataclass(eq=False)
class Held:
    """A card as the model knows it; the house's two accounts have no card."""

    id: int
    owner: int = -1
    card: CardView | None = None
    status: str = "FROZEN"
    balance: Decimal = Decimal(0)
    hot: bool = False
    frozen_by_admin: bool = False


@dataclass(eq=False)
class Answered:
    """What a key was answered, and how to ask it again."""

    ask: Callable[[bool], Any]
    id: UUID
    type: str
    source: Held
    target: Held
    amount: Decimal
    commission: Decimal
    refusal: str | None
    stored: Moved | None = None
    reversed: bool = False


class Bank(RuleBasedStateMachine):
    """Some people of each role, their cards, and an admin."""

    app: Flask
    people: list[Person]
    cards, answered = Bundle("cards"), Bundle("answered")

    def __init__(self) -> None:
        super().__init__()
        clear()
        self.platform = Held(PLATFORM, status="ACTIVE", hot=True)
        self.issuer = Held(ISSUER, status="ACTIVE", hot=True)
        self.escrow = Held(ESCROW, status="ACTIVE", hot=True)
        self.held: list[Held] = []
        self.kept: list[Answered] = []

    @property
    def admin(self) -> int:
        return self.people[ROLES.index("ADMIN")].id

    @initialize(target=cards)
    def begin(self) -> Any:
        """Everybody has a card, some with little money, some with much."""
        money = {
            "USER": Decimal(50_000),
            "PREMIUM": Decimal(6_000_000),
            "ADMIN": Decimal(6_000_000),
        }
        return multiple(*(self.open(owner, True, money[role]) for owner, role in enumerate(ROLES)))

    @precondition(lambda self: len(self.held) < 8)
    @rule(target=cards, owner=st.integers(0, 3), active=st.booleans(), money=DEPOSITS)
    def open(self, owner: int, active: bool, money: Decimal) -> Any:
        """A card: as it is made, or ready and with money."""
        mine = [card for card in self.held if card.owner == owner and card.status != "CLOSED"]
        if len(mine) >= CARDS[ROLES[owner]]:
            self.refused("card_limit_reached", wallet.open_card, actor_id=self.people[owner].id)
            return multiple()
        card = do(wallet.open_card, actor_id=self.people[owner].id)
        held = Held(card.account_id, owner, card)
        self.held.append(held)
        if active:
            self.change(held, "ACTIVE", "owner")
            self.deposit(held, money)
        return held

    @rule(card=cards, status=st.sampled_from(["ACTIVE", "ACTIVE", "FROZEN", "CLOSED"]),
          who=st.sampled_from(["owner", "admin", "admin", "stranger"]))  # fmt: skip
    def change(self, card: Held, status: str, who: str) -> None:
        """Activate, freeze, close: by the owner, an admin, or somebody else."""
        operation = wallet.change_status_as_admin if who == "admin" else wallet.change_status
        person = self.people[(card.owner + (who == "stranger")) % len(ROLES)].id
        actor = self.admin if who == "admin" else person
        values = {"actor_id": actor, "card_id": card.card.id, "status": status}
        if who == "stranger":
            return self.refused("card_not_found", operation, **values)
        if who == "owner" and card.frozen_by_admin and status == "ACTIVE":
            return self.refused("frozen_by_admin", operation, **values)
        if status not in (BY_ADMIN if who == "admin" else BY_OWNER).get(card.status, ()):
            return self.refused("illegal_status", operation, **values)
        if status == "CLOSED" and card.balance:
            return self.refused("balance_not_zero", operation, **values)
        if status == "CLOSED" and card.hot:
            with pytest.raises(IntegrityError, match="a hot account is not closed"):
                do(operation, **values)
            return None
        do(operation, **values)
        card.status = status
        if who == "admin":
            card.frozen_by_admin = status == "FROZEN"
        return None

    @rule(card=cards)
    def expire(self, card: Held) -> None:
        """Its date passes, and the clock's job runs."""
        with unit_of_work():
            session.execute(
                text("UPDATE cards SET expiry_date = current_date - 2 WHERE account_id = :id"),
                {"id": card.id},
            )
        due = card.status in {"ACTIVE", "FROZEN"}
        assert do(wallet.expire_cards) == due
        card.status = "EXPIRED" if due else card.status

    @rule(card=cards)
    def heat(self, card: Held) -> None:
        """From now on it is credited through pending rows."""
        with unit_of_work():
            session.execute(
                text("UPDATE ledger_accounts SET hot = true WHERE id = :id"), {"id": card.id}
            )
        card.hot = True

    @rule(card=st.none() | cards, house=st.booleans())
    def fold(self, card: Held | None, house: bool) -> None:
        """What is pending becomes stored; nobody has more or less."""
        do(ledger.fold, account_id=card.id if card else PLATFORM if house else ISSUER)

    @rule(target=answered, card=cards, amount=DEPOSITS)
    def deposit(self, card: Held, amount: Decimal) -> Answered:
        """An admin issues money."""
        key = str(uuid7())

        def ask(changed: bool) -> Any:
            return do(ledger.deposit, actor_id=self.admin, key=key, target=card.id, amount=amount,
                      fingerprint="other" if changed else "deposit")  # fmt: skip

        refusal = None if card.status == "ACTIVE" else "receiver_inactive"
        return self.asked(ask, "deposit", self.issuer, card, amount, Decimal(0), refusal)

    @rule(target=answered, source=cards, to=cards, amount=AMOUNTS)
    def pay(self, source: Held, to: Held, amount: Decimal) -> Any:
        """As people mostly send."""
        return self.send(source, to, amount, None)

    @rule(target=answered, source=cards, to=cards,
          more=st.sampled_from([Decimal(0), Decimal("0.01")]))  # fmt: skip
    def pay_all(self, source: Held, to: Held, more: Decimal) -> Any:
        """About the last tiyin."""
        rate = Decimal("1.01") if ROLES[source.owner] == "USER" else Decimal(1)
        whole = (source.balance / rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return self.send(source, to, whole + more, None)

    @rule(target=answered, source=cards, to=cards,
          amount=AMOUNTS | st.sampled_from([Decimal(edge) for edge in EDGES]),
          wild=st.sampled_from([None] * 8 + ["stranger", "unknown", "mistyped"]))  # fmt: skip
    def send(self, source: Held, to: Held, amount: Decimal, wild: str | None) -> Any:
        """From a card to a number, which may be nobody's, by a person whose card it may not be."""
        actor = (source.owner + (wild == "stranger")) % len(ROLES)
        person, role = self.people[actor].id, ROLES[actor]
        number = {"unknown": new_number(), "mistyped": "1"}.get(wild, to.card.number)
        key = str(uuid7())

        def ask(changed: bool) -> Any:
            order = wallet.Order(source.card.id, number, amount, "other" if changed else "", key)
            return do(wallet.send, actor_id=person, role=role, order=order)

        refusal = self._policy(source, to, amount, actor, wild)
        if refusal:
            self.refused(refusal, ask, changed=False)
            return multiple()
        rate = Decimal("0.01") if role == "USER" else Decimal(0)
        commission = (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
        refusal = self._books(source, to, amount, commission, MAXIMUM[role])
        return self.asked(ask, "transfer", source, to, amount, commission, refusal)

    def _policy(
        self, source: Held, to: Held, amount: Decimal, actor: int, wild: str | None
    ) -> str | None:
        """What is refused before the ledger is asked, and not kept."""
        known = any(a.refusal is None and a.source.owner == actor and a.target is to
                    for a in self.kept)  # fmt: skip
        first_large = amount > STEP_UP and to.owner != actor and not known
        for code, refused in {
            "invalid_card_number": wild == "mistyped",
            "amount_out_of_range": not 0 < amount <= WHOLE,
            "amount_too_precise": amount % Decimal("0.01") != 0,
            "amount_below_minimum": amount < MINIMUM,
            "card_not_found": wild in {"stranger", "unknown"},
            "same_card": source is to,
            "step_up_required": first_large,
        }.items():
            if refused:
                return code
        return None

    def _books(
        self, source: Held, to: Held, amount: Decimal, commission: Decimal, maximum: int
    ) -> str | None:
        """What is refused and kept."""
        for code, refused in {
            "transfer_limit_exceeded": amount > maximum,
            f"card_{source.status.lower()}": source.status != "ACTIVE",
            "receiver_inactive": to.status != "ACTIVE",
            "insufficient_funds": source.balance < amount + commission,
        }.items():
            if refused:
                return code
        return None

    @rule(target=answered, one=answered)
    def reverse(self, one: Answered) -> Any:
        """An admin gives it back, whole."""
        key = str(uuid7())

        def ask(changed: bool) -> Any:
            return do(ledger.reverse, actor_id=self.admin, key=key, transfer_id=one.id,
                      reason="why", fingerprint="other" if changed else "reverse")  # fmt: skip

        if one.refusal or one.type == "reversal":
            self.refused("not_reversible", ask, changed=False)
            return multiple()
        refusal = None
        for code, refused in {
            "already_reversed": one.reversed,
            "receiver_inactive": one.source.status == "CLOSED",
            "insufficient_funds": one.target.balance < one.amount
            or self.platform.balance < one.commission,
        }.items():
            refusal = refusal or (code if refused else None)
        one.reversed = one.reversed or refusal is None
        return self.asked(ask, "reversal", one.target, one.source, one.amount, one.commission,
                          refusal)  # fmt: skip

    @rule(one=answered, changed=st.booleans())
    def replay(self, one: Answered, changed: bool) -> None:
        """The same key again: the same answer, or that it stood for something else."""
        if one.refusal is None and not changed:
            made = one.ask(False)
            assert (made.replayed, made.transfer) == (True, one.stored)
            return
        with pytest.raises(DomainError) as caught:
            one.ask(changed)
        assert caught.value.code == ("idempotency_key_reused" if changed else one.refusal)
        if not changed:
            assert (caught.value.transfer_id, caught.value.replayed) == (one.id, True)

    def asked(
        self, ask: Callable[[bool], Any], type: str, source: Held, target: Held,
        amount: Decimal, commission: Decimal, refusal: str | None,
    ) -> Answered:  # fmt: skip
        """Ask for the first time: money moves, or the refusal is kept."""
        stored = None
        try:
            stored = ask(False).transfer
            id_, said = stored.id, None
        except DomainError as error:
            id_, said = error.transfer_id, error.code
        assert said == refusal
        one = Answered(ask, id_, type, source, target, amount, commission, refusal, stored)
        self.kept.append(one)
        if refusal is None:
            back = type == "reversal"
            source.balance -= amount + (0 if back else commission)
            target.balance += amount + (commission if back else 0)
            self.platform.balance += -commission if back else commission
        return one

    def refused(self, code: str, operation: Callable[..., Any], **values: Any) -> None:
        """It is refused, so, and nothing is kept of it."""
        with pytest.raises(DomainError) as caught:
            do(operation, **values)
        assert caught.value.code == code

    @invariant()
    def agrees(self) -> None:
        """The database and the model hold the same, and the books are whole."""
        rows = session.execute(select(ACCOUNTS.c.id, ACCOUNTS.c.status, ACCOUNTS.c.balance))
        everybody = [*self.held, self.platform, self.issuer, self.escrow]
        assert {tuple(row) for row in rows} == {(h.id, h.status, h.balance) for h in everybody}
        stored = session.execute(select(TRANSFERS.c.id, TRANSFERS.c.failure_code))
        assert {tuple(row) for row in stored} == {(one.id, one.refusal) for one in self.kept}
        assert wrong() == []
        session.rollback()

    def teardown(self) -> None:
        """What verification finds at the end of a story: nothing."""
        assert list(verify()) == []


def run_machine(people: list[Person], examples: int, steps: int = 40, **options: Any) -> None:
    """Try so many stories of so many steps."""
    bank = type("Bank", (Bank,), {"people": people})
    run_state_machine_as_test(
        bank,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None,
            suppress_health_check=list(HealthCheck), **options,
        ),
    )  # fmt: skip


@pytest.mark.slow
def test_the_books_are_those_of_the_model(
    context: Flask, make_person: Callable[..., Person]
) -> None:
    run_machine([make_person(role=role) for role in ROLES], EXAMPLES)
