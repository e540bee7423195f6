"""A debt paid by card: the ledger and the book move together, once a key, or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from koshelok.admin import operations as admin
from koshelok.core.errors import DomainError
from koshelok.debtors import operations, queries
from koshelok.debtors.operations import CardPayment
from koshelok.finance.queries import Filters, list_transactions
from koshelok.infra.db import Cursor, session
from koshelok.infra.idempotency import IdempotencyKeyReused
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.ledger.errors import InsufficientFunds
from koshelok.ledger.models import Transfer
from koshelok.verification import verify_all
from koshelok.wallet import operations as wallet
from tests.conftest import PASSWORD, Api, Page, Person
from tests.debtors.books import wrong
from tests.debtors.links import Counter, Payer, confirm, hidden, on, open_counter, payer
from tests.ledger.support import code_of, open_cards, pay_in, together

Make = Callable[..., Person]


@pytest.fixture
def counter(app: Flask, person: Person) -> Counter:
    """Two debts, of 1 000 and of 500, and a card to pay onto."""
    with app.app_context():
        return open_counter(person, "1000", "500")


@pytest.fixture
def malika(app: Flask, make_person: Make) -> Payer:
    """Somebody with 5 000."""
    with app.app_context():
        return payer(make_person(full_name="Malika Karimova"), "5000")


def transfers(status: str = "success") -> list[Transfer]:
    query = select(Transfer).where(Transfer.type == "debt_payment", Transfer.status == status)
    return list(session.scalars(query))


def clean() -> bool:
    return wrong() == [] and verify_all() == []


def refusal(who: Payer, counter: Counter, amount: str, **proof: str) -> str:
    try:
        who.pays(counter, amount, **proof)
    except DomainError as error:
        return error.code
    raise AssertionError("it was not refused")


@pytest.mark.parametrize(
    ("amount", "code"),
    [("1500.01", "amount_above_debt"), ("0", "amount_out_of_range"), ("-5", "amount_out_of_range")],
)
def test_an_amount_that_is_not_owed_is_refused(
    context: Flask, counter: Counter, malika: Payer, amount: str, code: str
) -> None:
    assert refusal(malika, counter, amount) == code
    assert (on(malika.card), counter.shop.sums(counter.debtor)) == ("5000.00", ("1500.00", "0.00"))
    assert transfers() == transfers("failed") == []


def test_what_the_ledger_refuses_pays_nothing_and_is_kept(
    context: Flask, counter: Counter, make_person: Make
) -> None:
    poor = payer(make_person(), "100")
    key = str(uuid4())
    for _ in range(2):
        with pytest.raises(InsufficientFunds):
            poor.pays(counter, "1500", key)
    assert len(transfers("failed")) == 1
    assert (counter.shop.sums(counter.debtor), on(poor.card)) == (("1500.00", "0.00"), "100.00")
    assert clean()


def test_a_card_that_is_not_active_or_not_ones_own_pays_nothing(
    context: Flask, counter: Counter, malika: Payer, make_person: Make
) -> None:
    thief = Payer(make_person(), malika.card)
    assert refusal(thief, counter, "1000") == "card_not_found"
    with unit_of_work():
        wallet.change_status(actor_id=malika.user.id, card_id=malika.card.id, status="FROZEN")
    assert refusal(malika, counter, "1000") == "card_frozen"
    assert counter.shop.sums(counter.debtor) == ("1500.00", "0.00")


def test_a_debtor_of_another_book_is_not_reached(
    context: Flask, counter: Counter, malika: Payer
) -> None:
    asked = malika.asks(counter, "100")
    foreign = CardPayment(999_999, asked.debtor_id, asked.card_id, asked.amount, asked.key)
    assert code_of(
        operations.pay_by_card, actor_id=malika.user.id, role="USER", payment=foreign
    ) == "debtor_not_found"  # fmt: skip


def test_a_shop_without_an_active_card_takes_none(
    context: Flask, make_person: Make, malika: Payer
) -> None:
    bare = open_counter(make_person(), "1000", card=False)
    assert refusal(malika, bare, "1000") == "cards_not_taken"


def test_the_receiving_card_does_not_pay_itself(
    context: Flask, counter: Counter, person: Person
) -> None:
    assert counter.card is not None
    pay_in(counter.card.account_id, "5000")
    assert refusal(Payer(person, counter.card), counter, "1000") == "same_card"


def test_the_most_of_a_transfer_is_the_most_of_a_payment(context: Flask, make_person: Make) -> None:
    big = open_counter(make_person(), "3000000")
    rich = payer(make_person(), "5000000")
    assert refusal(rich, big, "2000001", password=PASSWORD) == "transfer_limit_exceeded"
    assert big.shop.sums(big.debtor) == ("3000000.00", "0.00")


def test_a_first_large_payment_asks_who_it_is(context: Flask, make_person: Make) -> None:
    big = open_counter(make_person(), "3000000")
    rich = payer(make_person(), "5000000")
    assert refusal(rich, big, "1500000") == "step_up_required"
    assert refusal(rich, big, "1500000", password="not-the-password") == "wrong_password"
    rich.pays(big, "1500000", password=PASSWORD)
    rich.pays(big, "1200000")
    assert (on(rich.card), big.shop.sums(big.debtor)) == ("2300000.00", ("300000.00", "0.00"))


def test_a_key_stands_for_one_request(context: Flask, counter: Counter, malika: Payer) -> None:
    key = str(uuid4())
    malika.pays(counter, "1000", key)
    with pytest.raises(IdempotencyKeyReused):
        malika.pays(counter, "500", key)
    other = Counter(counter.shop, counter.shop.person("Boshqa"), 0, counter.card)
    counter.shop.debt(other.debtor, "1000")
    with pytest.raises(IdempotencyKeyReused):
        malika.pays(other, "1000", key)
    assert len(transfers()) == 1


def test_a_payment_is_free_of_commission_and_covers_the_oldest_first(
    context: Flask, counter: Counter, malika: Payer
) -> None:
    made = malika.pays(counter, "1200.50")
    assert (made.method, made.created_by, made.status) == ("koshelok", None, "accepted")
    assert [str(part.amount) for part in made.allocations] == ["1000.00", "200.50"]
    assert counter.shop.left(counter.debtor) == ["299.50"]
    assert (on(malika.card), on(counter.card)) == ("3799.50", "1200.50")
    assert [str(one.commission) for one in transfers()] == ["0.00"]
    assert clean()


def test_a_debt_below_the_least_transfer_is_paid_too(
    context: Flask, counter: Counter, malika: Payer
) -> None:
    assert malika.pays(counter, "1").amount == 1


def test_the_same_key_answers_the_same_payment(
    context: Flask, counter: Counter, malika: Payer, person: Person
) -> None:
    """Also after the shop's card has changed: the money is where it went first."""
    key = str(uuid4())
    first = malika.pays(counter, "1500", key)
    assert counter.card is not None
    with unit_of_work():
        wallet.change_status(actor_id=person.id, card_id=counter.card.id, status="FROZEN")
    assert malika.pays(counter, "1500", key).id == first.id
    assert (len(transfers()), on(malika.card)) == (1, "3500.00")


def test_a_key_from_eight_threads_pays_once(
    context: Flask, app: Flask, counter: Counter, malika: Payer
) -> None:
    key = str(uuid4())
    made = together(app, *[lambda: malika.pays(counter, "1500", key).id] * 8)
    assert len(set(made)) == 1, made
    assert (len(transfers()), on(malika.card)) == (1, "3500.00")
    assert counter.shop.sums(counter.debtor) == ("0.00", "0.00")
    assert clean()


def test_two_payers_at_once_pay_the_debt_and_no_more(
    context: Flask, app: Flask, counter: Counter, malika: Payer, make_person: Make
) -> None:
    other = payer(make_person(), "5000")
    made = together(app, lambda: malika.pays(counter, "1500"), lambda: other.pays(counter, "1500"))
    assert sorted(getattr(one, "code", "paid") for one in made) == ["amount_above_debt", "paid"]
    assert counter.shop.sums(counter.debtor) == ("0.00", "0.00")
    assert {on(malika.card), on(other.card)} == {"3500.00", "5000.00"}
    assert clean()


def test_payers_cashiers_and_voids_at_once_leave_the_books_right(
    context: Flask, app: Flask, counter: Counter, make_person: Make
) -> None:
    """Several debtors of one shop, so that accounts and days are contended too: no deadlock."""
    shop, places = counter.shop, [counter]
    for name in ("Aziz", "Bekzod", "Charos"):
        debtor = shop.person(name)
        shop.debt(debtor, "3000")
        places.append(Counter(shop, debtor, 0, counter.card))
    payers = [payer(make_person(), "100000") for _ in places]

    def by_card(who: Payer, place: Counter) -> Callable[[], Any]:
        def work() -> None:
            for _ in range(4):
                with app.app_context():
                    made = who.pays(place, "100")
                    shop.void_payment(made.id)
                    who.pays(place, "50")

        return work

    def in_cash(place: Counter) -> Callable[[], Any]:
        return lambda: [shop.pay(place.debtor, "70") for _ in range(8)]

    works = [by_card(*pair) for pair in zip(payers, places, strict=True)]
    made = together(app, *works, *(in_cash(place) for place in places))
    assert [one for one in made if isinstance(one, Exception)] == []
    assert [on(one.card) for one in payers] == ["99800.00"] * 4
    assert on(counter.card) == "800.00"
    assert clean()


@contextmanager
def fault_after(number: int) -> Iterator[list[str]]:
    """Raise after so many statements; gives those that were reached."""
    seen: list[str] = []
    execute = Cursor.execute

    def count(cursor: Cursor, statement: Any, *arguments: Any, **more: Any) -> Any:
        result = execute(cursor, statement, *arguments, **more)
        seen.append(str(statement))
        if len(seen) == number:
            raise RuntimeError("fault")
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cursor, "execute", count)
        yield seen


def test_a_fault_after_any_statement_pays_nothing_and_the_key_still_works(
    context: Flask, counter: Counter, malika: Payer
) -> None:
    key, reached = str(uuid4()), False
    for number in range(1, 200):
        with fault_after(number) as seen:
            try:
                malika.pays(counter, "1500", key)
            except RuntimeError:
                session.rollback()
            else:
                break
        reached = reached or any("ledger_transfer(" in statement for statement in seen)
        assert (on(malika.card), transfers()) == ("5000.00", [])
        assert counter.shop.sums(counter.debtor) == ("1500.00", "0.00")
    assert reached
    assert (len(transfers()), on(malika.card)) == (1, "3500.00")
    assert counter.shop.sums(counter.debtor) == ("0.00", "0.00")
    assert clean()


def test_a_void_gives_the_money_back(context: Flask, counter: Counter, malika: Payer) -> None:
    made = malika.pays(counter, "1200")
    voided = counter.shop.void_payment(made.id)
    assert voided.status == "voided"
    assert (on(malika.card), on(counter.card)) == ("5000.00", "0.00")
    assert counter.shop.sums(counter.debtor) == ("1500.00", "0.00")
    counter.shop.void_payment(made.id)
    assert on(malika.card) == "5000.00"
    assert clean()


def test_a_void_that_the_shops_card_cannot_bear_voids_nothing(
    context: Flask, counter: Counter, malika: Payer, person: Person
) -> None:
    made = malika.pays(counter, "1500")
    assert counter.card is not None
    order = wallet.Order(counter.card.id, malika.card.number, Decimal(0), "", str(uuid4()))
    with unit_of_work():
        ledger.transfer(
            actor_id=person.id, key=order.key, fingerprint="", source=counter.card.account_id,
            target=malika.card.account_id, amount=Decimal(1000),
        )  # fmt: skip
    error = counter.shop.refused(operations.void_payment, payment_id=made.id, reason="Xato")
    assert (error.code, error.status) == ("owner_needed", 403)
    error = counter.shop.refused(
        operations.void_payment, payment_id=made.id, reason="Xato", may_give_back=True
    )
    assert (error.code, error.status) == ("insufficient_funds", 409)
    assert queries.get_payment(counter.shop.workspace_id, made.id).status == "accepted"
    assert counter.shop.sums(counter.debtor) == ("0.00", "0.00")
    pay_in(counter.card.account_id, "1000")
    assert counter.shop.void_payment(made.id).status == "voided"
    assert clean()


def test_an_administrator_does_not_reverse_it_past_the_book(
    context: Flask, counter: Counter, malika: Payer, make_person: Make
) -> None:
    boss = make_person(role="ADMIN")
    transfer = malika.pays(counter, "1500").transfer_id
    assert code_of(
        admin.reverse_transfer, actor_id=boss.id, transfer_id=transfer, reason="Xato", key="k"
    ) == "paid_a_debt"  # fmt: skip
    assert counter.shop.sums(counter.debtor) == ("0.00", "0.00")


def test_it_is_an_expense_of_the_payer_and_an_income_of_the_owner(
    context: Flask, counter: Counter, malika: Payer, person: Person
) -> None:
    def records(who: Person) -> list[tuple[str, str]]:
        found = list_transactions(who.workspace_id, Filters(), limit=9).items
        return [(one.type, str(one.amount)) for one in found]

    made = malika.pays(counter, "1500")
    assert records(malika.user) == [("expense", "1500.00")]
    assert records(person) == [("income", "1500.00")]
    counter.shop.void_payment(made.id)
    assert records(malika.user) == records(person) == []
    assert verify_all() == []


def test_the_oldest_active_card_of_the_first_owner_is_paid(
    context: Flask, counter: Counter, malika: Payer, person: Person
) -> None:
    assert counter.card is not None
    with unit_of_work():
        session.execute(text("UPDATE users SET role = 'PREMIUM'"))
    second = open_cards(person)[0]
    malika.pays(counter, "100")
    with unit_of_work():
        wallet.change_status(actor_id=person.id, card_id=counter.card.id, status="FROZEN")
    malika.pays(counter, "200")
    assert (on(counter.card), on(second)) == ("100.00", "200.00")


# By page.


def test_who_is_not_signed_in_is_asked_to_and_comes_back(
    app: Flask, counter: Counter, malika: Payer, page: Page
) -> None:
    answer = page.get(f"{counter.path}/pay")
    assert answer.status_code == 302 or answer.status_code == 303
    assert answer.location.endswith(f"/login?next={counter.path}/pay")
    assert b"/pay" in page.get(counter.path).data
    page.get(answer.location)
    login = {"login": malika.user.login, "password": PASSWORD, "next": f"{counter.path}/pay"}
    assert page.post("/login", login).location == f"{counter.path}/pay"


def test_a_way_back_leads_to_this_site_only(counter: Counter, malika: Payer, page: Page) -> None:
    page.get("/login")
    login = {"login": malika.user.login, "password": PASSWORD, "next": "https://evil.example/s/1"}
    assert page.post("/login", login).location == "/dashboard"


def test_without_a_card_of_the_shop_there_is_no_button(
    app: Flask, make_person: Make, page: Page, browse: Callable[[Person], Page], malika: Payer
) -> None:
    with app.app_context():
        bare = open_counter(make_person(), "1000", card=False)
    assert f"{bare.path}/pay" not in page.get(bare.path).get_data(as_text=True)
    asked = browse(malika.user)
    assert asked.get(f"{bare.path}/pay").status_code == 200
    body = {"from_card": str(malika.card.id), "amount": "1000"}
    assert asked.post(f"{bare.path}/pay", body).status_code == 409


def test_an_owner_pays_nothing_to_themselves(
    counter: Counter, person: Person, browse: Callable[[Person], Page]
) -> None:
    text = browse(person).get(counter.path).get_data(as_text=True)
    assert f"{counter.path}/pay" not in text


def test_a_debtor_looks_and_pays(
    app: Flask, counter: Counter, malika: Payer, browse: Callable[[Person], Page]
) -> None:
    page = browse(malika.user)
    assert 'value="1\u202f500"' in page.get(f"{counter.path}/pay").get_data(as_text=True)
    look = page.post(f"{counter.path}/pay", {"from_card": str(malika.card.id), "amount": "1 200"})
    form = hidden(look.get_data(as_text=True))
    assert page.post(f"{counter.path}/pay/confirm", {**form, "key": "\0"}).status_code == 422
    with app.app_context():
        assert transfers() == []
    for _ in range(2):
        done = page.post(f"{counter.path}/pay/confirm", form)
        assert (done.status_code, done.location) == (303, counter.path)
    with app.app_context():
        assert len(transfers()) == 1
        assert counter.shop.sums(counter.debtor) == ("300.00", "0.00")


def test_a_refusal_is_shown_and_another_look_carries_another_key(
    app: Flask, counter: Counter, malika: Payer, browse: Callable[[Person], Page]
) -> None:
    def set_status(status: str) -> None:
        with app.app_context(), unit_of_work():
            wallet.change_status(actor_id=malika.user.id, card_id=malika.card.id, status=status)

    page = browse(malika.user)
    body = {"from_card": str(malika.card.id), "amount": "1200"}
    form = hidden(page.post(f"{counter.path}/pay", body).get_data(as_text=True))
    set_status("FROZEN")
    assert page.post(f"{counter.path}/pay/confirm", form).status_code == 409
    with app.app_context():
        assert len(transfers("failed")) == 1
    set_status("ACTIVE")
    assert page.post(f"{counter.path}/pay/confirm", form).status_code == 409
    assert confirm(page, counter.path, malika.card, "1200").status_code == 303
    above = page.post(f"{counter.path}/pay", {**body, "amount": "301"})
    assert above.status_code == 409
    assert "300" in above.get_data(as_text=True)


def test_a_retry_is_answered_when_the_limit_is_spent(
    app: Flask, counter: Counter, malika: Payer, another_app: Callable[..., Flask], limits: None
) -> None:
    page = Page(another_app(limit_transfers="3 per minute")).login(malika.user)
    body = {"from_card": str(malika.card.id), "amount": "10"}
    form = hidden(page.post(f"{counter.path}/pay", body).get_data(as_text=True))
    answers = [page.post(f"{counter.path}/pay/confirm", form).status_code for _ in range(5)]
    assert answers == [303] * 5
    other = hidden(page.post(f"{counter.path}/pay", body).get_data(as_text=True))
    late = page.post(f"{counter.path}/pay/confirm", other)
    assert (late.status_code, "Retry-After" in late.headers) == (429, True)
    with app.app_context():
        assert len(transfers()) == 1


def test_the_payers_history_and_receipt_say_whom_it_paid(
    app: Flask, counter: Counter, person: Person, malika: Payer,
    browse: Callable[[Person], Page], call: Callable[[Person], Api],
) -> None:  # fmt: skip
    with app.app_context():
        with unit_of_work():
            session.execute(
                text("UPDATE workspaces SET name = 'Baraka', personal_of_id = NULL WHERE id = :id"),
                {"id": person.workspace_id},
            )
        transfer = malika.pays(counter, "1200").transfer_id
    for who in (malika.user, person):
        page = browse(who)
        for path in ("/transfers", f"/transfers/{transfer}", f"/transfers/{transfer}/receipt.pdf"):
            assert page.get(path).status_code == 200
        assert "Baraka" in page.get(f"/transfers/{transfer}").get_data(as_text=True)
    found = call(malika.user).get(f"/transfers/{transfer}").get_json()
    assert (found["type"], found["commission"]) == ("debt_payment", "0.00")
