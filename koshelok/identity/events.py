"""Facts about people that other features react to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserRegistered:
    """Somebody new is here; published in the transaction of their registration."""

    user_id: int
    language: str
