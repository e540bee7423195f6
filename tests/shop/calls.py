"""A shop and its buyers as they call the API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from werkzeug.test import TestResponse

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.queries import get_cart
from tests.conftest import Api, Person
from tests.identity.pictures import picture
from tests.shop.shelf import Seller, buy, fill, open_shop

PRODUCT = {
    "name": "Ko'k choy",
    "description": "Samarqanddan",
    "category": "food",
    "price": "12000",
    "stock": 10,
}


@dataclass
class Counter:
    """A shop over the API, its owner signed in."""

    api: Api
    seller: Seller

    @property
    def id(self) -> int:
        """The shop's workspace."""
        return self.seller.workspace_id

    def product(self, **more: Any) -> dict[str, Any]:
        """A new product on the shelf."""
        return made(self.api.post("/shop/products", PRODUCT | more))

    def step(self, order_id: str, *statuses: str, **more: Any) -> TestResponse:
        """Take an order through steps; answers the last."""
        for status in statuses:
            answer = self.api.patch(f"/shop/orders/{order_id}", {"status": status, **more})
        return answer


def open_counter(call: Callable[[Person], Api], owner: Person) -> Counter:
    """A shop of somebody's, acted in by token; needs an application context."""
    seller, api = open_shop(owner), call(owner)
    api.headers["X-Workspace"] = str(seller.workspace_id)
    return Counter(api, seller)


def made(answer: TestResponse) -> dict[str, Any]:
    """What a creation answers."""
    assert answer.status_code == 201, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def put(buyer: Api, product: int, quantity: int = 1) -> dict[str, Any]:
    """Pieces into somebody's cart."""
    return made(buyer.post("/shop/cart", {"product": product, "quantity": quantity}))


def confirm(
    buyer: Api, payment: str = "cash", *, key: str = "", card: UUID | None = None, **more: Any
) -> TestResponse:
    """POST /shop/orders, under a new key unless one is given."""
    body = {"payment": payment, **more} | ({"card": str(card)} if card else {})
    return buyer.post("/shop/orders", body, headers={"Idempotency-Key": key or str(uuid4())})


def order_one(buyer: Api, product: int, quantity: int = 1, **how: Any) -> dict[str, Any]:
    """One product ordered."""
    put(buyer, product, quantity)
    found: dict[str, Any] = made(confirm(buyer, **how))["orders"][0]
    return found


@dataclass
class Traces:
    """Ids of what a shop and its owner have."""

    shop: int
    buyer: int
    product: int
    image: int
    order: UUID
    review: int
    item: int


def leave_traces(owner: Person, buyer: Person) -> Traces:
    """A shop of somebody's with a picture, a delivered order and its review, and something in
    the owner's own cart; needs an application context."""
    seller = open_shop(owner)
    product = seller.product()
    order = seller.take(buy(buyer, product), "confirmed", "packed", "shipped", "delivered")
    with unit_of_work():
        image = operations.add_image(
            actor_id=owner.id, workspace_id=seller.workspace_id, product_id=product.id,
            data=picture(),
        )  # fmt: skip
        review = operations.review_product(actor_id=buyer.id, product_id=product.id, rating=5)
    item = get_cart(fill(owner, (product, 1))).items[0]
    return Traces(seller.workspace_id, buyer.id, product.id, image.id, order.id, review.id, item.id)
