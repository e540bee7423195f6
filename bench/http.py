"""A client that costs almost nothing, so that what is measured is the server."""

import socket
import threading
import time
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


def throughput(port: int, asks: list[Ask], seconds: float, clients: int = 8) -> float:
    """Requests answered a second, asked by so many clients at once from a process of its own."""
    ours, theirs = get_context("fork").Pipe()
    process = get_context("fork").Process(target=_load, args=(theirs, port, asks, seconds, clients))
    process.start()
    answered: float = ours.recv()
    process.join()
    return answered


def _load(pipe: Pipe, port: int, asks: list[Ask], seconds: float, clients: int) -> None:
    counts = [0] * clients
    until = time.perf_counter() + seconds

    def work(number: int) -> None:
        connection = Connection(port)
        while time.perf_counter() < until:
            connection.check(asks[counts[number] % len(asks)])
            counts[number] += 1

    started = time.perf_counter()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pipe.send(sum(counts) / (time.perf_counter() - started))
