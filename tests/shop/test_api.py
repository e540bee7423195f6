"""The shop over JSON: the shelf, carts, orders of every kind, reviews and customers."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.shop import operations
from koshelok.wallet import operations as wallet
from koshelok.wallet.queries import get_card
from tests.conftest import Api, Person
from tests.identity.pictures import picture
from tests.shop.calls import PRODUCT, Counter, confirm, made, open_counter, order_one, put
from tests.shop.shelf import is_sound, on_card
from tests.wallet.support import open_with

NOBODYS = UUID(int=0)
WAY = ("confirmed", "packed", "shipped", "delivered")


def refused(answer: TestResponse) -> tuple[int, str]:
    """Status and code of a problem."""
    assert answer.mimetype == "application/problem+json", answer.get_data(as_text=True)
    body = answer.get_json()
    assert body["status"] == answer.status_code
    return answer.status_code, body["code"]


Below = Callable[..., Any]


@pytest.fixture
def below(app: Flask) -> Below:
    """Call something that is below the edge."""

    def do(body: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with app.app_context():
            return body(*args, **kwargs)

    return do


@pytest.fixture
def counter(below: Below, call: Callable[[Person], Api], person: Person) -> Counter:
    """A shop."""
    return below(open_counter, call, person)


@pytest.fixture
def aziz(make_person: Callable[..., Person]) -> Person:
    """A buyer with a phone."""
    return make_person(contact="+998901112233", full_name="Aziz Karimov")


@pytest.fixture
def buyer(call: Callable[[Person], Api], aziz: Person) -> Api:
    """The buyer's client."""
    return call(aziz)


class TestShelf:
    def test_a_personal_workspace_is_no_shop(self, api: Api) -> None:
        assert refused(api.post("/shop/products", PRODUCT)) == (409, "not_a_shop")

    @pytest.mark.parametrize("field", list(PRODUCT))
    def test_refuses_what_is_left_out(self, counter: Counter, field: str) -> None:
        body = {name: value for name, value in PRODUCT.items() if name != field}
        answer = counter.api.post("/shop/products", body)
        assert refused(answer) == (422, "invalid")
        assert list(answer.get_json()["errors"]) == [field]

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("name", "  ", "invalid"), ("name", "x" * 161, "invalid"), ("name", None, "invalid"),
            ("description", "x" * 4001, "invalid"), ("category", "cars", "unknown_category"),
            ("price", "0", "amount_out_of_range"), ("price", "-1", "amount_out_of_range"),
            ("price", "1.001", "amount_too_precise"), ("price", "12 000", "invalid_amount"),
            ("price", True, "invalid_amount"), ("stock", -1, "invalid"), ("stock", "1", "invalid"),
            ("stock", 1_000_001, "invalid"), ("sku", "x" * 61, "invalid"), ("color", 1, "invalid"),
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_product(
        self, counter: Counter, field: str, value: object, code: str
    ) -> None:
        answer = counter.api.post("/shop/products", PRODUCT | {field: value})
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == [field]
        if code != "invalid":
            assert answer.get_json()["code"] == code

    def test_a_code_is_one_product(self, counter: Counter) -> None:
        counter.product(sku="CH-1")
        other = counter.product(sku="CH-2")
        taken = counter.api.post("/shop/products", PRODUCT | {"sku": "ch-1"})
        assert refused(taken) == (409, "sku_taken")
        changed = counter.api.patch(f"/shop/products/{other['id']}", {"sku": "CH-1"})
        assert refused(changed) == (409, "sku_taken")

    def test_what_is_promised_stays(self, counter: Counter, buyer: Api) -> None:
        product = counter.product(stock=5)["id"]
        order_one(buyer, product, 3)
        short = counter.api.patch(f"/shop/products/{product}", {"stock": 2})
        assert refused(short) == (409, "stock_is_promised")
        counted = counter.api.patch(f"/shop/products/{product}", {"stock": 4}).get_json()
        assert (counted["stock"], counted["reserved"], counted["available"]) == (4, 3, 1)

    def test_another_shops_product_is_not_there(
        self, counter: Counter, call: Callable[[Person], Api], aziz: Person, below: Below
    ) -> None:
        product = counter.product()["id"]
        other = below(open_counter, call, aziz).api
        for client in (other, call(aziz)):
            for answer in (
                client.patch(f"/shop/products/{product}", {"name": "Menga"}),
                client.delete(f"/shop/products/{product}"),
                client.delete(f"/shop/products/{product}/images/1"),
            ):
                assert refused(answer) == (404, "product_not_found")

    def test_a_product_from_the_shelf_to_the_attic(self, counter: Counter, anonymous: Api) -> None:
        answer = counter.api.post("/shop/products", PRODUCT)
        product = made(answer)
        path = f"/shop/products/{product['id']}"
        assert answer.headers["Location"] == f"/api/v1{path}"
        seen = anonymous.get(path).get_json()
        assert {key: seen[key] for key in ("name", "description", "category", "price")} == {
            "name": "Ko'k choy", "description": "Samarqanddan", "category": "food",
            "price": "12000.00",
        }  # fmt: skip
        assert (seen["shop"], seen["available"], seen["images"]) == (counter.id, 10, [])
        assert (seen["rating"], seen["reviews_count"]) == (0, 0)
        assert "stock" not in seen
        changed = counter.api.patch(path, {"price": 9000.5, "name": "Qora choy"}).get_json()
        assert (changed["price"], changed["stock"]) == ("9000.50", 10)
        assert counter.api.delete(path).status_code == 204
        assert refused(anonymous.get(path)) == (404, "product_not_found")
        assert refused(anonymous.get(f"{path}/reviews")) == (404, "product_not_found")
        assert anonymous.get("/shop/products").get_json()["items"] == []

    def test_the_same_key_makes_one(self, counter: Counter, anonymous: Api) -> None:
        first, again = (
            counter.api.post("/shop/products", PRODUCT, headers={"Idempotency-Key": "k"})
            for _ in range(2)
        )
        assert first.get_json() == again.get_json()
        assert again.headers["Idempotent-Replayed"] == "true"
        assert len(anonymous.get("/shop/products").get_json()["items"]) == 1

    @pytest.mark.parametrize(
        "query",
        ["category=cars", "min_price=x", "max_price=-1", "sort=best", "shop=0", "limit=0",
         "cursor=x", "colour=red", "available=2"],
    )  # fmt: skip
    def test_refuses_what_is_no_filter(self, app: Flask, anonymous: Api, query: str) -> None:
        assert anonymous.get(f"/shop/products?{query}").status_code == 422

    def test_filters_narrow_it_together(self, counter: Counter, anonymous: Api) -> None:
        tea = counter.product(name="Ko'k choy", price="500")["id"]
        soap = counter.product(name="Sovun", category="household", price="700", stock=0)["id"]
        cake = counter.product(name="Tort", price="900")["id"]

        def found(**query: object) -> list[int]:
            answer = anonymous.get("/shop/products", query_string=query)
            return [item["id"] for item in answer.get_json()["items"]]

        assert found() == [cake, soap, tea]
        assert found(query="кўк") == found(query="kok cho") == [tea]
        assert found(category="household") == [soap]
        assert found(min_price="600", max_price="800") == [soap]
        assert found(sort="cheap") == [tea, soap, cake]
        assert found(sort="dear", category="food") == [cake, tea]
        assert found(available="true") == [cake, tea]
        assert found(shop=counter.id) == [cake, soap, tea]
        assert found(shop=counter.id + 1) == []
        first = anonymous.get("/shop/products?limit=2&sort=cheap").get_json()
        rest = anonymous.get(
            "/shop/products",
            query_string={"limit": 2, "sort": "cheap", "cursor": first["next_cursor"]},
        ).get_json()
        assert [item["id"] for item in first["items"] + rest["items"]] == [tea, soap, cake]
        assert rest["next_cursor"] is None


class TestCart:
    def test_is_ones_own(self, counter: Counter, buyer: Api, anonymous: Api) -> None:
        item = put(buyer, counter.product()["id"])["items"][0]["id"]
        assert refused(anonymous.get("/shop/cart"))[0] == 401
        change = {"quantity": 2}
        assert refused(counter.api.patch(f"/shop/cart/{item}", change)) == (
            404, "cart_item_not_found",
        )  # fmt: skip
        assert refused(counter.api.delete(f"/shop/cart/{item}")) == (404, "cart_item_not_found")
        assert counter.api.get("/shop/cart").get_json()["items"] == []

    @pytest.mark.parametrize("quantity", [0, -1, 1000, "2", 1.5, None, True])
    def test_refuses_what_is_no_number_of_pieces(
        self, counter: Counter, buyer: Api, quantity: object
    ) -> None:
        product = counter.product(stock=2000)["id"]
        body = {"product": product, "quantity": quantity}
        assert buyer.post("/shop/cart", body).status_code == 422
        item = put(buyer, product)["items"][0]["id"]
        assert buyer.patch(f"/shop/cart/{item}", {"quantity": quantity}).status_code == 422

    def test_adds_up_to_what_a_line_holds(self, counter: Counter, buyer: Api) -> None:
        product = counter.product(stock=2000)["id"]
        put(buyer, product, 999)
        body = {"product": product, "quantity": 1}
        assert refused(buyer.post("/shop/cart", body)) == (422, "bad_quantity")

    def test_refuses_what_is_not_there(self, counter: Counter, buyer: Api) -> None:
        product = counter.product(stock=2)["id"]
        absent = buyer.post("/shop/cart", {"product": product + 1, "quantity": 1})
        assert refused(absent) == (404, "product_not_found")
        short = buyer.post("/shop/cart", {"product": product, "quantity": 3})
        assert refused(short) == (409, "out_of_stock")
        assert short.get_json()["lines"] == [{"product": product, "available": 2}]
        item = put(buyer, product, 2)["items"][0]["id"]
        more = buyer.patch(f"/shop/cart/{item}", {"quantity": 3})
        assert refused(more) == (409, "out_of_stock")

    def test_holds_so_many_products(
        self, counter: Counter, buyer: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(operations.carts, "ITEMS_LIMIT", 1)
        put(buyer, counter.product()["id"])
        body = {"product": counter.product()["id"], "quantity": 1}
        assert refused(buyer.post("/shop/cart", body)) == (409, "too_many_items")

    def test_adds_changes_and_takes_out(self, counter: Counter, buyer: Api) -> None:
        assert buyer.get("/shop/cart").get_json() == {
            "id": None, "items": [], "total": "0.00", "held_until": None,
        }  # fmt: skip
        product = counter.product(price="100.50")["id"]
        put(buyer, product)
        answer = buyer.post("/shop/cart", {"product": product, "quantity": 2})
        cart = made(answer)
        (item,) = cart["items"]
        assert answer.headers["Location"] == f"/api/v1/shop/cart/{item['id']}"
        assert (item["product"], item["quantity"], item["available"]) == (product, 3, 10)
        assert (item["price"], item["total"], cart["total"]) == ("100.50", "301.50", "301.50")
        assert item["old_price"] is None
        changed = buyer.patch(f"/shop/cart/{item['id']}", {"quantity": 1}).get_json()
        assert changed["total"] == "100.50"
        assert buyer.delete(f"/shop/cart/{item['id']}").status_code == 204
        assert buyer.get("/shop/cart").get_json()["items"] == []

    def test_tells_old_prices_and_what_is_gone(self, counter: Counter, buyer: Api) -> None:
        product = counter.product(price="100")["id"]
        put(buyer, product)
        counter.api.patch(f"/shop/products/{product}", {"price": "120"})
        (item,) = buyer.get("/shop/cart").get_json()["items"]
        assert (item["old_price"], item["price"]) == ("100.00", "120.00")
        agreed = buyer.patch(f"/shop/cart/{item['id']}", {"quantity": 1}).get_json()
        assert agreed["items"][0]["old_price"] is None
        counter.api.delete(f"/shop/products/{product}")
        assert buyer.get("/shop/cart").get_json()["items"][0]["available"] == 0


class TestOrdering:
    def test_needs_a_key(self, counter: Counter, buyer: Api) -> None:
        answer = buyer.post("/shop/orders", {"payment": "cash"})
        assert refused(answer) == (400, "idempotency_key_required")
        long = buyer.post(
            "/shop/orders", {"payment": "cash"}, headers={"Idempotency-Key": "x" * 201}
        )
        assert refused(long) == (422, "idempotency_key_invalid")

    @pytest.mark.parametrize(
        "body",
        [{}, {"payment": "gold"}, {"payment": "cash", "address": "x" * 301},
         {"payment": "cash", "comment": "x" * 501}, {"payment": "card", "card": "7777"},
         {"payment": "cash", "gift": True}],
    )  # fmt: skip
    def test_refuses_what_is_no_order(self, app: Flask, buyer: Api, body: Any) -> None:
        answer = buyer.post("/shop/orders", body, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 422

    def test_refuses_an_empty_cart_and_keeps_that(self, counter: Counter, buyer: Api) -> None:
        assert refused(confirm(buyer, key="k")) == (409, "cart_empty")
        put(buyer, counter.product()["id"])
        again = confirm(buyer, key="k")
        assert refused(again) == (409, "cart_empty")
        assert again.headers["Idempotent-Replayed"] == "true"
        assert made(confirm(buyer, key="other"))

    def test_refuses_what_has_changed(self, counter: Counter, buyer: Api, below: Below) -> None:
        product = counter.product(price="100", stock=2)["id"]
        path = f"/shop/products/{product}"
        put(buyer, product, 2)
        counter.api.patch(path, {"price": "120"})
        dearer = confirm(buyer)
        assert refused(dearer) == (409, "price_changed")
        assert dearer.get_json()["lines"] == [
            {"product": product, "old_price": "100.00", "new_price": "120.00"}
        ]
        counter.api.patch(path, {"stock": 1})
        short = confirm(buyer)
        assert refused(short) == (409, "out_of_stock")
        assert short.get_json()["lines"] == [{"product": product, "available": 1}]
        counter.api.delete(path)
        assert refused(confirm(buyer)) == (404, "product_not_found")
        below(is_sound)

    def test_refuses_cash_where_none_is_taken(
        self, counter: Counter, buyer: Api, below: Below
    ) -> None:
        below(_edit_shop, counter, accepts_cash=False)
        put(buyer, counter.product()["id"])
        assert refused(confirm(buyer)) == (409, "cash_not_taken")

    def test_refuses_credit_that_nobody_gave(
        self, counter: Counter, buyer: Api, aziz: Person, below: Below
    ) -> None:
        product = counter.product(price="100")["id"]
        put(buyer, product, 3)
        assert refused(confirm(buyer, "credit")) == (409, "credit_not_allowed")
        made(confirm(buyer))
        give = f"/shop/customers/{aziz.id}"
        assert counter.api.put(give, {"credit": True, "limit": "250"}).status_code == 200
        put(buyer, product, 3)
        assert refused(confirm(buyer, "credit")) == (409, "credit_limit_exceeded")
        assert counter.api.put(give, {"credit": False, "limit": None}).status_code == 200
        assert refused(confirm(buyer, "credit")) == (409, "credit_not_allowed")
        below(is_sound)

    def test_refuses_cards_that_do_not_pay(
        self,
        counter: Counter,
        buyer: Api,
        aziz: Person,
        make_person: Callable[..., Person],
        below: Below,
    ) -> None:
        put(buyer, counter.product(price="1000")["id"])
        assert refused(confirm(buyer, "card")) == (422, "card_needed")
        card, _ = below(open_with, aziz, "999")
        assert refused(confirm(buyer, "card", card=card)) == (409, "cards_not_taken")
        below(open_with, counter.seller.person, "1")
        short = confirm(buyer, "card", card=card)
        assert refused(short) == (409, "insufficient_funds")
        assert list(short.get_json()["errors"]) == ["card"]
        strangers, _ = below(open_with, make_person(), "5000")
        for other in (strangers, NOBODYS):
            answer = confirm(buyer, "card", card=other)
            assert refused(answer) == (404, "card_not_found")
            assert list(answer.get_json()["errors"]) == ["card"]
        below(_freeze, aziz, card)
        assert refused(confirm(buyer, "card", card=card)) == (409, "card_frozen")
        assert buyer.get("/shop/orders").get_json()["items"] == []
        below(is_sound)

    def test_a_total_that_no_book_holds(self, counter: Counter, buyer: Api) -> None:
        product = counter.product(price="9999999999999999")["id"]
        cart = put(buyer, product, 2)
        assert cart["total"] == "19999999999999998.00"
        assert refused(confirm(buyer)) == (422, "amount_out_of_range")

    def test_one_key_makes_its_orders_once(
        self, counter: Counter, buyer: Api, below: Below
    ) -> None:
        product = counter.product()["id"]
        put(buyer, product, 2)
        first = confirm(buyer, key="k", address="Chilonzor")
        again = confirm(buyer, key="k", address="Chilonzor")
        assert made(first) == made(again)
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.headers["Location"] == first.headers["Location"]
        other = confirm(buyer, key="k", address="Yunusobod")
        assert refused(other) == (422, "idempotency_key_reused")
        assert len(buyer.get("/shop/orders").get_json()["items"]) == 1
        below(is_sound)

    def test_a_spent_limit_refuses_no_retry(
        self, counter: Counter, aziz: Person, another_app: Callable[..., Flask], limits: None
    ) -> None:
        buyer = Api(another_app(limit_orders="2 per minute")).login(aziz)
        put(buyer, counter.product()["id"])
        answers = [confirm(buyer, key="k") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [201] * 4
        assert len({answer.get_data() for answer in answers}) == 1
        late = confirm(buyer, key="other")
        assert refused(late) == (429, "too_many_requests")
        assert int(late.headers["Retry-After"]) > 0
        other = confirm(buyer, key="k", comment="Boshqa")
        assert refused(other) == (422, "idempotency_key_reused")

    def test_makes_one_order_a_shop(
        self,
        counter: Counter,
        buyer: Api,
        call: Callable[[Person], Api],
        make_person: Callable[..., Person],
        below: Below,
    ) -> None:
        second = below(open_counter, call, make_person())
        put(buyer, counter.product(price="100")["id"], 2)
        put(buyer, second.product(price="7.50", name="Non", sku="N")["id"])
        answer = confirm(buyer, address="Chilonzor", comment="Kechqurun")
        here, there = made(answer)["orders"]
        assert answer.headers["Location"] == f"/api/v1/shop/orders/{here['id']}"
        assert (here["shop"], here["total"]) == (counter.id, "200.00")
        assert (there["shop"], there["total"], there["status"]) == (second.id, "7.50", "pending")
        (line,) = there["items"]
        assert (line["name"], line["sku"], line["quantity"]) == ("Non", "N", 1)
        assert (there["address"], there["comment"]) == ("Chilonzor", "Kechqurun")
        assert (there["buyer_name"], there["buyer_phone"]) == ("Aziz Karimov", "+998901112233")
        assert buyer.get("/shop/cart").get_json()["items"] == []
        assert [order["id"] for order in _list(buyer)] == [there["id"], here["id"]]
        assert [order["id"] for order in _list(counter.api, "as=seller")] == [here["id"]]
        assert _list(counter.api) == []


def _list(client: Api, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/shop/orders?{query}").get_json()["items"]
    return found


class TestOrders:
    def test_are_the_buyers_and_the_shops(
        self, counter: Counter, buyer: Api, make_person: Callable[..., Person],
        call: Callable[[Person], Api],
    ) -> None:  # fmt: skip
        order = order_one(buyer, counter.product()["id"])["id"]
        stranger, owner_at_home = call(make_person()), call(counter.seller.person)
        for client in (stranger, owner_at_home):
            assert refused(client.get(f"/shop/orders/{order}")) == (404, "order_not_found")
            assert _list(client, "as=seller") == []
            step = client.patch(f"/shop/orders/{order}", {"status": "confirmed"})
            assert refused(step) == (404, "order_not_found")
            cancel = client.post(f"/shop/orders/{order}/cancel")
            assert refused(cancel) == (404, "order_not_found")
        stranger.headers["X-Workspace"] = str(counter.id)
        assert refused(stranger.get(f"/shop/orders/{order}"))[0] == 404
        assert refused(stranger.get("/shop/orders?as=seller"))[0] == 404
        absent = buyer.get(f"/shop/orders/{NOBODYS}")
        assert refused(absent) == (404, "order_not_found")
        assert buyer.get(f"/shop/orders/{order}").status_code == 200
        assert counter.api.get(f"/shop/orders/{order}").status_code == 200

    def test_a_viewer_reads_and_changes_nothing(
        self, counter: Counter, buyer: Api, make_person: Callable[..., Person],
        call: Callable[[Person], Api], aziz: Person,
    ) -> None:  # fmt: skip
        viewer = make_person(contact="+998907654321")
        counter.api.post(
            f"/workspaces/{counter.id}/members", {"contact": "+998907654321", "role": "viewer"}
        )
        order = order_one(buyer, counter.product()["id"])["id"]
        client = call(viewer)
        client.headers["X-Workspace"] = str(counter.id)
        assert len(_list(client, "as=seller")) == 1
        assert client.get(f"/shop/orders/{order}").status_code == 200
        for answer in (
            client.patch(f"/shop/orders/{order}", {"status": "confirmed"}),
            client.put(f"/shop/customers/{aziz.id}", {"credit": True, "limit": None}),
            client.post("/shop/products", PRODUCT),
        ):
            assert refused(answer) == (403, "forbidden")

    def test_go_forward_only(self, counter: Counter, buyer: Api) -> None:
        order = order_one(buyer, counter.product()["id"])["id"]
        for wrong in ("pending", "packed", "delivered", "returned"):
            answer = counter.step(order, wrong)
            assert refused(answer) == (409, "illegal_transition")
            assert answer.get_json()["status_now"] == "pending"
        assert counter.step(order, "lost").status_code == 422
        assert counter.step(order, *WAY[:3], note="Yo'lda").status_code == 200
        assert refused(buyer.post(f"/shop/orders/{order}/cancel")) == (409, "illegal_transition")
        assert refused(counter.step(order, "cancelled")) == (409, "illegal_transition")
        counter.step(order, "delivered")
        seen = buyer.get(f"/shop/orders/{order}").get_json()
        assert [(event["status"], event["by"]) for event in seen["events"]] == [
            ("pending", "buyer"), *((status, "shop") for status in WAY),
        ]  # fmt: skip
        assert seen["events"][1]["note"] == "Yo'lda"

    def test_are_listed_a_page_at_a_time(self, counter: Counter, buyer: Api) -> None:
        product = counter.product()["id"]
        orders = [order_one(buyer, product)["id"] for _ in range(3)]
        counter.step(orders[1], "confirmed")
        first = buyer.get("/shop/orders?limit=2").get_json()
        rest = buyer.get(f"/shop/orders?limit=2&cursor={first['next_cursor']}").get_json()
        assert [order["id"] for order in first["items"] + rest["items"]] == orders[::-1]
        assert rest["next_cursor"] is None
        confirmed = _list(counter.api, "as=seller&status=confirmed")
        assert [order["id"] for order in confirmed] == [orders[1]]
        for wrong in ("as=admin", "status=lost", "cursor=x", "limit=101"):
            assert buyer.get(f"/shop/orders?{wrong}").status_code == 422


class TestMoney:
    def test_a_card_order_cancelled(
        self, counter: Counter, buyer: Api, aziz: Person, below: Below
    ) -> None:
        card, _ = below(open_with, aziz, "5000")
        below(open_with, counter.seller.person, "1")
        product = counter.product(price="1000", stock=2)["id"]
        order = order_one(buyer, product, 2, payment="card", card=card)
        assert below(on_card, card) == Decimal(3000)
        assert buyer.get(f"/shop/products/{product}").get_json()["available"] == 0
        paid = buyer.get(f"/transfers/{order['purchase']}").get_json()
        assert (paid["type"], paid["amount"], paid["commission"]) == (
            "purchase", "2000.00", "0.00",
        )  # fmt: skip
        cancelled = buyer.post(f"/shop/orders/{order['id']}/cancel")
        assert cancelled.get_json()["status"] == "cancelled"
        assert below(on_card, card) == Decimal(5000)
        assert buyer.get(f"/shop/products/{product}").get_json()["available"] == 2
        below(is_sound)

    def test_a_card_order_delivered_and_returned(
        self,
        counter: Counter,
        buyer: Api,
        aziz: Person,
        make_person: Callable[..., Person],
        below: Below,
    ) -> None:
        card, _ = below(open_with, aziz, "50000")
        payout, _ = below(open_with, counter.seller.person, "1")
        product = counter.product(price="10000", stock=2)["id"]
        order = order_one(buyer, product, 2, payment="card", card=card)["id"]
        delivered = counter.step(order, *WAY).get_json()
        assert delivered["payout"] is not None
        assert buyer.get(f"/shop/orders/{order}").get_json()["payout"] is None
        assert below(on_card, payout) == Decimal(20001)
        spent = buyer.get("/finance/dashboard").get_json()["expense"]
        earned = counter.api.get("/finance/dashboard").get_json()["income"]
        assert (spent, earned) == ("20000.00", "20000.00")
        sent = counter.api.post(
            "/transfers",
            {"from_card": str(payout), "to_card": below(_number, make_person()), "amount": "15000"},
            headers={"Idempotency-Key": "k"},
        )
        assert sent.status_code == 201
        short = counter.step(order, "returned")
        assert refused(short) == (409, "seller_short_of_funds")
        below(_deposit, counter.seller.person, payout, "50000")
        returned = counter.step(order, "returned", restock=False).get_json()
        assert returned["status"] == "returned"
        assert below(on_card, card) == Decimal(50000)
        assert buyer.get(f"/shop/products/{product}").get_json()["available"] == 0
        below(is_sound)

    def test_delivery_needs_a_card_to_be_paid_on(
        self, counter: Counter, buyer: Api, aziz: Person, below: Below
    ) -> None:
        card, _ = below(open_with, aziz, "5000")
        payout, _ = below(open_with, counter.seller.person, "1")
        order = order_one(buyer, counter.product(price="10")["id"],
                          payment="card", card=card)["id"]  # fmt: skip
        below(_freeze, counter.seller.person, payout)
        counter.step(order, *WAY[:3])
        assert refused(counter.step(order, "delivered")) == (409, "no_payout_card")

    def test_a_refund_needs_a_card_to_come_to(
        self, counter: Counter, buyer: Api, aziz: Person, below: Below
    ) -> None:
        card, _ = below(open_with, aziz, "50000")
        below(open_with, counter.seller.person, "1")
        product = counter.product(price="50000")["id"]
        order = order_one(buyer, product, payment="card", card=card)["id"]
        assert buyer.post(f"/cards/{card}/close").status_code == 200
        for answer in (
            buyer.post(f"/shop/orders/{order}/cancel"),
            counter.step(order, "cancelled"),
        ):
            assert refused(answer) == (409, "no_card_to_pay")
        other, _ = below(open_with, aziz, "1")
        assert buyer.post(f"/shop/orders/{order}/cancel").status_code == 200
        assert below(on_card, other) == Decimal(50001)
        below(is_sound)

    def test_an_order_on_credit_stands_in_the_book(
        self, counter: Counter, buyer: Api, aziz: Person, below: Below
    ) -> None:
        product = counter.product(price="1000")["id"]
        order_one(buyer, product)
        give = {"credit": True, "limit": "5000"}
        customer = counter.api.put(f"/shop/customers/{aziz.id}", give).get_json()
        first, second = (order_one(buyer, product, 2, payment="credit")["id"] for _ in range(2))
        debt = counter.api.get(f"/shop/orders/{first}").get_json()["debt"]
        assert counter.api.get(f"/debts/{debt}").get_json()["remaining"] == "2000.00"
        person = counter.api.get(f"/debtors/{customer['debtor']}").get_json()
        assert person["debt_total"] == "4000.00"
        buyer.post(f"/shop/orders/{first}/cancel")
        assert counter.api.get(f"/debts/{debt}").get_json()["status"] == "voided"
        counter.step(second, *WAY, "returned")
        person = counter.api.get(f"/debtors/{customer['debtor']}").get_json()
        assert person["debt_total"] == "0.00"
        below(is_sound)

    def test_a_cash_order_from_the_shelf_to_the_door(
        self, counter: Counter, buyer: Api, below: Below
    ) -> None:
        product = counter.product(price="1000", stock=3)["id"]
        order = order_one(buyer, product, 2)["id"]
        seen = counter.step(order, *WAY).get_json()
        assert (seen["status"], seen["purchase"], seen["debt"]) == ("delivered", None, None)
        assert counter.step(order, "returned").get_json()["status"] == "returned"
        assert buyer.get(f"/shop/products/{product}").get_json()["available"] == 3
        below(is_sound)


def _number(person: Person) -> str:
    """An active card's number."""
    with unit_of_work():
        card = wallet.open_card(actor_id=person.id)
        wallet.change_status(actor_id=person.id, card_id=card.id, status="ACTIVE")
    return card.number


def _deposit(person: Person, card_id: UUID, amount: str) -> None:
    """More money onto a card."""
    with unit_of_work():
        ledger.deposit(
            actor_id=person.id, key=str(uuid4()), fingerprint="", amount=Decimal(amount),
            target=get_card(person.id, card_id).account_id,
        )  # fmt: skip


def _edit_shop(counter: Counter, **changes: Any) -> None:
    with unit_of_work():
        operations.edit_shop(actor_id=counter.seller.person.id, workspace_id=counter.id, **changes)


def _freeze(person: Person, card_id: UUID) -> None:
    with unit_of_work():
        wallet.change_status(actor_id=person.id, card_id=card_id, status="FROZEN")


def _hide(counter: Counter, review: int) -> None:
    with unit_of_work():
        operations.hide_review(
            actor_id=counter.seller.person.id, workspace_id=counter.id, review_id=review,
            reason="Haqorat",
        )  # fmt: skip


class TestPictures:
    def _send(self, client: Api, product: int, data: bytes, key: str = "") -> TestResponse:
        return client.post(
            f"/shop/products/{product}/images",
            data={"photo": (BytesIO(data), "choy.png")},
            headers={"Idempotency-Key": key} if key else {},
        )

    def test_refuses_what_is_none(self, counter: Counter, buyer: Api) -> None:
        product = counter.product()["id"]
        path = f"/shop/products/{product}/images"
        assert refused(self._send(counter.api, product, b"GIF89a")) == (422, "picture_invalid")
        assert refused(self._send(counter.api, product, b"")) == (422, "picture_invalid")
        assert counter.api.post(path, {"photo": "x"}).status_code == 415
        assert counter.api.post(path, data={"photo": "x"}).status_code == 415
        empty = counter.api.post(path, data={}, content_type="multipart/form-data")
        assert empty.status_code == 422
        assert refused(self._send(buyer, product, picture())) == (404, "product_not_found")
        assert refused(counter.api.delete(f"{path}/1")) == (404, "image_not_found")

    def test_refuses_what_is_too_large_or_too_many(
        self, app: Flask, counter: Counter, limits: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(app.config["SETTINGS"], "max_photo_bytes", 1000)
        monkeypatch.setattr(app.config["SETTINGS"], "limit_images", "1 per minute")
        monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2000)
        product = counter.product()["id"]
        large = self._send(counter.api, product, b"x" * 1001)
        assert refused(large) == (422, "picture_too_large")
        assert refused(self._send(counter.api, product, b"x" * 3000)) == (413, "too_large")
        assert refused(self._send(counter.api, product, picture()))[0] == 429

    def test_refuses_a_ninth(self, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
        product = counter.product()["id"]
        monkeypatch.setattr(operations.images, "IMAGE_LIMIT", 1)
        made(self._send(counter.api, product, picture()))
        assert refused(self._send(counter.api, product, picture())) == (409, "too_many_images")

    def test_adds_shows_and_takes_away(self, counter: Counter, anonymous: Api) -> None:
        product = counter.product()["id"]
        answer = self._send(counter.api, product, picture(), key="k")
        image = made(answer)
        again = self._send(counter.api, product, picture(), key="k")
        assert (made(again), again.headers["Idempotent-Replayed"]) == (image, "true")
        other = self._send(counter.api, product, picture(size=(30, 20)), key="k")
        assert refused(other) == (422, "idempotency_key_reused")
        assert anonymous.get(f"/shop/products/{product}").get_json()["images"] == [image]
        assert answer.headers["Location"] == image["large"]
        for size in ("small", "medium", "large"):
            shown = anonymous.client.get(image[size], buffered=True)
            assert (shown.status_code, shown.mimetype) == (200, "image/webp")
        path = f"/shop/products/{product}/images/{image['id']}"
        assert counter.api.delete(path).status_code == 204
        assert anonymous.get(f"/shop/products/{product}").get_json()["images"] == []
        assert anonymous.client.get(image["large"], buffered=True).status_code == 404


class TestReviews:
    def test_only_after_delivery_once_and_not_of_ones_own(
        self, counter: Counter, buyer: Api, anonymous: Api, below: Below
    ) -> None:
        product = counter.product()["id"]
        path, review = f"/shop/products/{product}/reviews", {"rating": 5, "text": "Zo'r"}
        assert refused(anonymous.post(path, review))[0] == 401
        assert refused(buyer.post("/shop/products/999999/reviews", review)) == (
            404, "product_not_found",
        )  # fmt: skip
        assert refused(counter.api.post(path, review)) == (409, "own_product")
        order = order_one(buyer, product)["id"]
        counter.step(order, *WAY[:3])
        assert refused(buyer.post(path, review)) == (409, "not_delivered")
        counter.step(order, "delivered")
        for wrong in ({"rating": 0}, {"rating": 6}, {"rating": "5"}, {"rating": 4.5},
                      {"text": "x" * 2001}, {"text": None}, {"stars": 5}):  # fmt: skip
            assert buyer.post(path, review | wrong).status_code == 422
        said = made(buyer.post(path, review))
        assert (said["author"], said["rating"], said["text"]) == ("Aziz K.", 5, "Zo'r")
        assert refused(buyer.post(path, review)) == (409, "reviewed_already")
        assert anonymous.get(path).get_json()["items"] == [said]
        seen = anonymous.get(f"/shop/products/{product}").get_json()
        assert (seen["rating"], seen["reviews_count"]) == (5, 1)
        below(_hide, counter, said["id"])
        assert anonymous.get(path).get_json()["items"] == []
        below(is_sound)


class TestCustomers:
    def test_only_those_whom_the_shop_knows(
        self, counter: Counter, buyer: Api, aziz: Person, api: Api,
        make_person: Callable[..., Person], call: Callable[[Person], Api],
    ) -> None:  # fmt: skip
        give = {"credit": True, "limit": "5000"}
        path = f"/shop/customers/{aziz.id}"
        assert refused(api.put(path, give)) == (409, "not_a_shop")
        promised = counter.api.put(path, give).get_json()
        assert (promised["full_name"], promised["debtor"], promised["limit"]) == (
            "",
            None,
            "5000.00",
        )
        assert counter.api.get("/shop/customers").get_json()["items"] == [promised]
        assert refused(counter.api.put("/shop/customers/999999", give))[0] == 404
        for wrong in ({"credit": "yes"}, {"limit": "0"}, {"limit": "x"}, {"debt": "1"}):
            assert counter.api.put(path, give | wrong).status_code == 422
        assert counter.api.put(path, {"credit": True}).status_code == 422  # unlimited is said
        unreachable = make_person()
        product = counter.product()["id"]
        order_one(call(unreachable), product)
        answer = counter.api.put(f"/shop/customers/{unreachable.id}", give)
        assert refused(answer) == (409, "customer_without_phone")
        order_one(buyer, product)
        customer = counter.api.put(path, give).get_json()
        assert (customer["full_name"], customer["credit"], customer["limit"], customer["debt"]) == (
            "Aziz Karimov", True, "5000.00", "0.00",
        )  # fmt: skip
        assert counter.api.get("/shop/customers").get_json()["items"] == [customer]
        assert counter.api.put(path, give | {"limit": None}).get_json()["limit"] is None
