"""A client that costs almost nothing, so that what is measured is the server."""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ask:
    """A request, whole, and the status it must have."""

    raw: bytes
    status: bytes = b"200"


def request(
    method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, raw: bytes) -> bytes:
        """Send a request; answers the whole response."""
        self._socket.sendall(raw)
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._receive()
        end = head.index(b"\r\n\r\n") + 4
        missing = end + _length(head[:end]) - len(head)
        parts = [head]
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        return b"".join(parts)

    def _receive(self) -> bytes:
        data = self._socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data

    def check(self, ask: Ask) -> None:
        """Send and make sure of the status."""
        answer = self.send(ask.raw)
        if answer[9:12] != ask.status:
            raise RuntimeError(answer[:2000].decode(errors="replace"))


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line[15:])
    return 0


def latency(connection: Connection, ask: Ask) -> float:
    """Seconds that one request takes."""
    started = time.perf_counter()
    connection.check(ask)
    return time.perf_counter() - started


def throughput(port: int, asks: Iterator[Ask], seconds: float, clients: int = 8) -> float:
    """Requests answered a second, asked by so many clients at once from a process of its own, for
    so long or until there are no more to ask."""
    ours, theirs = get_context("fork").Pipe()
    process = get_context("fork").Process(target=_load, args=(theirs, port, asks, seconds, clients))
    process.start()
    theirs.close()
    answered: float = ours.recv()
    process.join()
    return answered


def _load(pipe: Pipe, port: int, asks: Iterator[Ask], seconds: float, clients: int) -> None:
    """One thread waits for all: threads would take turns at the interpreter, and cost more."""
    answered = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(clients):
            line = _Line(port, next(asks))
            selector.register(line.socket, selectors.EVENT_READ, line)
        started = now = time.perf_counter()
        while now < started + seconds and selector.get_map():
            for ready, _ in selector.select():
                line = ready.data
                if line.receive():
                    answered += 1
                    if ask := next(asks, None):
                        line.ask(ask)
                    else:
                        selector.unregister(line.socket)
            now = time.perf_counter()
    pipe.send(answered / (now - started))


class _Line:
    """A kept-alive connection with one request under way."""

    def __init__(self, port: int, ask: Ask) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ask(ask)

    def ask(self, ask: Ask) -> None:
        """Send a request."""
        self._status, self._answer = ask.status, b""
        self.socket.sendall(ask.raw)

    def receive(self) -> bool:
        """Read what has come; whether the answer is whole. A wrong status ends the measurement."""
        data = self.socket.recv(1 << 18)
        answer = self._answer = self._answer + data
        end = answer.find(b"\r\n\r\n") + 4
        if not data or (end > 3 and answer[9:12] != self._status):
            raise RuntimeError(answer[:2000].decode(errors="replace"))
        return end > 3 and len(answer) >= end + _length(answer[:end])
