"""PostgreSQL and Redis for a machine that has none: real servers whose data live in DATA.

Every process that needs them attaches; the first starts what does not run, the last one out
stops it. Being attached is a shared lock on a file, which the kernel drops when a process
dies in any way, so nothing has to be cleaned up after a crash.
"""

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from koshelok.infra.embedded import postgres, redis
from koshelok.infra.embedded.account import EmbeddedError
from koshelok.infra.embedded.state import State

__all__ = ["EmbeddedError", "Endpoints", "attach", "cluster_home", "detach", "running", "stop"]


@dataclass(frozen=True)
class Endpoints:
    """Addresses of the services."""

    database_url: str
    redis_url: str


# The descriptor of this process's shared lock by DATA folder, with the process it belongs to:
# a forked child inherits the lock but must not give it up in its parent's name.
_attached: dict[Path, tuple[int, int]] = {}


def running(data: Path) -> Endpoints | None:
    """Return the addresses where both services run, else None."""
    state = State.load(data.resolve())
    if state is None or not (postgres.is_running(state) and redis.is_running(state)):
        return None
    return Endpoints(postgres.url(state), redis.url(state))


def attach(
    data: Path, *, database_url: str = "", redis_url: str = "", durable: bool = True
) -> Endpoints:
    """Use the services of DATA from now on, started first where they do not run.

    A service whose address is given is used as it is and not embedded. This process detaches
    when it ends, if not before. `durable` off is for tests: a power cut may lose what was
    stored. Raises EmbeddedError where the services cannot be had.
    """
    if database_url and redis_url:
        return Endpoints(database_url, redis_url)
    data = data.resolve()
    (data / "run").mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(data):
        _hold(data)
        state = State.load_or_new(data)
        if not database_url:
            postgres.start(data, state, durable=durable)
        if not redis_url:
            redis.start(data, state, durable=durable)
    return Endpoints(database_url or postgres.url(state), redis_url or redis.url(state))


def detach(data: Path) -> None:
    """Stop using the services of DATA; the last one out stops them. Harmless when repeated."""
    data = data.resolve()
    descriptor, owner = _attached.get(data, (-1, 0))
    if owner != os.getpid():
        return
    del _attached[data]
    with _one_at_a_time(data):
        alone = _only_user(descriptor)
        os.close(descriptor)
        if alone:
            stop(data)


def stop(data: Path) -> None:
    """Stop the services of DATA, whoever uses them."""
    data = data.resolve()
    state = State.load(data)
    if state is not None:
        redis.stop(state)
        postgres.stop(data)


def cluster_home(data: Path) -> Path:
    """Return where the database files of DATA are kept."""
    return postgres.home(data.resolve())


@contextmanager
def _one_at_a_time(data: Path) -> Iterator[None]:
    """Let one process at a time start or stop services."""
    with (data / "run" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _hold(data: Path) -> None:
    descriptor, owner = _attached.get(data, (-1, 0))
    if owner == os.getpid():
        return
    descriptor = os.open(data / "run" / "users", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _attached[data] = (descriptor, os.getpid())
    atexit.register(detach, data)


def _only_user(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
