"""/shop/manage/products: the seller's shelf as a page, without JavaScript and in part."""

import re
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask

from koshelok.core.page import BadCursor
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.queries import ProductView
from koshelok.shop.queries.shelf import ShelfFilters, Tab, list_shelf, list_waiting
from koshelok.workspaces import operations as workspaces
from tests.conftest import Page, Person, QueryCounter
from tests.identity.pictures import picture
from tests.shop.apart import Apart
from tests.shop.shelf import Seller, buy, open_shop

Browse = Callable[[Person], Page]
LIST = "/shop/manage/products"
NEW = {"name": "Ko'k choy", "category": "drinks", "price": "12 500"}


@pytest.fixture
def browse(app: Flask) -> Browse:
    """A browser signed in as somebody, beside the test's own context."""
    return lambda person: Apart(app).login(person)


@pytest.fixture
def seller(context: Flask, person: Person) -> Seller:
    """A shop of `person`."""
    return open_shop(person)


@pytest.fixture
def mine(seller: Seller, browse: Browse) -> Page:
    """Its owner at work in it."""
    return at_work(seller, browse(seller.person))


def at_work(seller: Seller, page: Page) -> Page:
    """A browser in the shop's workspace."""
    page.post("/workspaces/switch", {"workspace_id": str(seller.workspace_id)})
    return page


def photo(name: str = "choy.png", data: bytes = b"") -> tuple[BytesIO, str]:
    """A file to choose."""
    return BytesIO(data or picture()), name


def only(seller: Seller) -> ProductView:
    """The one product of the shop."""
    found = list_shelf(seller.workspace_id, ShelfFilters()).items
    assert len(found) == 1
    return found[0]


def test_anothers_shelf_has_none_of_it(
    seller: Seller, browse: Browse, make_person: Callable[..., Person]
) -> None:
    product = seller.product()
    stranger = make_person()
    page = at_work(open_shop(stranger), browse(stranger))
    one = f"{LIST}/{product.id}"
    for path in (one, f"{one}/edit"):
        assert page.get(path).status_code == 404
    for path in (
        f"{one}/edit", f"{one}/archive", f"{one}/restore", f"{one}/stock", f"{one}/images",
        f"{one}/images/1/first", f"{one}/images/1/delete",
    ):  # fmt: skip
        sent = {**NEW, "action": "received", "stock": "5", "photo": photo()}
        assert page.post(path, sent).status_code == 404, path
    assert (seller.see(product).name, seller.see(product).on_hand) == (product.name, 10)


def test_a_viewer_looks_and_changes_nothing(
    seller: Seller, browse: Browse, make_person: Callable[..., Person]
) -> None:
    product, viewer = seller.product(), make_person(contact="+998901112233")
    with unit_of_work():
        workspaces.add_member(
            actor_id=seller.person.id, workspace_id=seller.workspace_id,
            contact="+998901112233", role="viewer",
        )  # fmt: skip
    page = at_work(seller, browse(viewer))
    one = f"{LIST}/{product.id}"
    shelf, shown = page.get(LIST), page.get(one)
    assert (shelf.status_code, shown.status_code) == (200, 200)
    for path in ("/new", f"/{product.id}/edit"):
        assert f"{LIST}{path}" not in shelf.text + shown.text
        assert page.get(f"{LIST}{path}").status_code == 403
    assert "multipart/form-data" not in shown.text
    for path in ("/new", *(f"/{product.id}/{end}" for end in ("edit", "archive", "stock"))):
        assert page.post(f"{LIST}{path}", NEW).status_code == 403


def test_who_has_no_shop_is_told_how_to_open_one(browse: Browse, person: Person) -> None:
    page = browse(person)
    for path in (LIST, f"{LIST}/new"):
        answer = page.get(path)
        assert answer.status_code == 200
        assert 'href="/workspaces' in answer.text
    assert page.post(f"{LIST}/new", NEW).status_code in {404, 409}


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"name": " "}, "name"), ({"name": "x" * 161}, "name"), ({"price": ""}, "price"),
     ({"price": "0"}, "price"), ({"price": "-5"}, "price"), ({"price": "olma"}, "price"),
     ({"category": ""}, "category"), ({"category": "guns"}, "category"),
     ({"stock": "-1"}, "stock"), ({"stock": "1.5"}, "stock"), ({"stock": "9999999"}, "stock"),
     ({"stock": "1000001"}, "stock"), ({"sku": "x" * 61}, "sku"),
     ({"description": "x" * 4001}, "description")],
)  # fmt: skip
def test_a_product_is_refused_at_its_field(
    seller: Seller, mine: Page, changed: dict[str, str], field: str
) -> None:
    answer = mine.post(f"{LIST}/new", NEW | {"description": "Yozilgan"} | changed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert answer.text.count('class="field-error"') == 1
    kept = (NEW | {"description": "Yozilgan"} | changed)["description"]
    assert kept in answer.text
    assert list_shelf(seller.workspace_id, ShelfFilters()).items == []


def test_a_code_is_no_pattern(seller: Seller, mine: Page) -> None:
    seller.product(sku="5_0")
    for code in ("5%", "\\", "A\\", "5_0%"):
        assert mine.post(f"{LIST}/new", NEW | {"sku": code}).status_code == 303
        answer = mine.post(f"{LIST}/new", NEW | {"sku": code, "name": "Boshqa"})
        assert (answer.status_code, "choy" in answer.text) == (409, True), code


def test_one_code_is_one_product(seller: Seller, mine: Page) -> None:
    first, other = seller.product(sku="A-1"), seller.product()
    answer = mine.post(f"{LIST}/new", NEW | {"sku": "a-1"})
    assert answer.status_code == 409
    assert 'id="sku-error"' in answer.text
    assert first.name in answer.text
    assert mine.post(f"{LIST}/{other.id}/edit", NEW | {"sku": "a-1"}).status_code == 409
    mine.post(f"{LIST}/{first.id}/archive")
    assert mine.post(f"{LIST}/{other.id}/edit", NEW | {"sku": "a-1"}).status_code == 303
    back = mine.post(f"{LIST}/{first.id}/restore")
    assert back.headers["Location"].endswith(f"/{first.id}")
    assert NEW["name"] in mine.get(f"{LIST}/{first.id}").text.replace("&#39;", "'")
    assert seller.see(first).archived_at is not None


def test_a_bad_picture_leaves_nothing_behind(seller: Seller, mine: Page) -> None:
    photos = [photo(), photo("bad.png", b"no picture")]
    answer = mine.post(f"{LIST}/new", {**NEW, "photo": photos})
    assert answer.status_code == 422
    assert 'id="photo-error"' in answer.text
    assert list_shelf(seller.workspace_id, ShelfFilters()).items == []
    nine = mine.post(f"{LIST}/new", {**NEW, "photo": [photo() for _ in range(9)]})
    assert nine.status_code == 409
    assert list_shelf(seller.workspace_id, ShelfFilters()).items == []


def test_pictures_are_refused_at_their_field(seller: Seller, mine: Page) -> None:
    product = seller.product()
    path = f"{LIST}/{product.id}/images"
    for sent, status in (({}, 422), ({"photo": photo("x.png", b"x")}, 422),
                         ({"photo": [photo() for _ in range(9)]}, 409)):  # fmt: skip
        answer = mine.post(path, sent)
        assert answer.status_code == status
        assert 'id="photo-error"' in answer.text
    assert seller.see(product).images == ()


def test_eight_large_pictures_come_in_one_form(
    seller: Seller, mine: Page, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = picture("PNG", (600, 400)) + b"\0" * 30_000
    monkeypatch.setattr(app.config["SETTINGS"], "max_photo_bytes", 40_000)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 40_000 + 64 * 1024)
    eight = {**NEW, "photo": [photo(data=large) for _ in range(8)]}
    assert mine.post(f"{LIST}/new", eight).status_code == 303
    product = only(seller)
    assert len(product.images) == 8
    assert mine.post(f"{LIST}/{product.id}/edit", {**NEW, "photo": [photo(data=large)] * 1,
                     "name": "x" * 200_000}).status_code == 413  # fmt: skip


def test_pictures_are_counted(
    seller: Seller, mine: Page, app: Flask, limits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "limit_images", "2 per minute")
    product = seller.product()
    answer = mine.post(f"{LIST}/{product.id}/images", {"photo": [photo() for _ in range(3)]})
    assert answer.status_code == 429
    assert seller.see(product).images == ()


def test_a_product_is_put_on_the_shelf(seller: Seller, mine: Page) -> None:
    sent = {**NEW, "name": " Ko'k <b>choy ", "stock": "1 000", "sku": "T-1",
            "description": "Toza\nva xushbo'y", "photo": [photo(), photo("b.png")]}  # fmt: skip
    answer = mine.post(f"{LIST}/new", sent)
    product = only(seller)
    assert answer.headers["Location"] == f"{LIST}/{product.id}"
    assert (product.name, product.price, product.category) == (
        "Ko'k <b>choy", Decimal(12500), "drinks"
    )  # fmt: skip
    assert (product.on_hand, product.sku, len(product.images)) == (1000, "T-1", 2)
    assert product.description == "Toza\nva xushbo'y"
    shown = mine.get(answer.headers["Location"]).text
    assert "Ko&#39;k &lt;b&gt;choy" in shown
    assert shown.count("/shop/images/") == 4
    public = queries.get_product(product.id)
    assert public.id == product.id


def test_nothing_is_needed_but_name_price_and_category(seller: Seller, mine: Page) -> None:
    assert mine.post(f"{LIST}/new", NEW).status_code == 303
    product = only(seller)
    assert (product.on_hand, product.images) == (0, ())
    assert mine.get(f"{LIST}/{product.id}").status_code == 200


def test_a_product_is_changed(seller: Seller, mine: Page) -> None:
    product = seller.product(sku="A", description="Eski")
    form = mine.get(f"{LIST}/{product.id}/edit").text
    assert "Eski" in form
    assert 'value="A"' in form
    answer = mine.post(f"{LIST}/{product.id}/edit", NEW | {"sku": "", "description": ""})
    assert answer.headers["Location"] == f"{LIST}/{product.id}"
    after = seller.see(product)
    assert (after.name, after.sku, after.description) == ("Ko'k choy", "", "")
    assert after.on_hand == 10


def test_what_is_archived_can_be_undone(seller: Seller, mine: Page) -> None:
    product = seller.product()
    answer = mine.post(f"{LIST}/{product.id}/archive")
    assert answer.headers["Location"] == LIST
    shelf = mine.get(LIST).text
    assert f'action="{LIST}/{product.id}/restore"' in shelf
    assert f"{LIST}/{product.id}/edit" not in shelf
    assert f"{LIST}/{product.id}/edit" in mine.get(f"{LIST}?tab=archived").text
    in_part = mine.htmx("POST", f"{LIST}/{product.id}/restore")
    assert "product-changed" in in_part.headers["HX-Trigger"]
    assert seller.see(product).archived_at is None
    toast = mine.htmx("POST", f"{LIST}/{product.id}/archive")
    assert f"{LIST}/{product.id}/restore" in toast.text


def test_an_empty_shelf_says_what_to_do(mine: Page) -> None:
    assert f'href="{LIST}/new"' in mine.get(LIST).text
    for tab in ("low", "archived", "nonsense"):
        assert mine.get(f"{LIST}?tab={tab}").status_code == 200


@pytest.mark.parametrize(
    ("asked", "found"),
    [("choy", True), ("чой", True), ("ko`k", True), ("KOK", False), ("t-17", True),
     ("xush", True), ("zzz", False), ("!", False), ("'; --", False), ("\0", True)],
)  # fmt: skip
def test_finds_by_name_code_and_description(
    seller: Seller, mine: Page, make_person: Callable[..., Person], asked: str, found: bool
) -> None:
    described = {"name": "Ko'k choy", "sku": "T-17", "description": "Toza, xushbo'y"}
    product = seller.product(**described)
    open_shop(make_person(), "Boshqa").product(**described)
    answer = mine.get(LIST, query_string={"query": asked})
    assert answer.status_code == 200
    if asked != "KOK":
        assert (f'id="product-{product.id}"' in answer.text) is found
    assert answer.text.count('class="row shelf-row"') <= 1


def test_what_runs_out_comes_first(seller: Seller, make_person: Callable[..., Person]) -> None:
    with unit_of_work():
        operations.edit_shop(
            actor_id=seller.person.id, workspace_id=seller.workspace_id, low_stock=5
        )
    plenty, five, none = (seller.product(stock=stock) for stock in (6, 5, 0))
    buyer = make_person()
    buy(buyer, plenty, 5)
    low = list_shelf(seller.workspace_id, ShelfFilters("", Tab.LOW, 5))
    assert [product.id for product in low.items] == [none.id, plenty.id, five.id]


@pytest.mark.parametrize("tab", list(Tab))
def test_goes_through_a_long_shelf_without_a_slip(seller: Seller, tab: Tab) -> None:
    made = [seller.product(stock=number % 3) for number in range(7)]
    if tab is Tab.ARCHIVED:
        for product in made:
            with unit_of_work():
                operations.archive_product(
                    actor_id=seller.person.id, workspace_id=seller.workspace_id,
                    product_id=product.id,
                )  # fmt: skip
    seen: list[int] = []
    cursor = None
    while True:
        filters = ShelfFilters("", tab, 5)
        page = list_shelf(seller.workspace_id, filters, limit=2, cursor=cursor)
        seen += [product.id for product in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert sorted(seen) == [product.id for product in made]
    for bad in ("x", "WzFd", "WyJhIl0"):
        if (tab is Tab.LOW) == (bad == "WzFd") or bad == "x":
            with pytest.raises(BadCursor):
                list_shelf(seller.workspace_id, ShelfFilters("", tab, 5), cursor=bad)


def test_a_bad_address_is_refused_on_the_page(mine: Page) -> None:
    assert mine.get(f"{LIST}?cursor=x").status_code == 422
    assert mine.get(LIST, query_string={"query": "x" * 101}).status_code == 422


def test_more_of_the_shelf_comes_in_part(seller: Seller, mine: Page) -> None:
    for _ in range(31):
        seller.product()
    whole = mine.get(LIST).text
    more = re.search(r'href="([^"]*cursor=[^"]*)"', whole)
    assert more
    part = mine.htmx("GET", more[1].replace("&amp;", "&")).text
    assert part.count('class="row shelf-row"') == 1
    assert "<html" not in part


def test_who_waits_is_named(seller: Seller, mine: Page, make_person: Callable[..., Person]) -> None:
    product = seller.product()
    orders = [buy(make_person(full_name=f"Xaridor {n}"), product) for n in range(7)]
    seller.take(orders[0], "confirmed", "packed", "shipped")
    waiting = list_waiting(product.id)
    assert [line.number for line in waiting.items] == [order.number for order in orders[1:6]]
    assert waiting.next_cursor is not None
    shown = mine.get(f"{LIST}/{product.id}").text
    assert f"/shop/manage/orders/{orders[1].id}" in shown
    assert "Xaridor 1" in shown
    assert f"/shop/manage/orders/{orders[0].id}" in shown  # what was sold is in the history


def test_pages_ask_little(
    seller: Seller, mine: Page, make_person: Callable[..., Person], queries: QueryCounter
) -> None:
    products = [seller.product() for _ in range(5)]
    for product in products:
        buy(make_person(), product)
    for path in (LIST, f"{LIST}?query=choy&tab=low", f"{LIST}/{products[0].id}", f"{LIST}/new"):
        queries.statements.clear()
        assert mine.get(path).status_code == 200
        assert len(queries.statements) <= 10, (path, queries.statements)
