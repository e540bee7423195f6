"""What a verification found, and its last figures for whoever watches."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from koshelok.infra.queue import connection

_KEY = "koshelok:verification"


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored figure, and the figure recomputed from its rows; `subject` says of what."""

    subject: str
    stored: Decimal | int
    computed: Decimal | int

    def __str__(self) -> str:
        return f"{self.subject}: stored {self.stored}, computed {self.computed}"


def publish_figures(counts: Mapping[str, int]) -> None:
    """Keep how many differences each check found; raises redis errors."""
    connection().hset(_KEY, mapping={name: str(count) for name, count in counts.items()})


def last_figures() -> dict[str, int]:
    """How many differences each check found last; raises redis errors."""
    stored: dict[bytes, bytes] = connection().hgetall(_KEY)  # type: ignore[assignment]  # no decoding
    return {name.decode(): int(count) for name, count in stored.items()}
