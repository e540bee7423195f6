"""The shop's pages as a buyer and as a seller see them, for tests that look at every page."""

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


def seller_pages(owner: Person, make_person: Callable[..., Person]) -> tuple[int, list[str]]:
    """A shop's workspace, and the addresses of its owner's pages with something on each; needs an
    application context."""
    shop = leave_traces(owner, make_person(full_name="Sardor Aliyev"))
    manage = "/shop/manage"
    return shop.shop, [
        manage,
        f"{manage}/orders",
        f"{manage}/orders?status=delivered",
        f"{manage}/orders/{shop.order}",
        f"{manage}/orders/{shop.order}/slip",
        f"{manage}/products",
        f"{manage}/products?query=zzz",
        f"{manage}/products/new",
        f"{manage}/products/{shop.product}",
        f"{manage}/products/{shop.product}/edit",
        f"{manage}/customers",
        f"{manage}/reviews",
        f"{manage}/settings",
    ]
