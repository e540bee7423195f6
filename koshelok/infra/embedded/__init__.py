"""PostgreSQL and Redis for a machine that has none: real servers whose data live in DATA.

Every process that needs them attaches; the first starts what does not run, the last one out
stops it. Being attached is a shared lock on a file, which the kernel drops when a process
dies in any way, so nothing has to be cleaned up after a crash.
"""

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
    """Addresses of the services; empty for one that is not embedded."""

    database_url: str = ""
    redis_url: str = ""


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
    data: Path, *, with_postgres: bool = True, with_redis: bool = True, durable: bool = True
) -> Endpoints:
    """Use the services of DATA from now on, started first where they do not run.

    `durable` off is for tests: a power cut may lose what was stored.
    Raises EmbeddedError where they cannot be had.
    """
    data = data.resolve()
    run = data / "run"
    run.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(run):
        _hold(data)
        state = State.load_or_new(data)
        if with_postgres:
            postgres.start(data, state, durable=durable)
        if with_redis:
            redis.start(data, state, durable=durable)
    return Endpoints(
        postgres.url(state) if with_postgres else "", redis.url(state) if with_redis else ""
    )


def detach(data: Path) -> None:
    """Stop using the services of DATA; the last one out stops them. Harmless when repeated."""
    data = data.resolve()
    descriptor, owner = _attached.get(data, (-1, 0))
    if owner != os.getpid():
        return
    del _attached[data]
    with _one_at_a_time(data / "run"):
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
def _one_at_a_time(run: Path) -> Iterator[None]:
    """Let one process at a time start or stop services."""
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _hold(data: Path) -> None:
    descriptor, owner = _attached.get(data, (-1, 0))
    if owner == os.getpid():
        return
    descriptor = os.open(data / "run" / "users", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _attached[data] = (descriptor, os.getpid())


def _only_user(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
