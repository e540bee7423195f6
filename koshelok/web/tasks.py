"""Jobs of the HTTP machinery."""

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import idempotency


def forget_old_keys() -> int:
    """Delete stored answers past their keeping; returns how many."""
    with unit_of_work():
        return idempotency.forget_old()
