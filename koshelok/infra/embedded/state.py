"""What a DATA folder remembers about its services: the password and the ports."""

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "services.json"
HOST = "127.0.0.1"


@dataclass
class State:
    """Kept in DATA, readable by its owner alone: the password opens both servers."""

    password: str
    postgres_port: int
    redis_port: int

    @classmethod
    def load(cls, data: Path) -> "State | None":
        """Return what is remembered, or None in a new folder."""
        try:
            return cls(**json.loads((data / FILE).read_text()))
        except FileNotFoundError:
            return None

    @classmethod
    def load_or_new(cls, data: Path) -> "State":
        """Return what is remembered, written down first in a new folder."""
        state = cls.load(data)
        if state is None:
            state = cls(secrets.token_urlsafe(32), free_port(), free_port())
            state.save(data)
        return state

    def save(self, data: Path) -> None:
        """Write whole or not at all."""
        draft = data / f".{FILE}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file)
        draft.replace(data / FILE)


def free_port() -> int:
    """Return a loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int, host: str = HOST) -> bool:
    """Whether a server could listen on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
