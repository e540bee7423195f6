"""Long work for administrators."""

from collections import Counter

from koshelok.jobs.operations import Work
from koshelok.verification import CHECKS, find_differences

MOST_NAMED = 1000


def verify(work: Work) -> None:
    """Run every check of the house; the result says of each how much differs, and what.

    The first MOST_NAMED differences are named, so that memory and the row are bounded.
    """
    found: Counter[str] = Counter()
    named: list[dict[str, str | None]] = []
    for difference in find_differences(work.advance):
        found[difference.check] += 1
        if len(named) < MOST_NAMED:
            named.append({"check": difference.check, "sentence": str(difference)})
    work.result = {
        "ok": not found,
        "checks": {check: found[check] for check in CHECKS},
        "differences": named,
    }
