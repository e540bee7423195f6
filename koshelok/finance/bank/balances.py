"""What a bank says is left on a card, against what its other messages come to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Said:
    """A message about one card: what it changed, signed, and what was left then, if it said so."""

    fingerprint: str
    at: datetime
    change: Decimal
    balance: Decimal | None
    payee: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is told by no message between `since` and the next: came in, or (negative) went out."""

    missing: Decimal
    since: Said


def follow(said: Iterable[Said]) -> list[tuple[Said, Gap | None]]:
    """The messages of a card in the order they must have happened, each with what is missing
    before it: where the balance stated last plus what is known since is not what it states."""
    followed: list[tuple[Said, Gap | None]] = []
    last, known = None, None  # the balance that there should be; None before any was stated
    for _, same in groupby(sorted(said, key=lambda each: each.at), key=lambda each: each.at):
        left = list(same)
        while left:
            found, gap = _next(left, known), None
            left.remove(found)
            known = None if known is None else known + found.change
            if found.balance is not None:
                if last and known is not None and known != found.balance:
                    gap = Gap(found.balance - known, last)
                last, known = found, found.balance
            followed.append((found, gap))
    return followed


def _next(same: Sequence[Said], known: Decimal | None) -> Said:
    """Of messages of one minute the one that goes on from what is known, else a first of them."""
    before = {each: each.balance - each.change for each in same if each.balance is not None}
    if known is not None and known in before.values():
        return next(each for each, balance in before.items() if balance == known)
    after = {each.balance for each in same}
    return next((each for each, balance in before.items() if balance not in after), same[0])
