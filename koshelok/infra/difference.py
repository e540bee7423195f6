"""What a verification found, how far it is, and its last figures for whoever watches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from koshelok.infra.queue import connection

_KEY = "koshelok:verification"

Progress = Callable[[int, int], object]
"""Told now and then how many rows are through, and of how many."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored value, and what its rows say it should be; `subject` says of what.

    `check` is the name of the check that found it; None stands for what is not there.
    """

    check: str
    subject: str
    stored: Decimal | int | str | None
    computed: Decimal | int | str | None

    def __str__(self) -> str:
        stored, computed = (
            "nothing" if value is None else value for value in (self.stored, self.computed)
        )
        return f"{self.subject}: stored {stored}, computed {computed}"


def publish_figures(counts: Mapping[str, int]) -> None:
    """Keep how many differences each check found; raises redis errors."""
    connection().hset(_KEY, mapping={name: str(count) for name, count in counts.items()})


def last_figures() -> dict[str, int]:
    """How many differences each check found last; raises redis errors."""
    stored: dict[bytes, bytes] = connection().hgetall(_KEY)  # type: ignore[assignment]  # no decoding
    return {name.decode(): int(count) for name, count in stored.items()}
