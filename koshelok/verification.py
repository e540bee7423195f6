"""Every cached figure against the rows it stands for; what `flask verify` and the nightly job run."""

from collections.abc import Iterable, Iterator

from koshelok.finance import verification as finance
from koshelok.infra.difference import Difference
from koshelok.web.health import verification_differences

CHECKS = {"finance.totals": finance.verify}


def differences() -> Iterator[tuple[str, Difference]]:
    """Each difference with the name of the check that found it."""
    for name, check in CHECKS.items():
        found: Iterable[Difference] = list(check())
        verification_differences.labels(name).set(len(list(found)))
        yield from ((name, difference) for difference in found)


def verify_all() -> list[str]:
    """Run every check; answers each difference as a sentence, none when all agree."""
    return [f"{name}: {difference}" for name, difference in differences()]
