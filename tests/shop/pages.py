"""The shop's pages as a buyer sees them, for tests that look at every page."""

from collections.abc import Callable

from koshelok.shop.queries import get_product
from tests.conftest import Person
from tests.shop.calls import leave_traces
from tests.shop.shelf import fill


def shop_pages(buyer: Person, make_person: Callable[..., Person]) -> list[str]:
    """Addresses of pages with something on each; needs an application context."""
    shop = leave_traces(make_person(full_name="Malika Karimova"), buyer)
    product = f"/shop/products/{shop.product}"
    fill(buyer, (get_product(shop.product), 2))
    return [
        "/shop",
        "/shop?query=zzz",
        f"/shop?shop={shop.shop}&min_price=1&sort=cheap",
        product,
        f"{product}/reviews",
        f"{product}/reviews/mine",
        "/shop/products/999999",
        "/cart",
        "/checkout",
        f"/checkout/placed/{shop.order}",
        "/orders",
        f"/orders/{shop.order}",
    ]
