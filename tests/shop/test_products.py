"""The list of what is on the shelves: every way to narrow it, in every order, page by page."""

import itertools
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.core.page import BadCursor, encode_cursor
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.queries import ProductFilters, ProductView, Sort, lists
from koshelok.shop.queries.lists import list_products
from tests.conftest import Person
from tests.shop.shelf import Seller, buy, open_shop

MakePerson = Callable[..., Person]
ORDERS: dict[Sort, Callable[[ProductView], tuple[object, ...]]] = {
    Sort.NEW: lambda one: (-one.id,),
    Sort.POPULAR: lambda one: (-one.sold, -one.id),
    Sort.CHEAP: lambda one: (one.price, one.id),
    Sort.DEAR: lambda one: (-one.price, -one.id),
    Sort.RATED: lambda one: (-one.rating, -one.id),
}
ALL_THE_WAY = ("confirmed", "packed", "shipped", "delivered")


@pytest.fixture
def seller(context: Flask, make_person: MakePerson) -> Seller:
    return open_shop(make_person())


@pytest.fixture
def buyer(make_person: MakePerson) -> Person:
    return make_person()


def test_a_cursor_of_another_list_is_refused(seller: Seller) -> None:
    seller.product()
    bad = ["x", encode_cursor(1, 2, 3), encode_cursor("x"), encode_cursor("NaN", 1)]
    for sort, cursor in itertools.product(Sort, [*bad, encode_cursor("1e400", 1)]):
        with pytest.raises(BadCursor):
            list_products(ProductFilters(sort=sort), cursor=cursor)
    with pytest.raises(BadCursor):
        list_products(ProductFilters(), cursor=encode_cursor(2**63))


def test_what_does_not_fit_finds_nothing(seller: Seller) -> None:
    seller.product(name="Choy")
    for nothing in (
        {"query": "choynak"}, {"query": "!?"}, {"query": "#food"}, {"category": "kids"},
        {"category": "'"}, {"shop": 0}, {"shop": 10**9}, {"query": "choy", "category": "' | 'a"},
        {"min_price": Decimal(12001)}, {"max_price": Decimal("11999.99")},
    ):  # fmt: skip
        for sort in Sort:
            assert _names(list_products(ProductFilters(sort=sort, **nothing)).items) == []


def test_what_is_put_away_is_not_listed(seller: Seller) -> None:
    product = seller.product()
    with unit_of_work():
        operations.archive_product(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, product_id=product.id
        )
    assert list_products(ProductFilters()).items == []
    assert list_products(ProductFilters(query="choy")).items == []


@pytest.mark.parametrize(
    "words",
    ["qo'y", "QOʻY", "қўй", "qoy go", "гўшти қўй", "go'shti", "yangi", "sof-1", "SOF 1", "q g s"],
)
def test_words_are_found_however_they_are_written(seller: Seller, words: str) -> None:
    seller.product(name="Qo'y go'shti", description="Yangi so'yilgan", sku="SOF-1")
    seller.product(name="Choy", description="Ko'k")
    assert _names(list_products(ProductFilters(query=words)).items) == ["Qo'y go'shti"]


def test_every_word_counts(seller: Seller) -> None:
    for name in ("Qora choy", "Ko'k choy", "Qora non"):
        seller.product(name=name)
    assert _names(list_products(ProductFilters(query="qora choy")).items) == ["Qora choy"]
    assert len(list_products(ProductFilters(query="choy")).items) == 2


def test_sold_out_can_be_left_out(seller: Seller, buyer: Person) -> None:
    last, other, none = seller.product(stock=1), seller.product(stock=2), seller.product(stock=0)
    buy(buyer, last)
    for sort in Sort:
        found = list_products(ProductFilters(available=True, sort=sort)).items
        assert [one.id for one in found] == [other.id]
    every = {one.id: one.available for one in list_products(ProductFilters()).items}
    assert every == {last.id: 0, other.id: 2, none.id: 0}


def test_pages_neither_repeat_nor_skip_while_the_shelf_changes(seller: Seller) -> None:
    for number in range(9):
        seller.product(name=f"Choy {number}", price=str(1000 * (number // 2 + 1)))
    for sort in Sort:
        first = list_products(ProductFilters(query="choy", sort=sort), limit=4)
        seller.product(name="Choy of today", price="1")
        second = list_products(
            ProductFilters(query="choy", sort=sort), limit=4, cursor=first.next_cursor
        )
        seen = [one.id for one in [*first.items, *second.items]]
        assert len(seen) == len(set(seen)) == 8


def test_what_waits_for_orders_touches_neither_an_index_nor_the_words(context: Flask) -> None:
    """A checkout rewrites a row and nothing else; a trigger before updates would fold every word
    of the product anew."""
    indexes = "SELECT indexdef FROM pg_indexes WHERE tablename = 'products'"
    assert not [one for one in session.scalars(text(indexes)) if "reserved" in one]
    before = (
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'products'::regclass AND tgtype & 19 = 19"
    )
    assert session.scalars(text(before)).all() == []


@pytest.mark.parametrize("scan", [2, lists.SCAN])
def test_narrowed_in_every_way_in_every_order(
    seller: Seller, buyer: Person, make_person: MakePerson, monkeypatch: pytest.MonkeyPatch,
    scan: int,
) -> None:  # fmt: skip
    """As a list of Python narrows and sorts, whether what is wanted is common or rare."""
    monkeypatch.setattr(lists, "SCAN", scan)
    shelf = _stock([seller, open_shop(make_person(), "Aziz do'koni")], buyer)
    ways = itertools.product(
        [None, "choy", "choy yaxshi"], [None, "food"], [None, seller.workspace_id],
        [None, Decimal(2000)], [None, Decimal(4000)], [False, True],
    )  # fmt: skip
    for query, category, shop, least, most, available in ways:
        wanted = ProductFilters(query, category, least, most, shop, available)
        fitting = [one for one in shelf if _fits(one, wanted)]
        for sort in Sort:
            listed = _walk(replace(wanted, sort=sort), limit=5)
            assert listed == [one.id for one in sorted(fitting, key=ORDERS[sort])], (wanted, sort)


def _stock(sellers: Iterable[Seller], buyer: Person) -> list[ProductView]:
    dice = random.Random(5)
    made = [
        (
            seller,
            seller.product(
                stock=dice.choice((0, 3, 9)), price=str(1000 * dice.randint(1, 5)),
                name=dice.choice(("Choy", "Non", "Choy va non")),
                description=dice.choice(("", "Yaxshi")), category=dice.choice(("food", "kids")),
            ),
        )
        for seller in sellers
        for _ in range(12)
    ]  # fmt: skip
    for seller, product in made:
        if product.on_hand and dice.random() < 0.5:
            seller.take(buy(buyer, product, dice.randint(1, product.on_hand)), *ALL_THE_WAY)
            with unit_of_work():
                operations.review_product(
                    actor_id=buyer.id, product_id=product.id, rating=dice.randint(1, 5)
                )
    return [seller.see(product) for seller, product in made]


def _fits(one: ProductView, wanted: ProductFilters) -> bool:
    text = f"{one.name} {one.description}".lower().split()
    return (
        all(word in text for word in (wanted.query or "").split())
        and wanted.category in {None, one.category}
        and wanted.shop in {None, one.shop}
        and (wanted.min_price is None or one.price >= wanted.min_price)
        and (wanted.max_price is None or one.price <= wanted.max_price)
        and (not wanted.available or one.available > 0)
    )


def _walk(filters: ProductFilters, *, limit: int) -> list[int]:
    found: list[int] = []
    cursor: str | None = None
    while True:
        page = list_products(filters, limit=limit, cursor=cursor)
        found += [one.id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


def _names(products: Iterable[ProductView]) -> list[str]:
    return [product.name for product in products]
