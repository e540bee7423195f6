"""The pages of administrators, below /admin."""

from koshelok.admin.views.blueprint import bp

from koshelok.admin.views import (  # isort: skip  # they add their routes
    cards,
    deposit,
    history,
    overview,
    people,
    transfers,
    verification,
)

__all__ = [
    "bp",
    "cards",
    "deposit",
    "history",
    "overview",
    "people",
    "transfers",
    "verification",
]
