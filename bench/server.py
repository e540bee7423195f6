"""The real app on granian, as the Procfile starts it, on services of its own."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.http import HOST, Connection, request
from koshelok.infra import embedded
from koshelok.infra.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4
UNLIMITED = "1000000 per second"


@contextmanager
def services() -> Iterator[Settings]:
    """PostgreSQL and Redis in a folder that goes away; as durable as in production."""
    folder = Path(tempfile.mkdtemp(prefix="koshelok-bench-"))
    folder.chmod(0o755)  # the database's account passes through; secrets inside are closed
    try:
        endpoints = embedded.attach(folder)
        yield Settings(
            _env_file=None,
            KOSHELOK_ENV="production",
            secret_key=secrets.token_hex(32),
            data=folder,
            database_url=endpoints.database_url,
            redis_url=endpoints.redis_url,
            limit_default=UNLIMITED,
            limit_transfers=UNLIMITED,
            limit_orders=UNLIMITED,
        )
    finally:
        embedded.detach(folder)
        home = embedded.cluster_home(folder)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def server(settings: Settings, app: str = "wsgi:app") -> Iterator[int]:
    """The server of the whole app, or of another; gives its port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "KOSHELOK_ENV": settings.env,
        "SECRET_KEY": settings.secret_key,
        "DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LIMIT_DEFAULT": UNLIMITED,
        "LIMIT_TRANSFERS": UNLIMITED,
        "LIMIT_ORDERS": UNLIMITED,
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST]
    command += ["--port", str(port), "--workers", str(WORKERS)]
    command += ["--blocking-threads", str(THREADS), "--no-ws", "--log-level", "error", app]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait(process, port)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server ended")
        try:
            Connection(port).send(request("GET", "/healthz"))
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")
