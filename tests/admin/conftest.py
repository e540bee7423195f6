"""An administrator with a client, and people with cards and money on them."""

from collections.abc import Callable

import pytest

from tests.conftest import Api, Page, Person
from tests.wallet.conftest import card_of

__all__ = ["card_of"]


@pytest.fixture
def admin(make_person: Callable[..., Person]) -> Person:
    """Somebody with the role ADMIN."""
    return make_person("boss", role="ADMIN", full_name="Botir Boshliq")


@pytest.fixture
def boss(call: Callable[[Person], Api], admin: Person) -> Api:
    """The administrator's JSON client."""
    return call(admin)


@pytest.fixture
def desk(browse: Callable[[Person], Page], admin: Person) -> Page:
    """The administrator's browser."""
    return browse(admin)
