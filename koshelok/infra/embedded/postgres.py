"""The embedded PostgreSQL: a cluster in DATA, on loopback, under an account that is not root."""

import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg

from koshelok.infra.embedded import account, binaries
from koshelok.infra.embedded.account import EmbeddedError
from koshelok.infra.embedded.state import HOST, State, free_port, is_free

USER = "koshelok"
DATABASE = "koshelok"
START_SECONDS = 30.0
STOP_SECONDS = 30.0

# The builtin locale folds case in Cyrillic too and needs nothing of the machine.
INITDB_OPTIONS = (
    *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    *("--auth=scram-sha-256", f"--username={USER}"),
    *("--set", f"listen_addresses={HOST}", "--set", "unix_socket_directories="),
    *("--set", "timezone=UTC", "--set", "log_timezone=UTC"),
)


def url(state: State, database: str = DATABASE) -> str:
    """Return the address for SQLAlchemy with psycopg 3."""
    return f"postgresql+psycopg://{USER}:{state.password}@{HOST}:{state.postgres_port}/{database}"


def is_running(state: State) -> bool:
    """Whether our own server answers: another's would refuse the password."""
    try:
        _connect(state).close()
    except psycopg.OperationalError:
        return False
    return True


def start(data: Path, state: State, *, durable: bool = True) -> None:
    """Start the server unless it runs, on a cluster made first in a new folder.

    A taken port is replaced and remembered in `state`. What a crash left behind (a pid file,
    a recovery under way, a child still dying) is cleared or waited for. `durable` off is for
    tests: no fsync.
    """
    if is_running(state):
        return
    home = _home(data)
    cluster = home / "cluster"
    programs = binaries.postgres()
    if not (cluster / "PG_VERSION").exists():
        _initialise(home, programs, state, durable=durable)
    said = "It runs, but does not answer."
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if is_running(state):
            _ensure_database(state)
            return
        if _postmaster(cluster) is None:
            _clear_stale_pid(cluster)
            if not is_free(state.postgres_port):
                state.postgres_port = free_port()
                state.save(data)
            said = _launch(home, programs, state, durable=durable)
        else:
            time.sleep(0.1)
    raise EmbeddedError(f"PostgreSQL does not start ({home / 'server.log'}):\n{said[-2000:]}")


def stop(data: Path) -> None:
    """Stop the server, letting it write everything down; nothing to do where it does not run."""
    server = _postmaster(data / "postgres" / "cluster")
    if server is None:
        return
    server.send_signal(signal.SIGINT)  # PostgreSQL's "fast": end sessions, checkpoint, leave
    if not _ended(server, STOP_SECONDS):
        server.send_signal(signal.SIGQUIT)  # "immediate": the log is replayed at the next start
        _ended(server, STOP_SECONDS)


def home(data: Path) -> Path:
    """Return where the cluster of DATA lives, which DATA/postgres leads to."""
    return (data / "postgres").resolve()


def _home(data: Path) -> Path:
    """Return the cluster's home, made on the first start and found again ever after.

    In DATA; where root's DATA is closed to the database's account, under that account's home,
    with a link in DATA: so the choice is made once, whatever the permissions become.
    """
    link = data / "postgres"
    if link.is_symlink() or link.exists():
        target = link.resolve()
        if account.needed() and not account.reaches(target):
            raise EmbeddedError(
                f"The database's account {account.NAME!r} can no longer reach {target}: "
                "restore the permissions of the folders above it."
            )
        return target
    if not account.needed() or account.reaches(data):
        account.own(link)
        return link
    # The name is for people; the rest, since a DATA removed and made again starts empty.
    target = account.home() / f"{data.parent.name}-{data.name}-{secrets.token_hex(4)}"
    account.own(target)
    link.symlink_to(target)
    print(
        f"PostgreSQL does not run as root, and its account {account.NAME!r} cannot reach {data}: "
        f"the database lives in {target}.",
        file=sys.stderr,
    )
    return target


def _initialise(home: Path, programs: Path, state: State, *, durable: bool) -> None:
    draft = home / "draft"  # renamed when whole: an interrupted initdb starts afresh
    shutil.rmtree(draft, ignore_errors=True)
    password = home / "password"
    # Written by the account itself: root follows no link in a folder that is not root's.
    account.run(["tee", password], input=state.password, stdout=subprocess.DEVNULL)
    done = account.run(
        [
            *(programs / "initdb", "-D", draft, f"--pwfile={password}", *INITDB_OPTIONS),
            *(() if durable else ("--no-sync",)),
        ],
        capture_output=True,
    )
    password.unlink()
    if done.returncode != 0:
        raise EmbeddedError(f"The database could not be made:\n{done.stdout}{done.stderr}")
    draft.rename(home / "cluster")


def _launch(home: Path, programs: Path, state: State, *, durable: bool) -> str:
    options = f"-p {state.postgres_port}" + ("" if durable else " -F")
    log = home / "server.log"
    done = account.run(
        [
            *(programs / "pg_ctl", "start", "--wait", "--timeout=60", "--silent"),
            *("-D", home / "cluster", "-l", log, "-o", options),
        ],
        stdin=subprocess.DEVNULL,
        # Not pipes: the server would hold them open for as long as it lives.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    if done.returncode == 0:
        return ""
    time.sleep(0.5)  # a child of a killed server may need as long to leave
    return log.read_text(errors="replace") if log.exists() else ""


def _connect(state: State) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(
        host=HOST,
        port=state.postgres_port,
        user=USER,
        password=state.password,
        dbname="postgres",
        connect_timeout=2,
        autocommit=True,
    )


def _ensure_database(state: State) -> None:
    with _connect(state) as connection:
        known = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _postmaster(cluster: Path) -> psutil.Process | None:
    """Return the running server of `cluster`, going by its pid file."""
    try:
        process = psutil.Process(_pid(cluster))
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return process if _alive(process) and process.name() == "postgres" else None


def _pid(cluster: Path) -> int:
    return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])


def _alive(process: psutil.Process) -> bool:
    """Whether it still runs: in a container nobody may collect the dead."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _ended(process: psutil.Process, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _alive(process):
            return True
        time.sleep(0.02)
    return False


def _clear_stale_pid(cluster: Path) -> None:
    """Remove a pid file whose number is another program's or a dead one's: it forbids a start.

    A number nobody has is left to PostgreSQL, which finds out by that file whether children
    of a killed server still write; where they do, the file stays as well.
    """
    try:
        if not psutil.pid_exists(_pid(cluster)) or _postmaster(cluster) is not None:
            return
    except (FileNotFoundError, ValueError):
        return
    if not any(_works_in(cluster, process) for process in psutil.process_iter(["name"])):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _works_in(cluster: Path, process: psutil.Process) -> bool:
    try:
        return (
            process.info["name"] == "postgres"
            and _alive(process)
            and Path(process.cwd()) == cluster.resolve()
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
