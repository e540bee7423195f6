"""The embedded services, for real: started, shared, stopped, killed and found again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis

from koshelok.infra import embedded
from koshelok.infra.embedded import account, binaries
from koshelok.infra.embedded.state import State, is_free

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    # As root this folder is closed to the database's account: its cluster lives elsewhere.
    folder = tmp_path_factory.mktemp("data")
    yield folder
    embedded.detach(folder)
    embedded.stop(folder)
    shutil.rmtree(embedded.cluster_home(folder))


@pytest.fixture
def attached(data: Path) -> Iterator[embedded.Endpoints]:
    yield embedded.attach(data, durable=False)
    embedded.detach(data)


def connect(endpoints: embedded.Endpoints) -> psycopg.Connection:
    return psycopg.connect(endpoints.database_url.replace("+psycopg", ""), autocommit=True)


def postmaster(data: Path) -> psutil.Process:
    pid_file = embedded.cluster_home(data) / "cluster" / "postmaster.pid"
    return psutil.Process(int(pid_file.read_text().split()[0]))


def other_process(data: Path) -> subprocess.Popen[str]:
    """Another process that is attached until its standard input closes."""
    code = (
        "import sys; from pathlib import Path; from koshelok.infra import embedded\n"
        "data = Path(sys.argv[1]); print(embedded.attach(data, durable=False).redis_url)\n"
        "sys.stdout.flush(); sys.stdin.read(); embedded.detach(data)\n"
    )
    command = [sys.executable, "-c", code, str(data)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_both_services_answer(attached: embedded.Endpoints, data: Path) -> None:
    with connect(attached) as connection:
        row = connection.execute("SELECT lower('ПУЛ'), current_setting('server_version_num')")
        folded, version = row.fetchone()
    assert folded == "пул"
    assert int(version) >= 150000
    with Redis.from_url(attached.redis_url) as client:
        assert client.ping()
    assert embedded.running(data) == attached


def test_what_was_stored_stays(data: Path) -> None:
    endpoints = embedded.attach(data)
    with connect(endpoints) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    embedded.detach(data)
    assert embedded.running(data) is None
    with connect(embedded.attach(data)) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    embedded.detach(data)


def test_the_last_one_out_stops_the_services(data: Path) -> None:
    endpoints = embedded.attach(data, durable=False)
    with other_process(data) as other:
        assert other.stdout.readline().strip() == endpoints.redis_url
        embedded.detach(data)
        assert embedded.running(data) == endpoints
        other.stdin.close()
    assert embedded.running(data) is None


def test_a_killed_user_does_not_count(data: Path) -> None:
    with other_process(data) as other:
        other.stdout.readline()
        other.kill()
    assert embedded.running(data) is not None
    embedded.attach(data, durable=False)
    embedded.detach(data)
    assert embedded.running(data) is None


def test_a_forked_child_does_not_stop_its_parents_services(
    attached: embedded.Endpoints, data: Path
) -> None:
    code = (
        "import os, sys; from pathlib import Path; from koshelok.infra import embedded\n"
        "data = Path(sys.argv[1]); embedded.attach(data, durable=False)\n"
        "child = os.fork()\n"
        "if child == 0: embedded.detach(data); os._exit(0)\n"
        "os.waitpid(child, 0); print(embedded.running(data) is not None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(data)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"


def test_recovers_when_the_servers_were_killed(data: Path) -> None:
    endpoints = embedded.attach(data)
    with connect(endpoints) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS survivors (id int)")
    postmaster(data).kill()
    with Redis.from_url(endpoints.redis_url) as client:
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
    embedded.detach(data)
    with connect(embedded.attach(data)) as connection:
        assert connection.execute("SELECT count(*) FROM survivors").fetchone() == (0,)
    embedded.detach(data)


def test_waits_for_a_server_that_recovers_by_itself(data: Path) -> None:
    endpoints = embedded.attach(data)
    server = postmaster(data)
    server.children()[0].kill()  # the server restarts its children and replays its log
    time.sleep(0.01)
    assert embedded.attach(data) == endpoints
    assert connect(endpoints).close() is None
    assert postmaster(data).pid == server.pid
    embedded.detach(data)


def test_a_stale_pid_file_with_a_reused_number_is_ignored(data: Path) -> None:
    embedded.attach(data, durable=False)
    pid_file = embedded.cluster_home(data) / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    embedded.detach(data)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert connect(embedded.attach(data, durable=False)).close() is None
    embedded.detach(data)


def test_a_taken_port_is_replaced(data: Path) -> None:
    before = State.load_or_new(data)
    with (
        socket.create_server(("127.0.0.1", before.postgres_port)),
        socket.create_server(("127.0.0.1", before.redis_port)),
    ):
        assert not is_free(before.postgres_port)
        endpoints = embedded.attach(data, durable=False)
        assert embedded.running(data) == endpoints
    after = State.load(data)
    assert after.postgres_port != before.postgres_port
    assert after.redis_port != before.redis_port
    embedded.detach(data)


def test_only_what_is_asked_for_is_started(data: Path) -> None:
    endpoints = embedded.attach(data, database_url="postgresql+psycopg://own/db", durable=False)
    assert endpoints.database_url == "postgresql+psycopg://own/db"
    with Redis.from_url(endpoints.redis_url) as client:
        assert client.ping()
    assert embedded.running(data) is None
    embedded.detach(data)


def test_nothing_is_touched_where_both_addresses_are_given(tmp_path: Path) -> None:
    endpoints = embedded.attach(
        tmp_path, database_url="postgresql://own/db", redis_url="redis://own"
    )
    assert endpoints == embedded.Endpoints("postgresql://own/db", "redis://own")
    assert list(tmp_path.iterdir()) == []


def test_nobody_else_can_read_the_password(attached: embedded.Endpoints, data: Path) -> None:
    assert (data / "services.json").stat().st_mode & 0o077 == 0
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            host="127.0.0.1",
            port=State.load(data).postgres_port,
            user="koshelok",
            password="guess",
            dbname="koshelok",
        )
    arguments = " ".join(
        argument for process in psutil.process_iter() for argument in _command(process)
    )
    assert State.load(data).password not in arguments


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_as_root_no_folder_is_opened_up(data: Path) -> None:
    modes = {folder: folder.stat().st_mode for folder in [data, *data.parents]}
    embedded.attach(data, durable=False)
    embedded.detach(data)
    assert {folder: folder.stat().st_mode for folder in modes} == modes
    assert embedded.cluster_home(data).stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_as_root_a_closed_folder_keeps_its_cluster_with_the_account(
    data: Path, attached: embedded.Endpoints
) -> None:
    reachable = account.reaches(data)
    assert (data / "postgres").is_symlink() != reachable
    assert postmaster(data).username() == account.NAME


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs a copy")
def test_as_root_the_programs_are_copied_where_they_cannot_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "HOME", tmp_path / "home")
    monkeypatch.setattr(account, "reaches", lambda path: False)
    programs = binaries.postgres()
    assert programs.is_relative_to(tmp_path)
    assert programs == binaries.postgres()
    done = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    assert "PostgreSQL" in done.stdout


def test_second_start_is_quick(data: Path) -> None:
    embedded.attach(data)
    embedded.detach(data)
    started = time.monotonic()
    embedded.attach(data)
    assert time.monotonic() - started < 5
    embedded.detach(data)
