"""A shop's orders on their board and one by one: who may step them, how, and what is said."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from flask import Flask

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import queries
from koshelok.shop.queries import OrderView
from koshelok.shop.queries.board import COLUMN, list_board
from koshelok.wallet import operations as wallet
from koshelok.wallet.operations import Order as TransferOrder
from koshelok.wallet.queries import get_card
from koshelok.workspaces import operations as workspaces
from tests.conftest import Page, Person, QueryCounter
from tests.ledger.support import together
from tests.shop.shelf import Seller, buy, is_sound, on_card, open_shop
from tests.wallet.support import open_with

MakePerson = Callable[..., Person]
BOARD = "/shop/manage/orders"
PAGES = ["/shop/manage", BOARD, "/shop/manage/customers", "/shop/manage/settings"]


@dataclass
class Place:
    """A shop, a buyer, an order of two pieces, and the seller's browser."""

    app: Flask
    seller: Seller
    buyer: Person
    page: Page
    order: OrderView

    @property
    def path(self) -> str:
        return f"{BOARD}/{self.order.id}"

    def step(self, status: str, *, htmx: bool = False, **data: str):  # type: ignore[no-untyped-def]
        form = {"status": status, **data}
        if htmx:
            return self.page.htmx("POST", f"{self.path}/status", data=form)
        return self.page.post(f"{self.path}/status", form)

    def stands(self) -> str:
        with self.app.app_context():
            return queries.get_order(self.order.id).status

    def more(self, count: int, **kwargs: str) -> list[OrderView]:
        with self.app.app_context():
            product = self.seller.product(stock=count)
            return [buy(self.buyer, product, **kwargs) for _ in range(count)]


def enter(app: Flask, person: Person, workspace_id: int) -> Page:
    """A browser in a workspace."""
    page = Page(app).login(person)
    page.post("/workspaces/switch", {"workspace_id": workspace_id})
    return page


@pytest.fixture
def place(app: Flask, make_person: MakePerson) -> Place:
    owner = make_person(contact="+998901110000")
    buyer = make_person(contact="+998901112233", full_name="Aziz Karimov")
    with app.app_context():
        seller = open_shop(owner)
        order = buy(buyer, seller.product(stock=5, sku="CH-7", name="Ko'k choy"), 2,
                    address="Chilonzor 5", comment="Kechqurun")  # fmt: skip
    return Place(app, seller, buyer, enter(app, owner, seller.workspace_id), order)


def member(place: Place, person: Person, role: str) -> Page:
    with place.app.app_context(), unit_of_work():
        workspaces.add_member(
            actor_id=place.seller.person.id, workspace_id=place.seller.workspace_id,
            contact=f"{person.login}@example.uz", role=role,
        )  # fmt: skip
    return enter(place.app, person, place.seller.workspace_id)


def test_a_visitor_signs_in_first(place: Place, page: Page) -> None:
    for path in [*PAGES, place.path, f"{place.path}/slip"]:
        assert page.get(path).location.startswith("/login"), path


def test_a_stranger_sees_and_steps_nothing(place: Place, make_person: MakePerson) -> None:
    with place.app.app_context():
        other = open_shop(make_person(), "Boshqa")
    for stranger in (
        enter(place.app, other.person, other.workspace_id),
        Page(place.app).login(place.buyer),
    ):
        answers = [stranger.get(path) for path in (place.path, f"{place.path}/slip")]
        assert not any("Chilonzor" in answer.get_data(as_text=True) for answer in answers)
        assert "Chilonzor" not in stranger.get(BOARD).get_data(as_text=True)
        assert stranger.post(f"{place.path}/status", {"status": "confirmed"}).status_code == 404
    assert enter(place.app, other.person, other.workspace_id).get(place.path).status_code == 404
    assert place.stands() == "pending"


def test_in_a_personal_workspace_one_reads_how_to_open_a_shop(
    place: Place, browse: Callable[[Person], Page]
) -> None:
    buyer, owner = browse(place.buyer), browse(place.seller.person)
    for path in PAGES:
        assert "/workspaces#open-workspace" in buyer.get(path).get_data(as_text=True), path
        assert "/workspaces/switch" in owner.get(path).get_data(as_text=True), path
    for path in ("/shop/manage/settings", "/shop/manage/customers", "/shop/manage/customers/1"):
        assert owner.post(path, {"phone_number": "+998901112233"}).status_code == 404, path


def test_a_viewer_looks_and_changes_nothing(place: Place, make_person: MakePerson) -> None:
    viewer = member(place, make_person("vali", "vali@example.uz"), "viewer")
    for path in ("/shop/manage", BOARD, place.path, f"{place.path}/slip", PAGES[2]):
        answer = viewer.get(path)
        assert (answer.status_code, b"/status" in answer.data) == (200, False), path
    assert viewer.post(f"{place.path}/status", {"status": "confirmed"}).status_code == 403
    assert viewer.get("/shop/manage/settings").status_code == 403
    assert place.stands() == "pending"


def test_without_a_token_of_ours_nothing_moves(place: Place) -> None:
    answer = place.page.client.post(f"{place.path}/status", data={"status": "confirmed"})
    assert (answer.status_code, place.stands()) == (400, "pending")


@pytest.mark.parametrize("status", ["", "shipped", "delivered", "pending", "x\0", "returned"])
def test_a_step_that_may_not_follow_is_refused(place: Place, status: str) -> None:
    for htmx in (False, True):
        answer = place.step(status, htmx=htmx)
        assert answer.status_code == 409
        assert 'role="alert"' in answer.get_data(as_text=True)
    assert place.stands() == "pending"


def test_on_the_board_a_refusal_is_said_and_the_board_told(place: Place) -> None:
    place.step("confirmed")
    answer = place.step("confirmed", htmx=True, next=BOARD)
    assert (answer.status_code, "order-changed" in answer.headers["HX-Trigger"]) == (409, True)
    assert f"№{place.order.number}" in answer.get_data(as_text=True)
    assert place.step("confirmed", next=BOARD).location == BOARD
    elsewhere = place.step("confirmed", next="//evil.example")
    assert (elsewhere.status_code, elsewhere.location) == (409, None)


def test_a_note_is_not_too_long(place: Place) -> None:
    assert place.step("cancelled", note="x" * 301).status_code == 422
    assert place.stands() == "pending"


def test_nothing_but_a_status_of_ours_is_a_list(place: Place) -> None:
    assert place.page.get(f"{BOARD}?status=xyz").status_code == 200
    assert place.page.get(f"{BOARD}?status=delivered&cursor=xyz").status_code == 422


def test_two_sellers_step_one_order_once(place: Place, make_person: MakePerson) -> None:
    names = ("ali", "vali", "guli")
    people = [make_person(name, f"{name}@example.uz") for name in names]
    pages = [place.page, *(member(place, person, "editor") for person in people)]
    for status in ("confirmed", "packed", "shipped", "delivered"):
        url, data = f"{place.path}/status", {"status": status}
        acts = [lambda page=page, u=url, d=data: page.post(u, d).status_code for page in pages]
        codes = together(place.app, *acts)
        assert sorted(codes) == [303, 409, 409, 409]
    with place.app.app_context():
        events = queries.get_order(place.order.id).events
        assert len(events) == 5
        is_sound()


@pytest.mark.parametrize("htmx", [True, False])
def test_all_the_way(place: Place, htmx: bool) -> None:
    for status in ("confirmed", "packed", "shipped", "delivered"):
        board = place.page.get(BOARD).get_data(as_text=True)
        assert f'value="{status}"' in board
        answer = place.step(status, htmx=htmx, next=BOARD)
        if htmx:
            assert (answer.status_code, '"order-changed"' in answer.headers["HX-Trigger"]) == (
                200,
                True,
            )
        else:
            assert (answer.status_code, answer.location) == (303, BOARD)
        assert place.stands() == status
    assert f">№{place.order.number}<" not in place.page.get(BOARD).get_data(as_text=True)
    assert f">№{place.order.number}" in place.page.get(f"{BOARD}?status=delivered").get_data(
        as_text=True
    )
    html = place.page.get(place.path).get_data(as_text=True)
    assert 'id="return-order"' in html
    assert 'id="cancel-order"' not in html
    with place.app.app_context():
        is_sound()


@pytest.mark.parametrize(("restock", "left"), [("y", 5), ("", 3)])
def test_cancelled_with_a_word_and_back_on_the_shelf_or_not(
    place: Place, restock: str, left: int
) -> None:
    assert 'id="cancel-order"' in place.page.get(place.path).get_data(as_text=True)
    data = {"note": "Qolmagan"} | ({"restock": restock} if restock else {})
    assert place.step("cancelled", **data).location == place.path
    assert "Qolmagan" in place.page.get(place.path).get_data(as_text=True)
    with place.app.app_context():
        assert queries.get_product(place.order.lines[0].product).available == left
        is_sound()


def test_who_pays_whom_is_said_kindly(place: Place) -> None:
    with place.app.app_context():
        mine, _ = open_with(place.buyer, "100000")
        theirs, _ = open_with(place.seller.person, "1000")
        made = buy(place.buyer, place.seller.product(), 2, "card", card=mine)
        place.order = place.seller.take(made, "confirmed", "packed", "shipped", "delivered")
        with unit_of_work():
            to = get_card(place.buyer.id, mine).number
            spent = TransferOrder(theirs, to, Decimal(20000), "", "k")
            wallet.send(actor_id=place.seller.person.id, role="ADMIN", order=spent)
    answer = place.step("returned", htmx=True, restock="y")
    assert (answer.status_code, "24\u202f000" in answer.get_data(as_text=True)) == (409, True)
    assert place.stands() == "delivered"
    with place.app.app_context():
        assert on_card(theirs) > 0
        is_sound()


def test_what_to_pick_and_for_whom(place: Place) -> None:
    for path in (place.path, f"{place.path}/slip"):
        html = place.page.get(path).get_data(as_text=True)
        for word in (
            "Ko&#39;k choy",
            "CH-7",
            "Aziz Karimov",
            "+998 90 111 22 33",
            "Chilonzor 5",
            "Kechqurun",
        ):
            assert word in html, (path, word)
    assert 'href="tel:+998901112233"' in place.page.get(place.path).get_data(as_text=True)


def test_a_column_goes_on_where_it_ended(place: Place) -> None:
    place.more(COLUMN + 3)
    with place.app.app_context():
        page = list_board(place.seller.workspace_id)["pending"]
    assert (len(page.items), page.items[0].id) == (COLUMN, place.order.id)
    more = place.page.htmx("GET", f"{BOARD}?status=pending&cursor={page.next_cursor}")
    assert more.get_data(as_text=True).count("order-card-head") == 4
    plain = place.page.get(f"{BOARD}?status=pending&cursor={page.next_cursor}")
    assert plain.get_data(as_text=True).count("order-card-head") == 4


def test_at_most_ten_queries(place: Place, queries: QueryCounter) -> None:
    place.more(6)
    for path in (*PAGES, place.path, f"{BOARD}?status=delivered"):
        place.page.get(path)
        queries.statements.clear()
        assert place.page.get(path).status_code == 200
        assert len(queries.statements) <= 10, (path, queries.statements)
    queries.statements.clear()
    place.page.htmx("GET", BOARD)
    assert len(queries.statements) <= 10
