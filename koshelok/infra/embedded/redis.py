"""The embedded Redis: one server of the caller's own, on loopback, with a password."""

import subprocess
import time
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from koshelok.infra.embedded import binaries
from koshelok.infra.embedded.account import EmbeddedError
from koshelok.infra.embedded.state import HOST, State, free_port, is_free

START_SECONDS = 10.0
ANSWER_SECONDS = 2.0
ATTEMPTS = 3
DATABASES = 64  # tests take one for each worker process


def url(state: State) -> str:
    """Return the address with its password."""
    return f"redis://:{state.password}@{HOST}:{state.redis_port}/0"


def is_running(state: State) -> bool:
    """Whether our own server answers: another's would refuse the password."""
    try:
        with _client(state) as client:
            return bool(client.ping())
    except RedisError:
        return False


def start(data: Path, state: State, *, durable: bool = True) -> None:
    """Start the server unless it runs; a taken port is replaced and remembered in `state`."""
    folder = data / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    for _ in range(ATTEMPTS):
        if is_running(state):
            return
        if not is_free(state.redis_port):
            state.redis_port = free_port()
            state.save(data)
        _launch(folder, state, durable=durable)
        if _answers_in_time(state):
            return
    log = folder / "server.log"
    tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
    raise EmbeddedError(f"Redis does not start; the end of {log}:\n{tail}")


def stop(state: State) -> None:
    """Save and stop; nothing to do where it does not run."""
    if not is_running(state):
        return
    try:
        with _client(state) as client:
            client.shutdown(save=True)
    except RedisError:
        pass  # the connection closing is the answer
    deadline = time.monotonic() + START_SECONDS
    while is_running(state) and time.monotonic() < deadline:
        time.sleep(0.02)


def _client(state: State) -> Redis:
    return Redis(
        host=HOST,
        port=state.redis_port,
        password=state.password,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),  # a refused connection is an answer here
    )


def _launch(folder: Path, state: State, *, durable: bool) -> None:
    configuration = {
        "bind": HOST,
        "port": state.redis_port,
        "requirepass": state.password,
        "databases": DATABASES,
        "dir": f'"{folder}"',
        "logfile": f'"{folder / "server.log"}"',
        "appendonly": "yes" if durable else "no",
        "save": "60 1" if durable else '""',
        "daemonize": "yes",
    }
    text = "".join(f"{name} {value}\n" for name, value in configuration.items())
    # By standard input, so that no list of processes shows the password; a failure shows in
    # the log and in the wait that follows. A session of its own: Ctrl-C is not for the server.
    subprocess.run(
        [str(binaries.redis()), "-"],
        input=text,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )


def _answers_in_time(state: State) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if is_running(state):
            return True
        time.sleep(0.02)
    return False
