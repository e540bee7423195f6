"""The catalogue, as visitors and people who are signed in see it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.images import image_url
from koshelok.shop.queries import ProductView
from tests.conftest import Page, Person, QueryCounter
from tests.shop.shelf import Seller, buy, fill, open_shop


@dataclass
class Stall:
    """A shop, each call to it in a context of its own: the requests of browsers have theirs."""

    app: Flask
    seller: Seller

    def product(self, **values: Any) -> ProductView:
        """A new product."""
        with self.app.app_context():
            return self.seller.product(**values)

    def do(self, operation: Callable[..., Any], **values: Any) -> Any:
        """What its owner does."""
        whose = {"actor_id": self.seller.person.id, "workspace_id": self.seller.workspace_id}
        with self.app.app_context(), unit_of_work():
            return operation(**whose, **values)


@pytest.fixture
def stall(app: Flask, make_person: Callable[..., Person]) -> Stall:
    """Somebody with a shop."""
    owner = make_person()
    with app.app_context():
        return Stall(app, open_shop(owner))


def picture(width: int = 60, height: int = 40) -> bytes:
    """A PNG."""
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


def photograph(stall: Stall, product: ProductView, number: int = 1) -> list[Any]:
    """Give a product pictures."""
    return [
        stall.do(operations.add_image, product_id=product.id, data=picture()) for _ in range(number)
    ]


def text_of(page: Page, path: str, status: int = 200) -> str:
    response = page.get(path)
    assert response.status_code == status
    return response.get_data(as_text=True)


@pytest.mark.parametrize("asked", ["min_price=much", "cursor=nonsense", "query=" + "x" * 101])
def test_refuses_what_cannot_be_read(page: Page, stall: Stall, asked: str) -> None:
    stall.product()
    response = page.get(f"/shop?{asked}")
    assert response.status_code == 422
    assert 'role="alert"' in response.get_data(as_text=True)


@pytest.mark.parametrize("asked", ["category=weapons", "sort=worst", "available="])
def test_what_is_unknown_narrows_nothing(page: Page, stall: Stall, asked: str) -> None:
    product = stall.product()
    assert product.name in text_of(page, f"/shop?{asked}")


@pytest.mark.parametrize("shop", ["0", "x", "999999999", "9" * 30])
def test_a_shop_that_is_none_has_nothing(page: Page, stall: Stall, shop: str) -> None:
    product = stall.product()
    assert product.name not in text_of(page, f"/shop?shop={shop}")


def test_names_no_workspace_that_sells_nothing(
    page: Page, stall: Stall, make_person: Callable[..., Person]
) -> None:
    stall.product()
    private = make_person(full_name="Gulnora Yusupova")
    assert "Gulnora" not in text_of(page, f"/shop?shop={private.workspace_id}")
    owner = make_person()
    with stall.app.app_context():
        other = open_shop(owner, "Hali ochilmagan")
    assert "Hali ochilmagan" not in text_of(page, f"/shop?shop={other.workspace_id}")


def test_an_archived_product_is_gone(page: Page, stall: Stall) -> None:
    product = stall.product(name="Ketmon")
    stall.do(operations.archive_product, product_id=product.id)
    gone = text_of(page, f"/shop/products/{product.id}", 404)
    assert 'href="/shop"' in gone
    assert "Ketmon" not in gone
    assert "Ketmon" not in text_of(page, "/shop")
    assert 'href="/shop"' in text_of(page, "/shop/products/999999", 404)
    assert page.htmx("GET", f"/shop/products/{product.id}/others").status_code == 404


def test_finds_narrows_and_sorts(page: Page, stall: Stall) -> None:
    tea = stall.product(name="Ko'k choy", price="9000")
    shirt = stall.product(name="Ko'ylak", price="250000", category="clothes", stock=0)
    names = {
        "query=кўк": [tea.name],
        "query=ko`yl": [shirt.name],
        "category=clothes": [shirt.name],
        "min_price=10k": [shirt.name],
        "max_price=10k": [tea.name],
        "min_price=10k&max_price=5k": [tea.name],
        "available=1": [tea.name],
        f"shop={stall.seller.workspace_id}&sort=cheap": [tea.name, shirt.name],
        "sort=dear": [shirt.name, tea.name],
    }
    for asked, expected in names.items():
        found = text_of(page, f"/shop?{asked}").replace("&#39;", "'")
        shown = {name: found.find(f">{name}</a>") for name in (tea.name, shirt.name)}
        shown = {name: at for name, at in shown.items() if at > 0}
        assert sorted(shown, key=shown.__getitem__) == expected, asked


def test_answers_a_region_as_one_types(page: Page, stall: Stall) -> None:
    stall.product(name="Choynak")
    answer = page.htmx("GET", "/shop?query=choy&sort=new")
    text = answer.get_data(as_text=True)
    assert "<html" not in text
    assert 'id="results"' in text
    assert answer.headers["HX-Push-Url"] == "/shop?query=choy"
    assert "Choynak" not in page.htmx("GET", "/shop?query=zzz").get_data(as_text=True)


def test_more_is_appended(page: Page, stall: Stall) -> None:
    for number in range(26):
        stall.product(name=f"Mahsulot {number:02}")
    first = text_of(page, "/shop?sort=cheap")
    assert first.count('class="product"') == 24
    more_url = first.split('hx-get="/shop?')[1].split('"')[0].replace("&amp;", "&")
    more = page.htmx("GET", f"/shop?{more_url}")
    text = more.get_data(as_text=True)
    assert text.count('class="product"') == 2
    assert 'id="results"' not in text
    assert "load-more" not in text
    assert "HX-Push-Url" not in more.headers
    assert text_of(page, f"/shop?{more_url}").count('class="product"') == 2


def test_an_empty_shop_says_what_to_do(
    page: Page, browse: Callable[[Person], Page], person: Person
) -> None:
    assert 'href="/signup"' in text_of(page, "/shop")
    assert 'href="/workspaces"' in text_of(browse(person), "/shop").split('class="empty"')[1]
    assert 'href="/shop"' in text_of(page, "/shop?query=zzz").split('class="empty"')[1]


def test_a_shop_introduces_itself(page: Page, stall: Stall) -> None:
    stall.do(
        operations.edit_shop, about="Non va choy", address="Chorsu, 5",
        phone_number="+998901112233", accepts_cash=False,
    )  # fmt: skip
    product = stall.product()
    for path in (f"/shop?shop={stall.seller.workspace_id}", f"/shop/products/{product.id}"):
        text = text_of(page, path)
        assert "Chorsu, 5" in text
        assert 'href="tel:+998901112233"' in text
    assert "Non va choy" in text_of(page, f"/shop?shop={stall.seller.workspace_id}")


def test_a_card_says_what_is_left(page: Page, stall: Stall) -> None:
    stall.product(stock=0)
    assert "product-out" in text_of(page, "/shop")
    assert 'action="/cart/items"' not in text_of(page, "/shop")
    stall.product(stock=4)
    assert "product-left" not in text_of(page, "/shop")
    stall.product(stock=3)
    assert "product-left" in text_of(page, "/shop")


def test_a_product_tells_machines_what_it_is(page: Page, stall: Stall) -> None:
    product = stall.product(name="Choynak", price="45000", description="Rishton\n<b>kulol</b>")
    image = photograph(stall, product)[0]
    text = text_of(page, f"/shop/products/{product.id}")
    for said in (
        'itemtype="https://schema.org/Product"',
        '<meta itemprop="price" content="45000.00"><meta itemprop="priceCurrency" content="UZS">',
        'itemprop="availability" href="https://schema.org/InStock"',
        f'<link rel="canonical" href="http://localhost/shop/products/{product.id}">',
        f'<meta property="og:image" content="http://localhost{image_url(image, 1200)}">',
        '<meta property="og:title" content="Choynak">',
        "Rishton\n&lt;b&gt;kulol&lt;/b&gt;",
    ):
        assert said in text, said
    assert "AggregateRating" not in text
    assert "Rishton &lt;b&gt;kulol" in text.split('name="description"')[1].split(">")[0]


def test_a_preview_is_cut_between_words(page: Page, stall: Stall) -> None:
    product = stall.product(description="so'z " * 100)
    said = text_of(page, f"/shop/products/{product.id}").split('name="description" content="')[1]
    assert said.split('"')[0].endswith("z…")


def test_pictures_are_shown_in_sizes(page: Page, stall: Stall) -> None:
    product = stall.product()
    one, two = photograph(stall, product, 2)
    text = text_of(page, f"/shop/products/{product.id}")
    assert f'srcset="{image_url(one, 480)} 60w, {image_url(one, 1200)} 60w"' in text
    assert 'href="#picture-2"' in text
    assert image_url(two, 160) in text
    assert f'src="{image_url(one, 480)}"' in text_of(page, "/shop")


def test_stars_are_counted(page: Page, stall: Stall, make_person: Callable[..., Person]) -> None:
    product, buyer = stall.product(), make_person()
    with stall.app.app_context():
        stall.seller.take(buy(buyer, product), "confirmed", "packed", "shipped", "delivered")
    with stall.app.app_context(), unit_of_work():
        operations.review_product(actor_id=buyer.id, product_id=product.id, rating=4)
    text = text_of(page, f"/shop/products/{product.id}")
    assert '<meta itemprop="ratingValue" content="4.00">' in text
    assert '<meta itemprop="reviewCount" content="1">' in text
    assert ">4,0<" in text_of(page, "/shop")


def test_a_seller_may_edit_and_a_buyer_may_buy(
    page: Page, stall: Stall, browse: Callable[[Person], Page], person: Person
) -> None:
    product = stall.product()
    path, edit = f"/shop/products/{product.id}", f"/shop/manage/products/{product.id}/edit"
    owner = browse(stall.seller.person)
    assert f'name="next" value="{edit}"' in text_of(owner, path)
    owner.post("/workspaces/switch", {"workspace_id": str(stall.seller.workspace_id)})
    assert f'href="{edit}"' in text_of(owner, path)
    for someone in (page, browse(person)):
        text = text_of(someone, path)
        assert edit not in text
        assert 'max="10"' in text
        answer = someone.post("/cart/items", {"product": str(product.id), "quantity": "2"})
        assert answer.location == "/cart"


def test_ones_own_hold_blocks_nobody_but_others(
    page: Page, stall: Stall, browse: Callable[[Person], Page], person: Person
) -> None:
    product = stall.product(stock=2)
    with stall.app.app_context():
        cart_id = fill(person, (product, 2))
    with stall.app.app_context(), unit_of_work():
        operations.hold_cart(cart_id=cart_id)
    path = f"/shop/products/{product.id}"
    assert "OutOfStock" in text_of(page, path)
    assert "InStock" in text_of(browse(person), path)


def test_more_of_the_shop_comes_by_itself(page: Page, stall: Stall) -> None:
    product, other = stall.product(), stall.product()
    path = f"/shop/products/{product.id}/others"
    text = page.htmx("GET", path).get_data(as_text=True)
    assert other.name in text
    assert product.name not in text
    assert page.get(path).location == f"/shop?shop={stall.seller.workspace_id}"


def test_the_way_to_pay_is_the_shops(
    page: Page, stall: Stall, browse: Callable[[Person], Page], person: Person
) -> None:
    product = stall.product()
    text = text_of(page, f"/shop/products/{product.id}").split('class="terms"')[1]
    assert "Yetkazilganda" in text or "Cash" in text or "naqd" in text.lower()


@pytest.mark.parametrize("path", ["/shop", "/shop?shop={shop}&query=choy", "/shop/products/{id}",
                                  "/shop/products/{id}/others"])  # fmt: skip
def test_asks_at_most_ten_times(
    stall: Stall, browse: Callable[[Person], Page], person: Person, queries: QueryCounter,
    path: str,
) -> None:  # fmt: skip
    products = [stall.product(price=str(Decimal(1000 + number))) for number in range(30)]
    photograph(stall, products[0], 3)
    mine = browse(person)
    with stall.app.app_context():
        fill(person, (products[1], 1))
    queries.statements.clear()
    where = path.format(shop=stall.seller.workspace_id, id=products[0].id)
    answer = mine.htmx("GET", where) if "others" in path else mine.get(where)
    assert answer.status_code == 200
    assert len(queries.statements) <= 10, queries.statements


def test_the_way_in(page: Page, browse: Callable[[Person], Page], person: Person) -> None:
    assert 'href="/shop"' in text_of(page, "/")
    assert 'href="/login?next=/shop"' in text_of(page, "/shop")
    text = text_of(browse(person), "/shop")
    assert 'class="place" href="/shop" aria-current="page"' in text
