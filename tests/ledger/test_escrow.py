"""Money of goods: into escrow, on to the seller, back; each once, never past its order."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from koshelok.infra.db import session
from koshelok.ledger import operations as ledger
from koshelok.ledger.models import ESCROW, Status
from koshelok.ledger.queries import get_balance, sum_card_balances
from koshelok.ledger.verification import verify
from tests.ledger.books import move, open_account
from tests.ledger.support import code_of, do, together, wrong

BUYER, SELLER = "buyer", "seller"


@pytest.fixture
def ends(context: Flask) -> dict[str, int]:
    """Two accounts; the buyer's has 1,000."""
    return {BUYER: open_account(1000), SELLER: open_account()}


def balances(ends: dict[str, int]) -> tuple[Decimal, Decimal, Decimal]:
    """Of the buyer, escrow and the seller; the books are whole."""
    session.rollback()
    assert wrong() == []
    assert list(verify()) == []
    return get_balance(ends[BUYER]), get_balance(ESCROW), get_balance(ends[SELLER])


def pay(ends: dict[str, int], amount: int = 300, key: str = "buy") -> UUID:
    """The buyer pays for goods."""
    made = do(ledger.take_into_escrow, actor_id=1, key=key, source=ends[BUYER],
              amount=Decimal(amount), description="")  # fmt: skip
    return UUID(str(made.transfer.id))


def pay_out(ends: dict[str, int], amount: int = 300, key: str = "out") -> UUID:
    """The seller gets it."""
    made = do(ledger.pay_from_escrow, actor_id=1, key=key, target=ends[SELLER],
              amount=Decimal(amount), description="")  # fmt: skip
    return UUID(str(made.transfer.id))


def undo(ends: dict[str, int], purchase: UUID, payout: UUID | None = None) -> str | None:
    """How giving it back is refused."""
    return code_of(
        ledger.reverse_purchase, actor_id=1, purchase_id=purchase, buyer=ends[BUYER],
        payout_id=payout, seller=ends[SELLER] if payout else None, reason="Order 1",
    )  # fmt: skip


def test_in_out_and_back_it_is_all_there(ends: dict[str, int]) -> None:
    on_cards = sum_card_balances()
    purchase = pay(ends)
    assert balances(ends) == (700, 300, 0)
    assert on_cards - sum_card_balances() == 300  # on its way it is on no card
    payout = pay_out(ends)
    assert balances(ends) == (700, 0, 300)
    assert undo(ends, purchase, payout) is None
    assert balances(ends) == (1000, 0, 0)


def test_out_of_escrow_goes_what_is_in_it(ends: dict[str, int]) -> None:
    pay(ends)
    asked = {"actor_id": 1, "target": ends[SELLER], "description": ""}
    said = code_of(ledger.pay_from_escrow, key="a", amount=Decimal("300.01"), **asked)
    assert said == "insufficient_funds"
    pay_out(ends)
    said = code_of(ledger.pay_from_escrow, key="b", amount=Decimal("0.01"), **asked)
    assert said == "insufficient_funds"
    assert balances(ends) == (700, 0, 300)


def test_neither_is_reversed_as_a_transfer_is(ends: dict[str, int]) -> None:
    purchase, payout = pay(ends), pay_out(ends)
    for number, id_ in enumerate((purchase, payout)):
        asked = {"actor_id": 1, "key": f"r{number}", "fingerprint": "x", "reason": "x"}
        assert code_of(ledger.reverse, transfer_id=id_, **asked) == "not_reversible"
    assert undo(ends, payout) == "not_reversible"
    assert undo(ends, purchase, purchase) == "not_reversible"
    assert undo(ends, move(ends[BUYER], ends[SELLER], 1)) == "not_reversible"
    assert balances(ends) == (699, 0, 301)


def test_it_goes_back_once_of_eight_at_once(ends: dict[str, int], app: Flask) -> None:
    purchase, payout = pay(ends), pay_out(ends)
    pay(ends, key="another")
    said = together(app, *[lambda: undo(ends, purchase, payout)] * 8)
    assert set(said) <= {None, "already_reversed"}
    assert balances(ends) == (700, 300, 0)
    assert undo(ends, purchase) in {None, "already_reversed"}
    assert balances(ends) == (700, 300, 0)


def test_a_seller_without_it_gives_nothing_and_the_buyer_gets_nothing(ends: dict[str, int]) -> None:
    purchase, payout = pay(ends), pay_out(ends)
    move(ends[SELLER], ends[BUYER], 1)
    assert undo(ends, purchase, payout) == "insufficient_funds"
    assert balances(ends) == (701, 0, 299)


def test_it_comes_onto_another_account_of_the_buyers(ends: dict[str, int]) -> None:
    purchase, other = pay(ends, 1000), open_account(5)
    do(ledger.set_status, account_id=ends[BUYER], status=Status.CLOSED)
    assert undo(ends, purchase) == "receiver_inactive"
    assert undo({**ends, BUYER: other}, purchase) is None
    assert get_balance(other) == 1005
    assert balances(ends) == (0, 0, 0)


def test_payments_and_refunds_at_once_neither_deadlock_nor_lose(
    ends: dict[str, int], app: Flask
) -> None:
    """Into escrow, out of it and back, among three accounts that all pay and are paid."""
    accounts = [ends[BUYER], ends[SELLER], open_account(1000)]
    do(ledger.transfer, actor_id=1, key="even", fingerprint="", source=accounts[0],
       target=accounts[1], amount=Decimal(500))  # fmt: skip

    def trade(number: int) -> Callable[[], None]:
        mine = {BUYER: accounts[number % 3], SELLER: accounts[(number + 1 + number // 3) % 3]}

        def work() -> None:
            for turn in range(4):
                key = f"{number}-{turn}"
                purchase = pay(mine, 10, f"buy {key}")
                payout = pay_out(mine, 10, f"out {key}") if turn % 2 else None
                undo(mine, purchase, payout)

        return work

    assert together(app, *map(trade, range(9))) == [None] * 9
    assert get_balance(ESCROW) == 0
    assert sum(get_balance(one) for one in accounts) == 2000
    balances(ends)


@pytest.mark.parametrize(
    ("type_", "source", "target", "constraint"),
    [
        ("purchase", 100, 101, "purchase_to_escrow"),
        ("transfer", 100, 3, "purchase_to_escrow"),
        ("payout", 100, 101, "payout_from_escrow"),
        ("transfer", 3, 101, "payout_from_escrow"),
        ("refund", 3, 101, "payout_from_escrow"),
    ],
)
def test_what_goes_through_escrow_says_so(
    ends: dict[str, int], type_: str, source: int, target: int, constraint: str
) -> None:
    named = {100: ends[BUYER], 101: ends[SELLER], 3: ESCROW}
    with pytest.raises(IntegrityError) as caught:
        do(ledger.transfer, actor_id=1, key="k", fingerprint="", source=named[source],
           target=named[target], amount=Decimal(1), type=type_)  # fmt: skip
    assert constraint in str(caught.value.orig)


def test_there_is_one_escrow_for_good(ends: dict[str, int]) -> None:
    for statement, said in (
        ("INSERT INTO ledger_accounts (id, kind, status, hot, balance, created_at)"
         " VALUES (1000, 'escrow', 'ACTIVE', true, 0, now())", "one_escrow"),
        ("UPDATE ledger_accounts SET balance = 1 WHERE id = 3", "by a transfer only"),
        ("UPDATE ledger_accounts SET status = 'CLOSED' WHERE id = 3", "hot account is not closed"),
        ("UPDATE ledger_accounts SET hot = false WHERE id = 3", "a hot account stays hot"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError) as caught:
            session.execute(text(statement))
        session.rollback()
        assert said in str(caught.value.orig)
