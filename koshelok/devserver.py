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
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from honcho.environ import parse_procfile
from honcho.manager import Manager

from koshelok.infra import embedded
from koshelok.infra.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = ("web", "worker", "cron")
READY_SECONDS = 60.0


def main() -> int:
    """Run until Ctrl-C, SIGTERM or the end of one of the processes; return the exit status."""
    settings = Settings()
    # Until honcho takes the signals over, both end the run the same way: through `finally`.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        environment = _environment(settings)
        _flask("db", "upgrade", environment=environment)
        logins = ""
        if os.environ.get("DEMO", "1") != "0":
            logins = _flask("seed", environment=environment)
        return _supervise(environment, logins)
    except KeyboardInterrupt:
        return 130
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"`{' '.join(error.cmd)}` failed:\n{error.stdout}", file=sys.stderr)
        return 1
    finally:
        # A second Ctrl-C must not cut the database's last checkpoint short.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        embedded.detach(settings.data)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _environment(settings: Settings) -> dict[str, str]:
    """Return what every process is started with: the same services, programs and port."""
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
        "HOST": os.environ.get("HOST", "127.0.0.1"),
        "PORT": os.environ.get("PORT", "8000"),
    }


def _flask(*arguments: str, environment: dict[str, str]) -> str:
    """Run a flask command to its end and return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _supervise(environment: dict[str, str], logins: str) -> int:
    commands = parse_procfile((ROOT / "Procfile").read_text()).processes
    manager = Manager()
    for name in PROCESSES:
        manager.add_process(name, commands[name], env=environment, cwd=str(ROOT))
    announcer = threading.Thread(target=_announce, args=(environment, logins), daemon=True)
    announcer.start()
    manager.loop()
    status: int = manager.returncode or 0
    return status


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
