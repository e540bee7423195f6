"""Reviews: who may say something, how often, what it counts, and what its shop makes of it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.errors import NotDelivered, OwnProduct, ReviewedAlready, ReviewNotFound
from koshelok.shop.operations.reviews import BadRating
from koshelok.shop.queries import ProductView, ReviewView
from koshelok.workspaces import operations as workspaces
from tests.conftest import Page, Person, QueryCounter
from tests.shop.faces import ALL_THE_WAY, Counter

Make = Callable[..., Person]


@pytest.fixture
def counter(app: Flask, make_person: Make) -> Counter:
    return Counter(app, make_person(), make_person(full_name="Aziz Karimov"))


@pytest.fixture
def product(counter: Counter) -> ProductView:
    return counter.product(stock=50)


@pytest.fixture
def delivered(counter: Counter, product: ProductView) -> ProductView:
    counter.order(product, *ALL_THE_WAY)
    return product


@pytest.fixture
def mine(counter: Counter, browse: Callable[[Person], Page]) -> Page:
    return browse(counter.buyer)


@pytest.fixture
def theirs(counter: Counter, browse: Callable[[Person], Page]) -> Page:
    with_shop = browse(counter.seller.person)
    with_shop.post("/workspaces/switch", {"workspace_id": str(counter.workspace_id)})
    return with_shop


def stands(counter: Counter, product: ProductView) -> tuple[str, int]:
    """The average and how many, as the shelf keeps them."""
    now: ProductView = counter.seller.see(product)
    return str(now.rating), now.reviews_count


def act(counter: Counter, operation: Callable[..., ReviewView], **more: Any) -> ReviewView:
    def inside() -> ReviewView:
        with unit_of_work():
            return operation(
                actor_id=counter.seller.person.id, workspace_id=counter.workspace_id, **more
            )

    made: ReviewView = counter.inside(inside)
    return made


def test_before_delivery_nobody_reviews(counter: Counter, product: ProductView, mine: Page) -> None:
    counter.order(product, "confirmed", "packed", "shipped")
    with pytest.raises(NotDelivered):
        counter.say(product)
    assert mine.post(f"/shop/products/{product.id}/reviews", {"rating": "5"}).status_code == 409
    assert counter.review(product) is None


def test_nobody_praises_own_goods(app: Flask, counter: Counter, delivered: ProductView) -> None:
    with app.app_context(), unit_of_work():
        workspaces.join(workspace_id=counter.workspace_id, user_id=counter.buyer.id, role="viewer")
    with pytest.raises(OwnProduct):
        counter.say(delivered)


def test_one_a_buyer_and_product(counter: Counter, delivered: ProductView, mine: Page) -> None:
    counter.say(delivered, 4)
    with pytest.raises(ReviewedAlready):
        counter.say(delivered, 5)
    path = f"/shop/products/{delivered.id}/reviews"
    assert mine.post(path, {"rating": "1"}).status_code == 409
    assert stands(counter, delivered) == ("4.00", 1)


@pytest.mark.parametrize("rating", ["", "0", "6", "-1", "4.5", "five", "99999999999999999999"])
def test_stars_are_one_to_five(
    counter: Counter, delivered: ProductView, mine: Page, rating: str
) -> None:
    path = f"/shop/products/{delivered.id}/reviews"
    for method in (mine.post(path, {"rating": rating}),
                   mine.htmx("POST", path, data={"rating": rating})):  # fmt: skip
        assert method.status_code == 422
    assert counter.review(delivered) is None
    with pytest.raises(BadRating):
        counter.say(delivered, 6)


def test_words_too_long_are_kept_in_the_form(
    counter: Counter, delivered: ProductView, mine: Page
) -> None:
    data = {"rating": "5", "text": "z" * 2001}
    answer = mine.post(f"/shop/products/{delivered.id}/reviews", data)
    assert answer.status_code == 422
    assert "z" * 2001 in answer.get_data(as_text=True)


def test_what_is_not_there_is_not_reviewed(
    app: Flask, counter: Counter, delivered: ProductView, mine: Page
) -> None:
    assert mine.post("/shop/products/999999/reviews", {"rating": "5"}).status_code == 404
    mine_url = f"/shop/products/{delivered.id}/reviews/mine"
    assert mine.post(mine_url, {"rating": "5"}).status_code == 404  # nothing was said yet
    with app.app_context(), unit_of_work(), pytest.raises(ReviewNotFound):
        operations.edit_review(actor_id=counter.buyer.id, product_id=delivered.id, rating=5)


def test_a_visitor_reads_and_writes_nothing(
    counter: Counter, delivered: ProductView, page: Page
) -> None:
    counter.say(delivered, 5, "Zo'r choy")
    path = f"/shop/products/{delivered.id}/reviews"
    assert "Zo&#39;r choy" in page.get(path).get_data(as_text=True)
    assert page.post(path, {"rating": "5"}).status_code in {302, 303}
    assert page.get("/shop/products/999999/reviews").status_code == 404


def test_another_shops_reviews_are_not_there(
    counter: Counter, delivered: ProductView, browse: Callable[[Person], Page], make_person: Make,
    app: Flask,
) -> None:  # fmt: skip
    said = counter.say(delivered, 1, "Yomon")
    other = Counter(app, make_person(), make_person())
    page = browse(other.seller.person)
    page.post("/workspaces/switch", {"workspace_id": str(other.workspace_id)})
    assert "Yomon" not in page.get("/shop/manage/reviews").get_data(as_text=True)
    for deed, data in (("reply", {"reply": "x"}), ("hide", {"reason": ""}), ("show", {})):
        path = f"/shop/manage/reviews/{said.id}/{deed}"
        assert page.post(path, data).status_code == 404
        assert page.htmx("POST", path, data=data).status_code == 404


def test_hiding_needs_a_reason(counter: Counter, delivered: ProductView, theirs: Page) -> None:
    said = counter.say(delivered, 1)
    path = f"/shop/manage/reviews/{said.id}/hide"
    answer = theirs.htmx("POST", path, data={"reason": "  "})
    assert answer.status_code == 422
    assert f'id="review-{said.id}"' in answer.get_data(as_text=True)
    assert theirs.post(path, {"reason": ""}).status_code == 303
    assert stands(counter, delivered) == ("1.00", 1)


def test_a_review_in_place(counter: Counter, delivered: ProductView, mine: Page) -> None:
    path = f"/shop/products/{delivered.id}/reviews"
    answer = mine.htmx("POST", path, data={"rating": "5", "text": "Zo'r", "next": "/orders"})
    said = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<html" not in said
    assert said.count("star-on") == 5
    assert stands(counter, delivered) == ("5.00", 1)


def test_a_review_by_a_plain_form_leads_back(
    counter: Counter, delivered: ProductView, mine: Page
) -> None:
    path = f"/shop/products/{delivered.id}/reviews"
    answer = mine.post(path, {"rating": "5", "next": "//evil.example"})
    assert (answer.status_code, answer.location) == (303, path)
    again = mine.post(f"{path}/mine", {"rating": "2", "text": "Buzildi", "next": "/orders"})
    assert (again.status_code, again.location) == (303, "/orders")
    assert stands(counter, delivered) == ("2.00", 1)


def test_the_order_asks_for_stars_and_then_shows_them(
    counter: Counter, product: ProductView, mine: Page
) -> None:
    made = counter.order(product, "confirmed", "packed", "shipped")
    path = f"/orders/{made.id}"
    assert 'name="rating"' not in mine.get(path).get_data(as_text=True)
    counter.take(made, "delivered")
    assert mine.get(path).get_data(as_text=True).count('name="rating"') == 5
    counter.say(product, 3, "O'rtacha")
    said = mine.get(path).get_data(as_text=True)
    assert 'name="rating"' not in said
    assert "O&#39;rtacha" in said
    form = mine.htmx("GET", f"/shop/products/{product.id}/reviews/mine?next={path}")
    assert 'value="3" checked' in form.get_data(as_text=True)


def test_who_says_it_is_told_as_a_short_name(
    counter: Counter, delivered: ProductView, page: Page, app: Flask, make_person: Make
) -> None:
    counter.say(delivered, 5)
    for name in ("+998901112233", "Nodira", ""):
        counter.buyer = make_person(full_name=name)
        counter.order(delivered, *ALL_THE_WAY)
        counter.say(delivered, 4)
    with app.app_context():
        found = queries.list_reviews(product_id=delivered.id, limit=9).items
        assert [said.buyer_name for said in found] == ["", "Nodira", "", "Aziz K."]
    said = page.get(f"/shop/products/{delivered.id}/reviews").get_data(as_text=True)
    assert "Karimov" not in said
    assert "998901112233" not in said


def test_a_hidden_one_counts_no_more_and_its_buyer_reads_why(
    counter: Counter, delivered: ProductView, mine: Page, theirs: Page, page: Page
) -> None:
    said = counter.say(delivered, 1, "Yomon so'z")
    answer = theirs.htmx("POST", f"/shop/manage/reviews/{said.id}/hide", data={"reason": "Haqorat"})
    assert answer.status_code == 200
    assert stands(counter, delivered) == ("0.00", 0)
    path = f"/shop/products/{delivered.id}/reviews"
    assert "Yomon" not in page.get(path).get_data(as_text=True)
    assert "Haqorat" in mine.get(path).get_data(as_text=True)
    mine.post(f"{path}/mine", {"rating": "5"})  # said anew, and still hidden
    assert stands(counter, delivered) == ("0.00", 0)
    assert theirs.post(f"/shop/manage/reviews/{said.id}/show").status_code == 303
    assert stands(counter, delivered) == ("5.00", 1)


def test_a_shop_answers_and_takes_it_back(
    counter: Counter, delivered: ProductView, theirs: Page, page: Page
) -> None:
    said = counter.say(delivered, 4)
    path = f"/shop/manage/reviews/{said.id}/reply"
    assert "Rahmat" in theirs.htmx("POST", path, data={"reply": "Rahmat"}).get_data(as_text=True)
    seen = f"/shop/products/{delivered.id}/reviews"
    assert "Rahmat" in page.get(seen).get_data(as_text=True)
    theirs.post(path, {"reply": " "})
    assert "Rahmat" not in page.get(seen).get_data(as_text=True)


def test_stars_are_counted_without_hidden_ones(
    counter: Counter, delivered: ProductView, make_person: Make
) -> None:
    counter.say(delivered, 5)
    for rating in (5, 2):
        counter.buyer = make_person()
        counter.order(delivered, *ALL_THE_WAY)
        last = counter.say(delivered, rating)
    assert counter.inside(queries.count_stars, delivered.id) == {5: 2, 4: 0, 3: 0, 2: 1, 1: 0}
    act(counter, operations.hide_review, review_id=last.id, reason="Xato")
    assert counter.inside(queries.count_stars, delivered.id) == {5: 2, 4: 0, 3: 0, 2: 0, 1: 0}


def test_pages_of_reviews_go_on_and_ask_little(
    counter: Counter, delivered: ProductView, mine: Page, theirs: Page, make_person: Make,
    queries: QueryCounter,
) -> None:  # fmt: skip
    counter.say(delivered, 1, "Birinchi")
    for number in range(10):
        counter.buyer = make_person()
        counter.order(delivered, *ALL_THE_WAY)
        counter.say(delivered, 5, f"Sharh {number}.")
    path = f"/shop/products/{delivered.id}/reviews"
    for page, asked in ((mine, path), (theirs, "/shop/manage/reviews")):
        queries.statements.clear()
        said = page.get(asked).get_data(as_text=True)
        assert len(queries.statements) <= 10, queries.statements
        assert "Sharh 9." in said
    first = mine.get(path).get_data(as_text=True)
    more = first.partition('class="load-more"')[2].partition('href="')[2].partition('"')[0]
    rest = mine.htmx("GET", more.replace("&amp;", "&")).get_data(as_text=True)
    assert "Birinchi" in rest
    assert "<html" not in rest
    assert "Sharh 9." not in rest
