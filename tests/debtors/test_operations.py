"""The rules of the book, by its operations; refusals first."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.core.clock import now
from koshelok.debtors import operations, queries
from koshelok.infra.db import session
from tests.conftest import Person
from tests.debtors.books import Shop, open_shop, wrong

PHONE = "+998901112233"


@pytest.fixture
def shop(context: Flask, person: Person) -> Any:
    yield open_shop(person)
    assert wrong() == []


@pytest.fixture
def aziz(shop: Shop) -> int:
    return shop.person("Aziz")


@pytest.fixture
def other_shop(context: Flask, make_person: Callable[..., Person]) -> Shop:
    return open_shop(make_person())


# Refusals.


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"amount": "0"}, "amount_out_of_range"),
        ({"amount": "-1"}, "amount_out_of_range"),
        ({"amount": "0.001"}, "amount_too_precise"),
        ({"amount": "NaN"}, "invalid_amount"),
        ({"amount": "Infinity"}, "invalid_amount"),
        ({"amount": "10000000000000000"}, "amount_out_of_range"),
        ({"description": "x" * 501}, "too_long"),
        ({"debtor_id": 0}, "debtor_not_found"),
    ],
)
def test_an_entry_is_checked(shop: Shop, aziz: int, values: dict[str, Any], code: str) -> None:
    asked = {"debtor_id": aziz, "amount": "1"} | values
    asked["amount"] = Decimal(asked["amount"])
    assert shop.refused(operations.record_debt, **asked).code == code
    assert shop.refused(operations.record_payment, **asked).code == code


@pytest.mark.parametrize("day", [date(1969, 12, 31), date(2201, 1, 1)])
def test_a_due_date_is_in_range(shop: Shop, aziz: int, day: date) -> None:
    asked = {"debtor_id": aziz, "amount": Decimal(1), "due_date": day}
    assert shop.refused(operations.record_debt, **asked).code == "date_out_of_range"
    debt = shop.debt(aziz, "1").id
    edit = shop.refused(operations.edit_debt, debt_id=debt, due_date=day)
    assert edit.code == "date_out_of_range"


@pytest.mark.parametrize("method", ["koshelok", "gold", ""])
def test_money_comes_in_cash_or_by_card(shop: Shop, aziz: int, method: str) -> None:
    asked = {"debtor_id": aziz, "amount": Decimal(1), "method": method}
    assert shop.refused(operations.record_payment, **asked).code == "unknown_method"


def test_another_book_is_not_seen(shop: Shop, other_shop: Shop, aziz: int) -> None:
    debt, payment = shop.debt(aziz, "2"), shop.pay(aziz, "1")
    theirs = other_shop.debt(other_shop.person(), "1").id
    once = {"amount": Decimal(1)}
    why = {"reason": "x"}
    for code, operation, values in (
        ("debtor_not_found", operations.record_debt, {"debtor_id": aziz, **once}),
        ("debtor_not_found", operations.record_payment, {"debtor_id": aziz, **once}),
        ("debtor_not_found", operations.edit_debtor, {"debtor_id": aziz, "note": "x"}),
        ("debtor_not_found", operations.note_promise, {"debtor_id": aziz, "day": None}),
        ("debtor_not_found", operations.remove_debtor, {"debtor_id": aziz}),
        ("debtor_not_found", operations.restore_debtor, {"debtor_id": aziz}),
        ("debt_not_found", operations.edit_debt, {"debt_id": debt.id, "description": "x"}),
        ("debt_not_found", operations.void_debt, {"debt_id": debt.id, **why}),
        ("debt_not_found", operations.write_off, {"debt_id": debt.id, **why}),
        ("debt_not_found", operations.undo_write_off, {"debt_id": debt.id}),
        ("payment_not_found", operations.void_payment, {"payment_id": payment.id, **why}),
    ):
        assert other_shop.refused(operation, **values).code == code
    asked = {"debtor_id": aziz, **once, "first": [theirs]}
    assert shop.refused(operations.record_payment, **asked).code == "debt_not_found"


def test_only_this_persons_debts_go_first(shop: Shop, aziz: int) -> None:
    laylos = shop.debt(shop.person("Laylo"), "1").id
    asked = {"debtor_id": aziz, "amount": Decimal(1), "first": [laylos]}
    assert shop.refused(operations.record_payment, **asked).code == "debt_not_found"


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 301])
def test_a_void_says_why(shop: Shop, aziz: int, reason: str) -> None:
    debt, payment = shop.debt(aziz, "2"), shop.pay(aziz, "1")
    for operation, values in (
        (operations.void_debt, {"debt_id": debt.id}),
        (operations.write_off, {"debt_id": debt.id}),
        (operations.void_payment, {"payment_id": payment.id}),
    ):
        error = shop.refused(operation, **values, reason=reason)
        assert (error.code, error.field) == ("too_long" if "x" in reason else "required", "reason")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"full_name": " "}, "required"),
        ({"full_name": "x" * 121}, "too_long"),
        ({"phone_number": ""}, "invalid_phone"),
        ({"phone_number": "12345"}, "invalid_phone"),
        ({"phone_number": "aziz"}, "invalid_phone"),
        ({"note": "x" * 1001}, "too_long"),
        ({"credit_limit": Decimal(0)}, "amount_out_of_range"),
        ({"credit_limit": Decimal("0.001")}, "amount_too_precise"),
    ],
)
def test_a_person_is_checked(shop: Shop, aziz: int, values: dict[str, Any], code: str) -> None:
    asked = {"full_name": "Laylo", "phone_number": PHONE} | values
    assert shop.refused(operations.create_debtor, **asked).code == code
    assert shop.refused(operations.edit_debtor, debtor_id=aziz, **values).code == code


@pytest.mark.parametrize(
    "spelling",
    ["+998901112233", "998901112233", "90 111 22 33", "901112233", "+998 (90) 111-22-33",
     " 90.111.22.33 "],
)  # fmt: skip
def test_a_number_is_one_person_however_it_is_spelt(shop: Shop, spelling: str) -> None:
    known = shop.person("Gulnora Ahmedova", phone_number=PHONE)
    error = shop.refused(operations.create_debtor, full_name="X", phone_number=spelling)
    assert (error.code, error.status, error.field) == ("phone_taken", 409, "phone_number")
    assert error.params == {"full_name": "Gulnora Ahmedova"}
    assert error.extensions == {"debtor": known}
    other = shop.person("Laylo")
    error = shop.refused(operations.edit_debtor, debtor_id=other, phone_number=spelling)
    assert (error.code, error.extensions) == ("phone_taken", {"debtor": known})
    shop.do(operations.edit_debtor, debtor_id=known, phone_number=spelling)  # one's own


def test_who_owes_or_has_credit_stays(shop: Shop, aziz: int) -> None:
    debt = shop.debt(aziz, "5").id
    refused = shop.refused(operations.remove_debtor, debtor_id=aziz)
    assert refused.code == "debtor_has_open_debts"
    shop.pay(aziz, "5")
    shop.void_debt(debt)
    assert shop.refused(operations.remove_debtor, debtor_id=aziz).code == "debtor_has_credit"


def test_nothing_is_written_of_who_was_put_away(shop: Shop, aziz: int) -> None:
    debt, payment = shop.debt(aziz, "5"), shop.pay(aziz, "3")
    shop.write_off(debt.id)
    shop.do(operations.remove_debtor, debtor_id=aziz)
    asked = {"debtor_id": aziz, "amount": Decimal(1)}
    assert shop.refused(operations.record_debt, **asked).code == "debtor_not_found"
    assert shop.refused(operations.record_payment, **asked).code == "debtor_not_found"
    assert shop.refused(operations.remove_debtor, debtor_id=aziz).code == "debtor_not_found"
    for operation, values in (
        (operations.void_debt, {"debt_id": debt.id, "reason": "x"}),
        (operations.void_payment, {"payment_id": payment.id, "reason": "x"}),
        (operations.undo_write_off, {"debt_id": debt.id}),
        (operations.edit_debt, {"debt_id": debt.id, "description": "x"}),
    ):
        assert shop.refused(operation, **values).code == "debtor_put_away"
    shop.do(operations.restore_debtor, debtor_id=aziz)
    shop.void_payment(payment.id)
    assert shop.sums(aziz) == ("3.00", "0.00")


def test_a_write_off_needs_something_left(shop: Shop, aziz: int) -> None:
    debt = shop.debt(aziz, "5").id
    assert shop.refused(operations.undo_write_off, debt_id=debt).code == "not_written_off"
    shop.write_off(debt)
    again = shop.refused(operations.write_off, debt_id=debt, reason="x")
    assert again.code == "nothing_left"
    shop.void_debt(debt)
    assert shop.refused(operations.undo_write_off, debt_id=debt).code == "not_written_off"
    assert shop.refused(operations.write_off, debt_id=debt, reason="x").code == "nothing_left"


def test_the_limit_holds_to_the_tiyin(shop: Shop) -> None:
    aziz = shop.person(credit_limit=Decimal("100"))
    shop.debt(aziz, "99.99")
    asked = {"debtor_id": aziz, "amount": Decimal("0.02")}
    error = shop.refused(operations.record_debt, **asked)
    assert (error.code, error.status, error.field) == ("credit_limit_exceeded", 409, "amount")
    assert error.params == {"limit": "100", "total": "100.01"}
    shop.debt(aziz, "0.01")  # exactly at the limit
    assert shop.sums(aziz) == ("100.00", "0.00")
    over = shop.debt(aziz, "0.02", override_limit=True)
    logged = "SELECT subject_id, details ->> 'total' FROM audit_events WHERE action = :action"
    found = session.execute(text(logged), {"action": "debt.limit_overridden"}).all()
    assert [tuple(row) for row in found] == [(str(over.id), "100.02")]


def test_credit_raises_what_may_be_taken(shop: Shop) -> None:
    aziz = shop.person(credit_limit=Decimal("100"))
    shop.pay(aziz, "50")
    shop.debt(aziz, "150")
    assert shop.sums(aziz) == ("100.00", "0.00")


# The identifier of an entry.


def test_an_identifier_is_one_entry(shop: Shop, aziz: int) -> None:
    key, laylo = uuid4(), shop.person("Laylo")
    for write, operation in ((shop.debt, operations.record_debt),
                             (shop.pay, operations.record_payment)):  # fmt: skip
        made = write(aziz, "5", client_id=key)
        assert write(aziz, "5", client_id=key) == made
        for values in ({"debtor_id": aziz, "amount": Decimal(6)},
                       {"debtor_id": laylo, "amount": Decimal(5)}):  # fmt: skip
            error = shop.refused(operation, **values, client_id=key)
            assert (error.code, error.status) == ("entry_key_reused", 409)
    assert shop.sums(aziz) == ("0.00", "0.00")


def test_a_voided_entry_is_not_made_again(shop: Shop, aziz: int) -> None:
    key = uuid4()
    shop.void_debt(shop.debt(aziz, "5", client_id=key).id)
    assert shop.debt(aziz, "5", client_id=key).status == "voided"
    shop.void_payment(shop.pay(aziz, "5", client_id=key).id)
    assert shop.pay(aziz, "5", client_id=key).status == "voided"


def test_an_entry_is_answered_again_beyond_the_limit_and_after_its_person(shop: Shop) -> None:
    debt_key, payment_key = uuid4(), uuid4()
    aziz = shop.person(credit_limit=Decimal(5))
    debt = shop.debt(aziz, "5", client_id=debt_key)
    assert shop.debt(aziz, "5", client_id=debt_key) == debt
    shop.pay(aziz, "5", client_id=payment_key)
    shop.do(operations.remove_debtor, debtor_id=aziz)
    assert shop.debt(aziz, "5", client_id=debt_key).id == debt.id
    assert shop.pay(aziz, "5", client_id=payment_key).status == "accepted"


def test_a_person_made_by_a_client_is_made_once(shop: Shop, other_shop: Shop) -> None:
    key, values = uuid4(), {"full_name": "Laylo", "phone_number": PHONE}
    laylo = shop.person(**values, client_id=key)
    assert shop.person(**values, client_id=key) == laylo
    shop.do(operations.edit_debtor, debtor_id=laylo, phone_number="+998901112234")
    assert shop.person(**values, client_id=key) == laylo
    assert other_shop.person(**values, client_id=key) != laylo


# What must hold.


def test_money_covers_what_is_oldest(shop: Shop, aziz: int) -> None:
    debts = [shop.debt(aziz, amount).id for amount in ("150", "1000", "500", "500")]
    shop.pay(aziz, "1700")
    second = shop.pay(aziz, "400")
    assert [part.amount for part in second.allocations] == [Decimal(400)]
    assert shop.status(*debts) == ["paid", "paid", "paid", "partially_paid"]
    assert shop.left(aziz) == ["50.00"]
    third = shop.pay(aziz, "400")
    assert third.credited == Decimal(350)
    assert shop.status(*debts) == ["paid"] * 4
    assert shop.sums(aziz) == ("0.00", "350.00")
    fifth = shop.debt(aziz, "100")
    assert (fifth.status, fifth.allocations[0].kind) == ("paid", "credit")
    assert shop.sums(aziz) == ("0.00", "250.00")
    voided = shop.void_payment(third.id)
    assert (voided.status, voided.credited, voided.parts) == ("voided", 0, [])
    assert shop.status(*debts, fifth.id) == ["paid"] * 3 + ["partially_paid", "pending"]
    assert shop.sums(aziz) == ("150.00", "0.00")


def test_the_oldest_is_who_was_taken_first(shop: Shop, aziz: int) -> None:
    new = shop.debt(aziz, "10").id
    old = shop.debt(aziz, "10", at=now() - timedelta(days=3)).id
    same = shop.debt(aziz, "10", at=now() - timedelta(days=3)).id
    payment = shop.pay(aziz, "25")
    assert [part.debt for part in payment.parts] == [old, same, new]
    assert shop.left(aziz) == ["5.00"]


def test_what_is_tapped_goes_first(shop: Shop, aziz: int) -> None:
    debts = [shop.debt(aziz, "10").id for _ in range(4)]
    payment = shop.pay(aziz, "25", first=[debts[3], debts[2]])
    assert {part.debt: part.amount for part in payment.parts} == {
        debts[2]: 10, debts[3]: 10, debts[0]: 5,
    }  # fmt: skip
    assert shop.pay(aziz, "10", first=[debts[3]]).parts[0].debt == debts[0]  # settled already


def test_tiyin_are_exact(shop: Shop, aziz: int) -> None:
    for _ in range(10):
        shop.debt(aziz, "0.01")
    shop.debt(aziz, "9999999999999999.99")
    shop.debt(aziz, "9999999999999999.99")
    assert shop.sums(aziz) == ("20000000000000000.08", "0.00")
    shop.pay(aziz, "0.07")
    assert shop.sums(aziz) == ("20000000000000000.01", "0.00")
    shop.pay(aziz, "9999999999999999.99")
    assert shop.left(aziz) == ["0.03", "9999999999999999.99"]


def test_credit_of_many_payments_is_spent_oldest_first(shop: Shop, aziz: int) -> None:
    payments = [shop.pay(aziz, amount).id for amount in ("3", "4", "5")]
    debt = shop.debt(aziz, "9")
    assert [(part.payment, part.amount) for part in debt.allocations] == list(
        zip(payments, (3, 4, 2), strict=True)
    )
    assert shop.sums(aziz) == ("0.00", "3.00")


def test_a_voided_debt_gives_back_what_had_paid_it(shop: Shop, aziz: int) -> None:
    first, second, third = (shop.debt(aziz, "100").id for _ in range(3))
    payment = shop.pay(aziz, "150").id
    voided = shop.void_debt(first)
    assert (voided.status, voided.remaining, voided.parts) == ("voided", 0, [])
    assert voided.void_reason == "Xato"
    assert shop.status(second, third) == ["paid", "partially_paid"]
    assert shop.sums(aziz) == ("50.00", "0.00")
    shop.void_debt(second)
    assert (shop.status(third), shop.sums(aziz)) == (["paid"], ("0.00", "50.00"))
    shop.void_payment(payment)
    assert shop.sums(aziz) == ("100.00", "0.00")


def test_other_credit_covers_what_a_void_opens(shop: Shop, aziz: int) -> None:
    debt = shop.debt(aziz, "100").id
    payment = shop.pay(aziz, "100").id
    shop.pay(aziz, "70")
    shop.void_payment(payment)
    assert (shop.left(aziz), shop.sums(aziz)) == (["30.00"], ("30.00", "0.00"))
    assert shop.status(debt) == ["partially_paid"]


def test_a_second_void_changes_nothing(shop: Shop, aziz: int) -> None:
    debt, payment = shop.debt(aziz, "5").id, shop.pay(aziz, "5").id
    first = shop.void_debt(debt), shop.void_payment(payment)
    again = (shop.do(operations.void_debt, debt_id=debt, reason="Boshqa"),
             shop.do(operations.void_payment, payment_id=payment, reason="Boshqa"))  # fmt: skip
    assert again == first
    voids = text("SELECT count(*) FROM audit_events WHERE action LIKE '%.voided'")
    assert session.scalar(voids) == 2


def test_nothing_of_a_void_is_lost(shop: Shop, aziz: int) -> None:
    debt, payment = shop.debt(aziz, "5").id, shop.pay(aziz, "3").id
    shop.void_payment(payment)
    parts = session.execute(text("SELECT debt_id, payment_id, amount, voided_by_id,"
                                 " voided_at IS NULL FROM debt_allocations")).all()  # fmt: skip
    assert [tuple(part) for part in parts] == [(debt, payment, 3, shop.actor_id, False)]
    assert queries.get_payment(shop.workspace_id, payment).void_reason == "Xato"


def test_a_written_off_debt_may_be_recovered(shop: Shop, aziz: int) -> None:
    debt = shop.debt(aziz, "100").id
    shop.pay(aziz, "30")
    forgiven = shop.write_off(debt)
    assert (forgiven.status, forgiven.written_off, forgiven.remaining) == ("paid", 70, 0)
    assert [part.amount for part in forgiven.allocations] == [30]
    assert shop.sums(aziz) == ("0.00", "0.00")
    shop.pay(aziz, "20")  # and now some money comes
    assert shop.sums(aziz) == ("0.00", "20.00")
    again = shop.do(operations.undo_write_off, debt_id=debt)
    assert (again.status, again.written_off, again.remaining) == ("partially_paid", 0, 50)
    assert shop.sums(aziz) == ("50.00", "0.00")
    assert shop.write_off(debt).written_off == 50


def test_a_void_of_a_payment_leaves_the_write_off(shop: Shop, aziz: int) -> None:
    debt = shop.debt(aziz, "100").id
    payment = shop.pay(aziz, "30").id
    shop.write_off(debt)
    shop.void_payment(payment)
    assert shop.left(aziz) == ["30.00"]
    assert shop.write_off(debt).written_off == 100


def test_a_void_of_a_debt_takes_its_write_off_along(shop: Shop, aziz: int) -> None:
    debt = shop.debt(aziz, "100").id
    shop.pay(aziz, "30")
    shop.write_off(debt)
    assert shop.void_debt(debt).parts == []
    assert shop.sums(aziz) == ("0.00", "30.00")


def test_what_is_said_of_a_debt_changes_and_its_amount_does_not(shop: Shop, aziz: int) -> None:
    due = date(2026, 12, 1)
    debt = shop.debt(aziz, "5", description=" un ", due_date=due).id
    assert queries.get_debt(shop.workspace_id, debt).description == "un"
    edited = shop.do(operations.edit_debt, debt_id=debt, description="guruch")
    assert (edited.description, edited.due_date) == ("guruch", due)
    assert shop.do(operations.edit_debt, debt_id=debt, due_date=date(2027, 1, 1)).due_date.day == 1
    assert shop.do(operations.edit_debt, debt_id=debt, clear_due_date=True).due_date is None
    assert edited.amount == 5


# People.


def test_a_number_is_kept_one_way(shop: Shop, other_shop: Shop) -> None:
    made = queries.get_person(shop.workspace_id, shop.person(phone_number="90 111-22-33"))
    assert made.phone_number == PHONE
    assert other_shop.person(phone_number=PHONE) != made.id


def test_a_person_is_changed_in_part(shop: Shop, aziz: int) -> None:
    def edit(**values: Any) -> Any:
        return shop.do(operations.edit_debtor, debtor_id=aziz, **values)

    assert edit(full_name="  Aziz   Rahimov ").full_name == "Aziz Rahimov"
    assert edit(note=" Qo'shni ", credit_limit=Decimal(10)).note == "Qo'shni"
    found = edit(reminders=False)
    assert (found.full_name, found.credit_limit, found.reminders) == ("Aziz Rahimov", 10, False)
    assert edit(clear_limit=True).credit_limit is None


def test_a_promise_is_kept_until_a_payment(shop: Shop, aziz: int) -> None:
    day = date(2026, 12, 1)
    assert shop.do(operations.note_promise, debtor_id=aziz, day=day).promised_on == day
    shop.debt(aziz, "5")
    assert queries.get_person(shop.workspace_id, aziz).promised_on == day
    shop.pay(aziz, "1")
    assert queries.get_person(shop.workspace_id, aziz).promised_on is None


def test_who_was_put_away_comes_back_unless_the_number_went(shop: Shop, aziz: int) -> None:
    number = queries.get_person(shop.workspace_id, aziz).phone_number
    shop.do(operations.remove_debtor, debtor_id=aziz)
    assert queries.find_by_phone(shop.workspace_id, number) is None
    assert shop.do(operations.restore_debtor, debtor_id=aziz).id == aziz
    shop.do(operations.remove_debtor, debtor_id=aziz)
    laylo = shop.person("Laylo", phone_number=number)
    error = shop.refused(operations.restore_debtor, debtor_id=aziz)
    assert (error.code, error.extensions) == ("phone_taken", {"debtor": laylo})
