"""Every cached figure against its rows; what `flask verify` and the nightly job run."""

import logging

from redis.exceptions import RedisError

from koshelok.finance import verification as finance
from koshelok.infra.difference import publish_figures

CHECKS = {"finance.totals": finance.verify}
logger = logging.getLogger(__name__)


def verify_all() -> list[str]:
    """Run every check; answers each difference as a sentence, none when all agree."""
    found = {name: list(check()) for name, check in CHECKS.items()}
    try:
        publish_figures({name: len(differences) for name, differences in found.items()})
    except RedisError as error:
        logger.warning("verification figures are not published: %s", error)
    sentences = [f"{name}: {item}" for name, items in found.items() for item in items]
    for sentence in sentences:
        logger.error("verification: %s", sentence)
    return sentences
