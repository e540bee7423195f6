"""Orders on credit and the shop's book: limits, who is stopped or put away, debts paid in part."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask

from koshelok.debtors import operations as book
from koshelok.debtors.queries import get_debt, get_person
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, tasks
from koshelok.shop.errors import CreditLimitReached, CreditNotAllowed
from koshelok.shop.queries import OrderView, get_order
from tests.conftest import Person
from tests.ledger.support import code_of, do
from tests.shop.shelf import Seller, buy, fill, is_sound, let_take_on_credit, open_shop, order
from tests.shop.test_expiry import make_due

MakePerson = Callable[..., Person]
PHONE = "+998901112233"
ALL_THE_WAY = ("confirmed", "packed", "shipped", "delivered")


@pytest.fixture
def seller(context: Flask, make_person: MakePerson) -> Seller:
    return open_shop(make_person(contact="+998901110000"))


@pytest.fixture
def buyer(make_person: MakePerson) -> Person:
    return make_person(contact=PHONE)


@pytest.fixture
def debtor(seller: Seller, buyer: Person) -> int:
    """The buyer as the shop's book knows them, up to 30,000."""
    return let_take_on_credit(seller, buyer, PHONE, Decimal(30000))


def in_book(seller: Seller) -> dict[str, int]:
    """Who acts in which book."""
    return {"actor_id": seller.person.id, "workspace_id": seller.workspace_id}


def sums(seller: Seller, debtor: int) -> tuple[Decimal, Decimal]:
    """What somebody owes, and has."""
    found = get_person(seller.workspace_id, debtor)
    return found.debt_total, found.credit


def pay(seller: Seller, debtor: int, amount: str) -> None:
    """Something is paid at the counter."""
    do(book.record_payment, debtor_id=debtor, amount=Decimal(amount), **in_book(seller))


def stop(seller: Seller, buyer: Person) -> None:
    """No more on credit."""
    do(operations.set_credit, user_id=buyer.id, credit=False, **in_book(seller))


def take(seller: Seller, buyer: Person, pieces: int = 1) -> OrderView:
    """An order on credit, 12,000 a piece."""
    return buy(buyer, seller.product(), pieces, "credit")


def test_past_the_limit_nothing_is_ordered(seller: Seller, buyer: Person, debtor: int) -> None:
    take(seller, buyer)
    fill(buyer, (seller.product(), 2))
    with pytest.raises(CreditLimitReached) as caught:
        order(buyer, "credit")
    assert "18" in caught.value.params["room"]
    assert sums(seller, debtor) == (12000, 0)
    is_sound()


def test_what_was_paid_ahead_counts_and_pays_at_once(
    seller: Seller, buyer: Person, debtor: int
) -> None:
    pay(seller, debtor, "10000")
    made = take(seller, buyer, 3)
    assert sums(seller, debtor) == (26000, 0)
    assert get_debt(seller.workspace_id, made.debt).remaining == 26000
    do(operations.cancel_order, actor_id=buyer.id, order_id=made.id)
    assert sums(seller, debtor) == (0, 10000)
    is_sound()


def test_of_two_shops_one_refuses_and_neither_writes(
    seller: Seller, buyer: Person, debtor: int, make_person: MakePerson
) -> None:
    other = open_shop(make_person())
    fill(buyer, (seller.product(), 1), (other.product(), 1))
    with pytest.raises(CreditNotAllowed):
        order(buyer, "credit")
    assert sums(seller, debtor) == (0, 0)
    is_sound()


def test_who_is_stopped_takes_no_more_and_still_owes(
    seller: Seller, buyer: Person, debtor: int
) -> None:
    made = take(seller, buyer)
    stop(seller, buyer)
    with pytest.raises(CreditNotAllowed):
        take(seller, buyer)
    assert sums(seller, debtor) == (12000, 0)
    seller.take(made, *ALL_THE_WAY, "returned")
    assert sums(seller, debtor) == (0, 0)
    is_sound()


def test_who_is_put_away_takes_nothing(seller: Seller, buyer: Person, debtor: int) -> None:
    do(book.remove_debtor, debtor_id=debtor, **in_book(seller))
    with pytest.raises(CreditNotAllowed):
        take(seller, buyer)
    is_sound()


@pytest.mark.parametrize("steps", range(5))
def test_what_was_paid_of_it_becomes_credit(
    seller: Seller, buyer: Person, debtor: int, steps: int
) -> None:
    """Cancelled or returned at each step; the paid part pays what else is owed first."""
    made = seller.take(take(seller, buyer, 2), *ALL_THE_WAY[:steps])
    pay(seller, debtor, "15000")
    do(book.record_debt, debtor_id=debtor, amount=Decimal(1000), **in_book(seller))
    assert sums(seller, debtor) == (10000, 0)
    if steps == 3:
        made = seller.take(made, "delivered")
    seller.take(made, "cancelled" if steps < 3 else "returned")
    assert sums(seller, debtor) == (0, 14000)
    assert get_debt(seller.workspace_id, made.debt).status == "voided"
    is_sound()


@pytest.mark.parametrize("how", ["void_debt", "write_off"])
def test_a_debt_taken_back_in_the_book_is_not_taken_back_again(
    seller: Seller, buyer: Person, debtor: int, how: str
) -> None:
    made = take(seller, buyer)
    pay(seller, debtor, "2000")
    do(getattr(book, how), debt_id=made.debt, reason="x", **in_book(seller))
    before = {"void_debt": (0, 2000), "write_off": (0, 0)}[how]
    assert sums(seller, debtor) == before
    do(operations.cancel_order, actor_id=buyer.id, order_id=made.id)
    assert sums(seller, debtor) == (0, 2000)
    is_sound()


def test_who_paid_and_was_put_away_is_brought_back_by_a_return(
    seller: Seller, buyer: Person, debtor: int
) -> None:
    """The shop owes them what they had paid."""
    made = seller.take(take(seller, buyer), *ALL_THE_WAY)
    pay(seller, debtor, "12000")
    do(book.remove_debtor, debtor_id=debtor, **in_book(seller))
    seller.take(made, "returned")
    assert sums(seller, debtor) == (0, 12000)
    is_sound()


def test_who_owes_nothing_and_was_put_away_stays_so(
    seller: Seller, buyer: Person, debtor: int
) -> None:
    made = take(seller, buyer)
    do(book.void_debt, debt_id=made.debt, reason="x", **in_book(seller))
    do(book.remove_debtor, debtor_id=debtor, **in_book(seller))
    do(operations.cancel_order, actor_id=buyer.id, order_id=made.id)
    restore = {"debtor_id": debtor, **in_book(seller)}
    assert code_of(book.restore_debtor, **restore) is None  # was still away
    is_sound()


def test_an_unanswered_one_expires_with_its_debt(
    seller: Seller, buyer: Person, debtor: int
) -> None:
    made = take(seller, buyer)
    make_due(made)
    assert tasks.expire() == 1
    assert (get_order(made.id).status, sums(seller, debtor)) == ("cancelled", (0, 0))
    is_sound()


def test_the_same_debt_is_not_made_by_hand_under_the_orders_identifier(
    seller: Seller, buyer: Person, debtor: int
) -> None:
    made = take(seller, buyer)
    entry = {"debtor_id": debtor, "client_id": made.id, **in_book(seller)}
    with unit_of_work():
        again = book.record_debt(amount=made.total, **entry)
    assert again.id == made.debt
    assert code_of(book.record_debt, amount=Decimal(1), **entry) == "entry_key_reused"
    assert sums(seller, debtor) == (12000, 0)
