"""`make run` for real: every process up, other commands beside it, and a clean end."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from koshelok.infra import embedded
from koshelok.infra.embedded.state import free_port, is_free

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(r"^Koshelok is at (http://127\.0\.0\.1:\d+)$")


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="koshelok-devserver-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database's account passes through
        yield folder
        embedded.stop(folder)


def environment(data: Path, port: int, demo: str = "0") -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
    return kept | {
        "DATA": str(data),
        "PORT": str(port),
        "DEMO": demo,
        "KOSHELOK_ENV": "development",
    }


@contextmanager
def house(data: Path, demo: str = "0") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run everything until it says its address; hand out the process and the address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "koshelok.devserver"],
        cwd=ROOT,
        env=environment(data, free_port(), demo),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if found := READY.match(line.strip()):
                yield process, found.group(1)
                break
        else:
            pytest.fail("it ended before it was ready:\n" + "".join(said))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_runs_recovers_from_a_kill_seeds_and_stops_when_asked(data: Path) -> None:
    with house(data) as (process, address):
        with urlopen(f"{address}/readyz") as answer:
            assert answer.status == 200
        assert embedded.running(data) is not None
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "verify"]
        subprocess.run(
            command, cwd=ROOT, env=environment(data, 0), check=True, stdout=subprocess.DEVNULL
        )
        assert embedded.running(data) is not None, "a command beside it must not stop its services"
        process.kill()
    port = int(address.rsplit(":", 1)[1])
    deadline = time.monotonic() + 20
    while not is_free(port):
        assert time.monotonic() < deadline, "the web process outlives its killed supervisor"
        time.sleep(0.1)
    with house(data, demo="1") as (process, _):  # the database is empty still
        assert process.stdout.readline() == "Demo data is in.\n"
        assert " / koshelok-demo-1" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 0
    assert embedded.running(data) is None


def test_refuses_a_port_that_is_taken(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "koshelok.devserver"],
            cwd=ROOT,
            env=environment(data, port),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert list(data.iterdir()) == []


def test_says_why_a_migration_failed(data: Path) -> None:
    nowhere = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing"
    done = subprocess.run(
        [sys.executable, "-m", "koshelok.devserver"],
        cwd=ROOT,
        env=environment(data, free_port()) | {"DATABASE_URL": nowhere},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "could not be prepared" in done.stderr
    assert "refused" in done.stderr
