"""The blueprint that the calls of the debtors' book are declared on."""

from typing import Any

from koshelok.web.api import api_blueprint
from koshelok.web.auth import current_actor, current_workspace

api = api_blueprint("debtors", "Debtors", "Who owes, what was paid, and what covers what.")


def whose() -> dict[str, Any]:
    """The first arguments of every operation."""
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}
