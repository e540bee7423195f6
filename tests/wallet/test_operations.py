"""Cards below the edge: who may change what, how many there may be, and when they end."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from koshelok.audit.models import AuditEvent
from koshelok.core.clock import today
from koshelok.core.errors import DomainError
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger.errors import AccountNotEmpty, InsufficientFunds, LimitExceeded
from koshelok.wallet import operations
from koshelok.wallet.errors import (
    BelowMinimum,
    CardLimitReached,
    CardNotFound,
    FrozenByAdmin,
    SameCard,
    StatusNotChanged,
)
from koshelok.wallet.models import Card
from koshelok.wallet.numbers import check_digit, new_number
from koshelok.wallet.operations import Order
from koshelok.wallet.queries import CardView, get_card, list_cards
from tests.conftest import Person

MakePerson = Callable[..., Person]
CardOf = Callable[..., CardView]


def do(operation: Callable[..., Any], **arguments: Any) -> Any:
    with unit_of_work():
        return operation(**arguments)


@pytest.mark.parametrize(("role", "limit"), [("USER", 1), ("PREMIUM", 5), ("ADMIN", 5)])
def test_refuses_a_card_too_many_by_role(
    context: Flask, make_person: MakePerson, role: str, limit: int
) -> None:
    owner = make_person(role=role)
    cards = [do(operations.open_card, actor_id=owner.id) for _ in range(limit)]
    with pytest.raises(CardLimitReached):
        do(operations.open_card, actor_id=owner.id)
    do(operations.change_status, actor_id=owner.id, card_id=cards[0].id, status="CLOSED")
    assert do(operations.open_card, actor_id=owner.id).status == "FROZEN"
    assert [card.status for card in list_cards(owner.id)][-1] == "CLOSED"


def test_eight_at_once_open_no_card_too_many(app: Flask, make_person: MakePerson) -> None:
    owner, start = make_person(role="PREMIUM"), threading.Barrier(8)

    def one(_: int) -> bool:
        with app.app_context():
            start.wait()
            try:
                do(operations.open_card, actor_id=owner.id)
            except CardLimitReached:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 5
    with app.app_context():
        assert len(list_cards(owner.id)) == 5


def test_a_new_card_has_a_number_of_ours_and_four_years(context: Flask, person: Person) -> None:
    card = do(operations.open_card, actor_id=person.id)
    assert card.number.startswith("7777")
    assert check_digit(card.number[:-1]) == card.number[-1]
    assert (card.status, card.balance) == ("FROZEN", Decimal("0.00"))
    assert card.expiry_date.year == today().year + 4


@pytest.mark.parametrize(
    ("day", "ends"),
    [(date(2028, 2, 29), date(2032, 2, 28)), (date(2026, 11, 21), date(2030, 11, 21))],
)  # fmt: skip
def test_a_card_ends_on_its_day(
    context: Flask, person: Person, monkeypatch: pytest.MonkeyPatch, day: date, ends: date
) -> None:
    monkeypatch.setattr("koshelok.wallet.operations.cards.today", lambda: day)
    assert do(operations.open_card, actor_id=person.id).expiry_date == ends


def test_a_number_that_is_taken_is_drawn_again(
    context: Flask, make_person: MakePerson, card_of: CardOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, free = card_of(make_person()).number, new_number()
    drawn = iter([taken, taken, free])
    monkeypatch.setattr("koshelok.wallet.operations.cards.new_number", lambda: next(drawn))
    assert do(operations.open_card, actor_id=make_person().id).number == free


@pytest.mark.parametrize(
    ("before", "after"),
    [("ACTIVE", "ACTIVE"), ("ACTIVE", "EXPIRED"), ("FROZEN", "FROZEN"), ("EXPIRED", "ACTIVE"),
     ("EXPIRED", "FROZEN"), ("CLOSED", "ACTIVE"), ("CLOSED", "FROZEN"), ("CLOSED", "CLOSED")],
)  # fmt: skip
def test_an_owner_is_refused_a_change(
    context: Flask, person: Person, card_of: CardOf, before: str, after: str
) -> None:
    card = card_of(person, status=before)
    with pytest.raises(StatusNotChanged):
        do(operations.change_status, actor_id=person.id, card_id=card.id, status=after)
    assert get_card(person.id, card.id).status == before


def test_an_owner_changes_only_cards_of_their_own(
    context: Flask, person: Person, make_person: MakePerson, card_of: CardOf
) -> None:
    card = card_of(make_person())
    with pytest.raises(CardNotFound):
        do(operations.change_status, actor_id=person.id, card_id=card.id, status="FROZEN")


def test_an_admins_freeze_is_undone_by_an_admin_only(
    context: Flask, person: Person, make_person: MakePerson, card_of: CardOf
) -> None:
    card, admin = card_of(person), make_person(role="ADMIN")
    as_admin = {"actor_id": admin.id, "card_id": card.id}
    do(operations.change_status_as_admin, **as_admin, status="FROZEN", reason="a complaint")
    with pytest.raises(FrozenByAdmin):
        do(operations.change_status, actor_id=person.id, card_id=card.id, status="ACTIVE")
    do(operations.change_status_as_admin, **as_admin, status="ACTIVE")
    mine = {"actor_id": person.id, "card_id": card.id}
    do(operations.change_status, **mine, status="FROZEN")
    assert do(operations.change_status, **mine, status="ACTIVE").status == "ACTIVE"
    event = session.scalars(
        select(AuditEvent)
        .filter_by(actor_id=admin.id, action="card.status_changed")
        .order_by(AuditEvent.id)
    ).first()
    assert event is not None
    assert event.details == {"from": "ACTIVE", "to": "FROZEN", "reason": "a complaint"}


def test_money_keeps_a_card_open(context: Flask, person: Person, card_of: CardOf) -> None:
    card = card_of(person, "0.01")
    with pytest.raises(AccountNotEmpty):
        do(operations.change_status, actor_id=person.id, card_id=card.id, status="CLOSED")
    assert get_card(person.id, card.id).status == "ACTIVE"


def test_cards_past_their_date_expire_and_an_admin_renews_them(
    context: Flask, make_person: MakePerson, card_of: CardOf
) -> None:
    owner = make_person(role="PREMIUM")
    statuses = ["ACTIVE", "FROZEN", "CLOSED"]
    cards = [card_of(owner, status=status) for status in statuses]
    lasting = card_of(owner)
    with unit_of_work():
        session.execute(
            update(Card).where(Card.id != lasting.id).values(expiry_date=date(2026, 1, 1))
        )
    assert do(operations.expire_cards) == 2
    assert do(operations.expire_cards) == 0
    assert [get_card(owner.id, card.id).status for card in [*cards, lasting]] == [
        "EXPIRED", "EXPIRED", "CLOSED", "ACTIVE",
    ]  # fmt: skip
    admin = make_person(role="ADMIN")
    renewed = do(
        operations.change_status_as_admin, actor_id=admin.id, card_id=cards[0].id, status="ACTIVE"
    )
    assert (renewed.status, renewed.expiry_date.year) == ("ACTIVE", today().year + 4)


@pytest.mark.parametrize("number", ["8600000000000000", "77770000000000", "7777-1234-1234-1234"])
def test_the_database_refuses_a_number_of_another_kind(
    context: Flask, person: Person, card_of: CardOf, number: str
) -> None:
    card = card_of(person)
    with pytest.raises(IntegrityError, match="ck_cards_number"):
        session.execute(update(Card).where(Card.id == card.id).values(number=number[:16]))


# Quotes: the same refusals, and nothing written


def _quote(owner: Person, source: CardView, number: str, amount: str, role: str = "USER") -> Any:
    order = Order(source.id, number, Decimal(amount), "", "k")
    return operations.quote(actor_id=owner.id, role=role, order=order)


def test_a_quote_says_what_a_transfer_would_come_to(
    context: Flask, person: Person, make_person: MakePerson, card_of: CardOf
) -> None:
    mine, theirs = card_of(person, "1000000"), card_of(make_person(full_name="Malika Karimova"))
    found = _quote(person, mine, theirs.number, "500000")
    assert (found.commission, found.total, found.left) == (5000, 505000, 495000)
    assert (found.holder, found.methods) == ("M***a K.", None)


def test_a_quote_refuses_what_a_transfer_would(
    context: Flask, person: Person, make_person: MakePerson, card_of: CardOf
) -> None:
    mine, theirs = card_of(person, "1000000"), card_of(make_person())
    idle = card_of(make_person(), status="FROZEN")
    cases: list[tuple[CardView, str, str, type[DomainError] | str]] = [
        (mine, theirs.number, "1999.99", BelowMinimum),
        (mine, mine.number, "5000", SameCard),
        (mine, new_number(), "5000", CardNotFound),
        (theirs, mine.number, "5000", CardNotFound),
        (mine, theirs.number, "2000000.01", LimitExceeded),
        (mine, theirs.number, "990099.02", InsufficientFunds),
        (mine, idle.number, "5000", "receiver_inactive"),
    ]
    for source, number, amount, refusal in cases:
        kind = DomainError if isinstance(refusal, str) else refusal
        with pytest.raises(kind) as raised:
            _quote(person, source, number, amount)
        if isinstance(refusal, str):
            assert raised.value.code == refusal
    assert operations.find_made(
        actor_id=person.id, order=Order(mine.id, theirs.number, Decimal(5000), "", "k")
    ) is None  # fmt: skip
