"""What a verification found: a stored figure that is not the one recomputed from its rows."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored figure, and the figure recomputed; `subject` says of what."""

    subject: str
    stored: Decimal | int
    computed: Decimal | int

    def __str__(self) -> str:
        return f"{self.subject}: stored {self.stored}, computed {self.computed}"
