"""What buyers and shops are told of orders: once a change, after it is committed, in one SMS."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from koshelok.core.sms import parts
from koshelok.infra.settings import current, use
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.messaging.models import Message
from koshelok.shop import operations
from koshelok.shop.errors import CashNotTaken, IllegalTransition
from koshelok.shop.queries import OrderView
from tests.conftest import Person
from tests.inbox import messages_to
from tests.shop.faces import ALL_THE_WAY, speak
from tests.shop.shelf import Seller, buy, fill, open_shop, order
from tests.wallet.support import open_with

Make = Callable[..., Person]
SHOP, BUYER = "+998901110000", "+998901112233"
LONG = "Malika Yusupovaning Chilonzor tumanidagi oziq-ovqat mollari do'koni"


@pytest.fixture
def seller(context: Flask, make_person: Make) -> Seller:
    return open_shop(make_person(contact=SHOP))


@pytest.fixture
def buyer(make_person: Make) -> Person:
    return speak(make_person(contact=BUYER), "en")


@pytest.fixture
def to(context: Flask) -> Callable[[str], list[Message]]:
    """What was written to somebody, the oldest first."""
    return lambda whom: messages_to(context, whom)[::-1]


def cancel(buyer: Person, made: OrderView) -> None:
    with unit_of_work():
        operations.cancel_order(actor_id=buyer.id, order_id=made.id)


def test_what_is_refused_tells_nobody(
    seller: Seller, buyer: Person, make_person: Make, to: Callable[[str], list[Message]]
) -> None:
    other = open_shop(make_person())
    with unit_of_work():
        operations.edit_shop(
            actor_id=other.person.id, workspace_id=other.workspace_id, accepts_cash=False
        )
    fill(buyer, (seller.product(), 1), (other.product(), 1))
    with pytest.raises(CashNotTaken):
        order(buyer)  # of both shops, or of none
    assert to(SHOP) == []


def test_an_illegal_step_tells_nobody(
    seller: Seller, buyer: Person, to: Callable[[str], list[Message]]
) -> None:
    made = buy(buyer, seller.product())
    with pytest.raises(IllegalTransition):
        seller.take(made, "shipped")
    assert to(BUYER) == []


def test_who_gave_no_contact_is_not_told(seller: Seller, make_person: Make) -> None:
    nobody = make_person()
    seller.take(buy(nobody, seller.product()), *ALL_THE_WAY)


def test_an_order_of_ones_own_shop_tells_nobody(
    seller: Seller, to: Callable[[str], list[Message]]
) -> None:
    made = buy(seller.person, seller.product())
    assert to(SHOP) == []
    cancel(seller.person, made)
    assert [said.kind for said in to(SHOP)] == ["order"]  # what came of it, as any buyer


def test_each_step_is_told_once(
    seller: Seller, buyer: Person, to: Callable[[str], list[Message]]
) -> None:
    made = seller.take(buy(buyer, seller.product()), *ALL_THE_WAY, "returned")
    shop, number = "Malika do'koni", made.number
    assert [said.text for said in to(BUYER)] == [
        f"{shop} accepted your order No. {number}.",
        f"{shop} packed your order No. {number}.",
        f"{shop}: your order No. {number} is on its way.",
        f"{shop}: your order No. {number} is delivered. Thank you.",
        f"{shop} took your order No. {number} back.",
    ]


def test_a_cancelled_one_says_where_the_money_is(
    seller: Seller, buyer: Person, to: Callable[[str], list[Message]]
) -> None:
    card, _ = open_with(buyer, "100000")
    open_with(seller.person, "1000")
    product = seller.product()
    cancel(buyer, buy(buyer, product, payment="card", card=card))
    with unit_of_work():
        operations.set_credit(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, user_id=buyer.id,
            credit=True, limit=Decimal(100000),
        )  # fmt: skip
    for payment in ("credit", "cash"):
        cancel(buyer, buy(buyer, product, payment=payment))
    said = [message.text.split(". ", 2)[-1] for message in to(BUYER)]
    assert "12 000 so'm are on your card again." in said[0]
    assert "The debt of 12 000 so'm is taken back." in said[1]
    assert "so'm" not in said[2]


def test_a_shop_hears_of_each_order_once_and_of_its_end(
    seller: Seller, buyer: Person, to: Callable[[str], list[Message]]
) -> None:
    speak(seller.person, "en")
    fill(buyer, (seller.product(), 1))
    first = order(buyer, key="k")
    again = order(buyer, key="k")
    assert again.replayed
    cancel(buyer, first.orders[0])
    shop, number = "Malika do'koni", first.orders[0].number
    assert [said.text for said in to(SHOP)] == [
        f"{shop}: new order No. {number}, 12 000 so'm, cash on delivery. Answer it in Koshelok.",
        f"{shop}: order No. {number} was cancelled by its buyer. Do not send it.",
    ]


def test_what_the_shop_does_itself_it_is_not_told(
    seller: Seller, buyer: Person, to: Callable[[str], list[Message]]
) -> None:
    seller.take(buy(buyer, seller.product()), "cancelled")
    assert [said.kind for said in to(SHOP)] == ["new_order"]


def test_nothing_is_sent_to_a_number_that_nobody_proved(
    seller: Seller, buyer: Person, to: Callable[[str], list[Message]]
) -> None:
    with unit_of_work():
        operations.edit_shop(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, phone_number="935557788"
        )
    buy(buyer, seller.product())
    assert len(to(SHOP)) == 1
    assert to("+998935557788") == []


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("name", ["Malika do'koni", LONG, "Малика дўкони «Ҳамма нарса»"])
def test_every_text_is_one_sms(
    context: Flask, make_person: Make, to: Callable[[str], list[Message]], language: str, name: str
) -> None:
    """In Russian two: Cyrillic letters take two bytes each."""
    owner, buyer = (speak(make_person(contact=whom), language) for whom in (SHOP, BUYER))
    seller = open_shop(owner, name)
    card, _ = open_with(buyer, "100000000")
    open_with(owner, "1000")
    product = seller.product(price="12345678.50")
    seller.take(buy(buyer, product, payment="card", card=card), *ALL_THE_WAY, "returned")
    cancel(buyer, buy(buyer, product, payment="card", card=card))
    told = to(BUYER) + to(SHOP)
    assert len(told) == 6 + 3
    for message in told:
        assert parts(message.text) <= (2 if language == "ru" else 1), message.text
        assert language == "ru" or message.text.isascii(), message.text
        assert "None" not in message.text


@pytest.fixture
def at_home(context: Flask) -> Any:
    """The site has an address of its own."""
    before = current()
    use(before.model_copy(update={"public_url": "https://koshelok.example"}))
    yield
    use(before)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_an_email_leads_to_the_order(
    context: Flask, make_person: Make, to: Callable[[str], list[Message]], at_home: None,
    language: str,
) -> None:  # fmt: skip
    people = [speak(make_person(contact=whom), language) for whom in ("s@x.uz", "b@x.uz")]
    seller = open_shop(people[0])
    made = seller.take(buy(people[1], seller.product()), "confirmed")
    (to_buyer,), (to_shop,) = to("b@x.uz"), to("s@x.uz")
    assert to_buyer.channel == to_shop.channel == "email"
    assert str(made.number) in to_buyer.subject
    assert str(made.number) in to_shop.subject
    assert to_buyer.text.endswith(f"https://koshelok.example/orders/{made.id}")
    assert to_shop.text.endswith(f"https://koshelok.example/shop/manage/orders/{made.id}")


def test_without_an_address_of_the_site_an_email_has_no_link(
    seller: Seller, make_person: Make, to: Callable[[str], list[Message]]
) -> None:
    seller.take(buy(make_person(contact="b@x.uz"), seller.product()), "confirmed")
    assert "http" not in to("b@x.uz")[0].text
    assert "/orders" not in to("b@x.uz")[0].text
