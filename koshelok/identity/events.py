"""Facts about people that other features react to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserRegistered:
    """Somebody new is here; published in the transaction of their registration."""

    user_id: int
    language: str


@dataclass(frozen=True, slots=True)
class AccountCloses:
    """Somebody wants to close their account, or its time has come: what must not be lost refuses
    by raising a DomainError."""

    user_id: int


@dataclass(frozen=True, slots=True)
class AccountErased:
    """An account is erased; published in the transaction that does it, before the name goes."""

    user_id: int
