"""What the embedded services say where they cannot be had."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from koshelok.infra import embedded
from koshelok.infra.embedded import EmbeddedError, account, binaries, postgres, redis
from koshelok.infra.embedded.state import State, free_port


@pytest.fixture
def state() -> State:
    return State("secret", free_port(), free_port())


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder the database's account can reach, where that is another's."""
    with tempfile.TemporaryDirectory(prefix="koshelok-refusals-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_an_account_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "NAME", "not:a:name")
    with pytest.raises(EmbeddedError, match="'not:a:name' could not be made"):
        account.ensure()


def test_a_machine_without_useradd_has_adduser(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = []
    monkeypatch.setattr(account, "NAME", "not:a:name")
    monkeypatch.setattr(account.shutil, "which", lambda name: None)
    monkeypatch.setattr(
        account.subprocess, "run", lambda command, **options: commands.append(command)
    )
    with pytest.raises(EmbeddedError):
        account.ensure()
    assert commands[0][0] == "adduser"


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "PACKAGE", "no_such_package")
    with pytest.raises(EmbeddedError, match="no_such_package"):
        binaries.postgres()


def test_a_package_without_a_server_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="no PostgreSQL in it"):
        binaries._newest_install(tmp_path)


def test_the_newest_server_is_taken(tmp_path: Path) -> None:
    for name in ("pginstall", "pginstall9", "pginstall18"):
        (tmp_path / name).mkdir()
    assert binaries._newest_install(tmp_path).name == "pginstall18"


def test_the_machines_own_redis_is_preferred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "redis-server"
    own.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert binaries.redis() == own


def test_a_machine_without_redis_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(binaries, "_package_folder", lambda name: tmp_path)
    with pytest.raises(EmbeddedError, match="set REDIS_URL"):
        binaries.redis()


def test_a_redis_that_does_not_start_is_told(
    data: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis, "START_SECONDS", 0.1)
    monkeypatch.setattr(binaries, "redis", lambda: Path("/bin/false"))
    with pytest.raises(EmbeddedError, match="Redis does not start"):
        redis.start(data, state)
    redis.stop(state)  # nothing runs: nothing to do


def test_a_database_that_cannot_be_made_is_told(
    data: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "INITDB_OPTIONS", ("--no-such-option",))
    with pytest.raises(EmbeddedError, match="no-such-option"):
        postgres.start(data, state, durable=False)


def test_a_server_that_does_not_start_is_told(
    data: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.start(data, state, durable=False)
    postgres.stop(data)
    postgres.stop(data)  # stopped already: nothing to do
    (postgres.home(data) / "cluster" / "PG_VERSION").write_text("9.6\n")
    monkeypatch.setattr(postgres, "START_SECONDS", 0.5)
    with pytest.raises(EmbeddedError, match=r"initialized by PostgreSQL version 9\.6"):
        postgres.start(data, state, durable=False)


def test_a_stop_that_hangs_is_forced(
    data: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.start(data, state, durable=False)
    monkeypatch.setattr(postgres.signal, "SIGINT", postgres.signal.SIGWINCH)  # is ignored
    monkeypatch.setattr(postgres, "STOP_SECONDS", 1)
    postgres.stop(data)
    assert not postgres.is_running(state)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_a_cluster_out_of_reach_is_not_replaced_by_an_empty_one(
    data: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "postgres").mkdir()
    monkeypatch.setattr(account, "reaches", lambda path: False)
    with pytest.raises(EmbeddedError, match="can no longer reach"):
        postgres.start(data, state)
    assert list((data / "postgres").iterdir()) == []


def test_a_detached_process_detaches_again_without_harm(tmp_path: Path) -> None:
    embedded.detach(tmp_path)
    embedded.stop(tmp_path)
