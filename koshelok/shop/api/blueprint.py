"""The blueprint that the calls of the shop are declared on."""

from typing import Any

from koshelok.web.api import api_blueprint
from koshelok.web.auth import current_actor, current_workspace

api = api_blueprint("shop", "Shop", "What is on the shelf, carts, orders, reviews, customers.")


def whose() -> dict[str, Any]:
    """The first arguments of every operation of a seller."""
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}
