"""Every kept figure against its rows; what `flask verify`, /admin and the nightly job run."""

import logging
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from redis.exceptions import RedisError

from koshelok.budgets import verification as budgets
from koshelok.debtors import verification as debtors
from koshelok.finance import verification as finance
from koshelok.infra.difference import Difference, Progress, publish_figures
from koshelok.ledger import verification as ledger
from koshelok.shop import verification as shop

CHECKS = (finance.CHECK, budgets.CHECK, *debtors.CHECKS, *shop.CHECKS, *ledger.CHECKS)
MOST_NAMED = 1000
logger = logging.getLogger(__name__)


def find_differences(progress: Progress | None = None) -> Iterator[Difference]:
    """Run every check in batches, telling `progress` how many rows are through."""
    return chain(
        finance.verify(),
        budgets.verify(),
        debtors.verify(),
        shop.verify(),
        ledger.verify(progress),
    )


def verify_all(progress: Progress | None = None) -> list[str]:
    """Run every check; answers each difference as a sentence, none when all agree.

    Of each check the first MOST_NAMED are named and the rest counted, so that memory is bounded.
    """
    found: Counter[str] = Counter()
    sentences = []
    for difference in find_differences(progress):
        found[difference.check] += 1
        if found[difference.check] <= MOST_NAMED:
            sentences.append(f"{difference.check}: {difference}")
    sentences += [
        f"{check}: and {count - MOST_NAMED} more"
        for check, count in found.items()
        if count > MOST_NAMED
    ]
    _tell(found, sentences)
    return sentences


def _tell(found: Counter[str], sentences: list[str]) -> None:
    for sentence in sentences:
        logger.error("verification: %s", sentence)
    try:
        publish_figures({check: found[check] for check in CHECKS})
    except RedisError as error:
        logger.warning("verification figures are not published: %s", error)
