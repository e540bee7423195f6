"""`make run`: the services, the migrations, demo data and every process of the Procfile in one.

Uses DATABASE_URL and REDIS_URL where they are set and embeds what is not. Stops what it
started, and only that.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from flask.cli import ScriptInfo
from flask.cli import cli as flask_command
from honcho.environ import parse_procfile
from honcho.manager import KILL_WAIT, Manager
from honcho.process import Process

from koshelok.infra import embedded
from koshelok.infra.embedded.state import is_free
from koshelok.infra.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = ("web", "worker", "cron")
READY_SECONDS = 60.0
LEAVE_SECONDS = 3.0
ASKED_TO_STOP = (128 + signal.SIGINT, 128 + signal.SIGTERM)


class Follower(Process):  # type: ignore[misc]  # honcho has no types
    """A process of the Procfile that does not outlive its supervisor, however that ends."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Run the command to its end."""
        threading.Thread(target=self._follow, args=(os.getppid(),), daemon=True).start()
        super().run(events, ignore_signals)

    def _follow(self, supervisor: int) -> None:
        while os.getppid() == supervisor:
            time.sleep(0.5)
        for number, patience in ((signal.SIGTERM, KILL_WAIT), (signal.SIGKILL, 0)):
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, number)
            time.sleep(patience)


class Supervisor(Manager):  # type: ignore[misc]  # honcho has no types
    """The processes of the Procfile, stopped together."""

    def __init__(self) -> None:
        super().__init__()
        self._process_ctor = Follower

    def terminate(self) -> None:
        """Stop them all; asked before all of them started, wait for the last one."""
        if self._all_started():
            super().terminate()
        else:
            threading.Timer(0.1, self.terminate).start()


def main() -> int:
    """Run until Ctrl-C, SIGTERM or the end of one of the processes; return the exit status."""
    settings = Settings()
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    if not _becomes_free(port, host):
        print(f"Port {port} is taken: choose another with PORT=.", file=sys.stderr)
        return 1
    # Until honcho takes the signals over, both end the run the same way: through `finally`.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        environment = _environment(settings) | {"HOST": host, "PORT": str(port)}
        logins = _prepare(environment)
        return _supervise(environment, logins)
    except KeyboardInterrupt:
        return 0
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"The database could not be prepared:\n{error.stderr}", file=sys.stderr)
        return 1
    finally:
        # A second Ctrl-C must not cut the database's last checkpoint short.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        embedded.detach(settings.data)


def _becomes_free(port: int, host: str) -> bool:
    """Whether the port is free, or soon is: a killed predecessor's processes are leaving."""
    deadline = time.monotonic() + LEAVE_SECONDS
    while not is_free(port, host):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _environment(settings: Settings) -> dict[str, str]:
    """Return what every process is started with: the same services and programs."""
    endpoints = embedded.attach(
        settings.data, database_url=settings.database_url, redis_url=settings.redis_url
    )
    programs = str(Path(sys.executable).parent)
    return os.environ | {
        "PATH": programs + os.pathsep + os.environ.get("PATH", ""),
        "PYTHONUNBUFFERED": "1",
        "DATA": str(settings.data.resolve()),
        "DATABASE_URL": endpoints.database_url,
        "REDIS_URL": endpoints.redis_url,
    }


def _prepare(environment: dict[str, str]) -> str:
    """Migrate and seed in a process of its own; return what it said: the demo logins."""
    done = subprocess.run(
        [sys.executable, "-c", "from koshelok import devserver; devserver.prepare()"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def prepare() -> None:
    """Migrate, and seed unless DEMO=0: both in one process, since starting one takes a second."""
    info = ScriptInfo(app_import_path="wsgi")
    commands = [["db", "upgrade"], *([["seed"]] if os.environ.get("DEMO", "1") != "0" else [])]
    for command in commands:
        flask_command.main(command, prog_name="flask", obj=info, standalone_mode=False)


def _supervise(environment: dict[str, str], logins: str) -> int:
    commands = parse_procfile((ROOT / "Procfile").read_text()).processes
    manager = Supervisor()
    for name in PROCESSES:
        manager.add_process(name, commands[name], env=environment, cwd=str(ROOT))
    announcer = threading.Thread(target=_announce, args=(environment, logins), daemon=True)
    announcer.start()
    manager.loop()
    status: int = manager.returncode or 0
    return 0 if status in ASKED_TO_STOP else status


def _announce(environment: dict[str, str], logins: str) -> None:
    """Say where the product is once it answers."""
    address = f"http://{environment['HOST']}:{environment['PORT']}"
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{address}/healthz", timeout=2):  # noqa: S310  # our own address
                break
        except (URLError, OSError):
            time.sleep(0.1)
    else:
        return
    lines = ["", f"Koshelok is at {address}", *logins.splitlines(), "Ctrl-C stops it.", ""]
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    sys.exit(main())
