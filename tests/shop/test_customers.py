"""Who may take on credit: whom a shop knows, by whom it is set, and what the page shows."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask

from koshelok.core.phones import InvalidPhone
from koshelok.debtors import operations as book
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.errors import (
    CreditLimitReached,
    CustomerNotFound,
    CustomerWithoutPhone,
    NotAShop,
    NumberUnknown,
    PhoneNeeded,
)
from koshelok.shop.queries.customers import count_orders, list_customers, list_latest_buyers
from tests.conftest import Page, Person
from tests.shop.shelf import Seller, buy, is_sound, open_shop
from tests.shop.test_sales_pages import enter

MakePerson = Callable[..., Person]
PATH = "/shop/manage/customers"
PHONE = "+998901112233"


@pytest.fixture
def seller(app: Flask, make_person: MakePerson) -> Seller:
    owner = make_person(contact="+998901110000")
    with app.app_context():
        return open_shop(owner)


@pytest.fixture
def buyer(make_person: MakePerson) -> Person:
    return make_person(contact=PHONE, full_name="Aziz Karimov")


@pytest.fixture
def page(app: Flask, seller: Seller) -> Page:
    return enter(app, seller.person, seller.workspace_id)


def empty(person: Person) -> None:
    with unit_of_work():
        cart_id = operations.open_cart(user_id=person.id)
        for item in queries.get_cart(cart_id).items:
            operations.remove_item(cart_id=cart_id, item_id=item.id)


def allow(seller: Seller, user_id: int, **more: object) -> queries.CustomerView:
    with unit_of_work():
        return operations.set_credit(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, user_id=user_id,
            **{"credit": True, "promise": True, **more},  # type: ignore[arg-type]
        )  # fmt: skip


def approve(seller: Seller, phone_number: str, **more: object) -> queries.CustomerView:
    with unit_of_work():
        return operations.approve_customer(
            actor_id=seller.person.id, workspace_id=seller.workspace_id,
            phone_number=phone_number, **more,  # type: ignore[arg-type]
        )  # fmt: skip


@pytest.mark.usefixtures("context")
def test_nobody_learns_numbers_by_counting_ids(seller: Seller, buyer: Person) -> None:
    for user_id in (0, 10**12):
        with pytest.raises(CustomerNotFound):
            allow(seller, user_id)
    assert list_customers(seller.workspace_id, limit=9).items == []
    promised = allow(seller, buyer.id, limit=Decimal(15000))
    assert (promised.full_name, promised.phone_number, promised.debtor) == ("", "", None)
    assert list_customers(seller.workspace_id, limit=9).items == [promised]


@pytest.mark.usefixtures("context")
def test_a_promise_enters_the_book_by_the_first_order(seller: Seller, buyer: Person) -> None:
    allow(seller, buyer.id, limit=Decimal(15000))
    product = seller.product()
    with pytest.raises(CreditLimitReached):
        buy(buyer, product, 2, "credit")
    assert queries.get_customer(seller.workspace_id, buyer.id).debtor is None
    empty(buyer)
    buy(buyer, product, 1, "credit")
    known = queries.get_customer(seller.workspace_id, buyer.id)
    assert (known.full_name, known.limit, known.debt) == ("Aziz Karimov", 15000, 12000)
    is_sound()


@pytest.mark.usefixtures("context")
def test_a_promise_wants_a_number(seller: Seller, make_person: MakePerson) -> None:
    silent = make_person()
    allow(seller, silent.id)
    with pytest.raises(PhoneNeeded):
        buy(silent, seller.product(), payment="credit")
    is_sound()


@pytest.mark.usefixtures("context")
def test_an_order_elsewhere_makes_nobody_known(
    seller: Seller, buyer: Person, make_person: MakePerson
) -> None:
    buy(buyer, open_shop(make_person(), "Boshqa").product())
    assert allow(seller, buyer.id).debtor is None


@pytest.mark.usefixtures("context")
def test_who_has_ordered_or_stands_in_the_book_is_known(
    seller: Seller, buyer: Person, make_person: MakePerson
) -> None:
    other = make_person(contact="+998907778899", full_name="Vali")
    with unit_of_work():
        entered = book.create_debtor(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, full_name="Vali aka",
            phone_number="+998907778899",
        )  # fmt: skip
    assert allow(seller, other.id).debtor == entered.id
    buy(buyer, seller.product())
    assert allow(seller, buyer.id, limit=Decimal(5000)).limit == 5000
    assert allow(seller, buyer.id, credit=False).limit == 5000
    is_sound()


@pytest.mark.usefixtures("context")
def test_only_shops_give_credit(seller: Seller, buyer: Person) -> None:
    elsewhere = Seller(seller.person, seller.person.workspace_id)
    with pytest.raises(NotAShop):
        approve(elsewhere, PHONE)
    with pytest.raises(NotAShop):
        allow(elsewhere, buyer.id)


@pytest.mark.usefixtures("context")
def test_a_number_has_to_be_somebodys(seller: Seller, make_person: MakePerson) -> None:
    with pytest.raises(InvalidPhone):
        approve(seller, "ali@example.uz")
    with pytest.raises(NumberUnknown):
        approve(seller, "+998909999999")
    silent = make_person(contact="ali@example.uz")
    buy(silent, seller.product())
    with pytest.raises(CustomerWithoutPhone):
        allow(seller, silent.id)


def test_on_the_page_refusals_stand_at_their_field(
    app: Flask, seller: Seller, buyer: Person, page: Page
) -> None:
    for data, said in [
        ({}, "phone_number-error"),
        ({"phone_number": "12"}, "phone_number-error"),
        ({"phone_number": "+998909999999"}, "phone_number-error"),
        ({"phone_number": PHONE, "credit_limit": "-5"}, "credit_limit-error"),
        ({"phone_number": PHONE, "credit_limit": "abc"}, "credit_limit-error"),
    ]:
        answer = page.post(PATH, data)
        assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True), data
    assert page.post(f"{PATH}/{buyer.id}").status_code == 404
    assert page.post(f"{PATH}/{buyer.id}/stop").status_code == 404
    with app.app_context():
        assert list_customers(seller.workspace_id, limit=9).items == []


def test_numbers_are_asked_for_so_often_and_no_more(
    app: Flask, seller: Seller, another_app: Callable[..., Flask], limits: None
) -> None:
    """Another shop of the same person's asks no more."""
    page = enter(another_app(limit_customers="2 per hour"), seller.person, seller.workspace_id)
    codes = [page.post(PATH, {"phone_number": "+998909999999"}).status_code for _ in range(2)]
    with app.app_context():
        other = open_shop(seller.person, "Boshqa do'kon")
    assert page.post("/workspaces/switch", {"workspace_id": other.workspace_id}).status_code == 303
    codes.append(page.post(PATH, {"phone_number": "+998909999999"}).status_code)
    assert codes == [422, 422, 429]


def test_approved_by_number_then_another_limit_then_stopped(
    app: Flask, seller: Seller, buyer: Person, page: Page
) -> None:
    done = page.post(PATH, {"phone_number": "90 111 22 33", "credit_limit": "50 000"})
    assert (done.status_code, done.location) == (303, PATH)
    html = page.get(PATH).get_data(as_text=True)
    assert "Aziz Karimov" in html
    assert "50\u202f000" in html
    with app.app_context():
        [known] = list_customers(seller.workspace_id, limit=9).items
        assert (known.user_id, known.credit, known.limit) == (buyer.id, True, 50000)
        buy(buyer, seller.product(), payment="credit")
    assert "12\u202f000" in page.get(PATH).get_data(as_text=True)
    answer = page.htmx("POST", f"{PATH}/{buyer.id}", data={"credit_limit": ""})
    assert (answer.status_code, "debtor-changed" in answer.headers["HX-Trigger"]) == (200, True)
    with app.app_context():
        assert queries.get_customer(seller.workspace_id, buyer.id).limit is None
    wrong = page.htmx("POST", f"{PATH}/{buyer.id}", data={"credit_limit": "0"})
    assert (wrong.status_code, "toast" in wrong.get_data(as_text=True)) == (422, True)
    assert page.post(f"{PATH}/{buyer.id}/stop").location == PATH
    with app.app_context():
        stopped = queries.get_customer(seller.workspace_id, buyer.id)
        assert (stopped.credit, stopped.debt) == (False, 12000)
        is_sound()


def test_who_bought_lately_stands_below_once(
    app: Flask, seller: Seller, buyer: Person, make_person: MakePerson, page: Page
) -> None:
    second = make_person(contact="guli@example.uz", full_name="Guli")
    with app.app_context():
        product = seller.product(stock=9)
        for person in (buyer, second, buyer):
            buy(person, product)
        latest = list_latest_buyers(seller.workspace_id)
        assert [one.full_name for one in latest] == ["Aziz Karimov", "Guli"]
        ids = [buyer.id, second.id]
        assert count_orders(seller.workspace_id, ids) == {buyer.id: 2, second.id: 1}
    html = page.get(PATH).get_data(as_text=True)
    assert f'id="allow-{buyer.id}"' in html
    assert f'id="allow-{second.id}"' not in html
    with app.app_context():
        approve(seller, PHONE)
        assert [one.full_name for one in list_latest_buyers(seller.workspace_id)] == ["Guli"]


@pytest.mark.usefixtures("context")
def test_customers_come_a_page_at_a_time(seller: Seller, make_person: MakePerson) -> None:
    for number in range(5):
        make_person(contact=f"+99890555000{number}", full_name=f"Mijoz {number}")
        approve(seller, f"+99890555000{number}")
    seen, cursor = [], None
    while True:
        found = list_customers(seller.workspace_id, limit=2, cursor=cursor)
        seen += [one.full_name for one in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert seen == [f"Mijoz {number}" for number in (4, 3, 2, 1, 0)]
