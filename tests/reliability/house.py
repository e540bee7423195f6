"""The whole house on loopback, in processes of its own that can be killed: services, web, worker.

Run as a module it fills the database of the environment: people with cards, tokens and debtors,
and a shop of the first, as JSON.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import psycopg
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError

from koshelok.infra import embedded
from koshelok.infra.embedded.state import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
PEOPLE, MONEY, DEBTORS, GOODS = 4, 100_000_000, 3, 3


class House:
    """PostgreSQL (with fsync), Redis, two web processes and a worker, over a DATA folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.endpoints = embedded.attach(data)
        self.log = (data / "house.log").open("ab")
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What every process is started with."""
        return os.environ | {
            "DATA": str(self.data),
            "DATABASE_URL": self.endpoints.database_url,
            "REDIS_URL": self.endpoints.redis_url,
            "KOSHELOK_ENV": "development",
            "LIMIT_DEFAULT": "1000000 per minute",
            "LIMIT_TRANSFERS": "1000000 per minute",
            "LIMIT_ORDERS": "1000000 per minute",
        }

    @property
    def address(self) -> str:
        """Where the web answers."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, *command: str) -> str:
        """Run a command of ours to its end; answers what it said."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr[-4000:]
        return done.stdout

    def start(self, name: str) -> None:
        """Start the web or the worker."""
        commands = {
            "web": ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "2",
                    "--port", str(self.port), "--blocking-threads", "4",
                    "--respawn-failed-workers", "--no-ws", "wsgi:app"],
            "worker": ["flask", "--app", "wsgi", "worker"],
        }  # fmt: skip
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", *commands[name]], cwd=ROOT, env=self.environment,
            stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip

    def wait_until_ready(self) -> None:
        """Until the web answers that it can work."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError), urlopen(f"{self.address}/readyz", timeout=5):
                return
            time.sleep(0.1)
        raise AssertionError(f"it does not get ready: {self.said()[-3000:]}")

    def said(self) -> str:
        """The log of all processes."""
        return (self.data / "house.log").read_text(errors="replace")

    # What kills, and what brings back.

    def kill_all(self, name: str) -> None:
        """A process and its children at once, as a power cut."""
        with suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running[name].wait()

    def kill_web(self) -> None:
        """Every web process."""
        self.kill_all("web")
        time.sleep(0.3)
        self.start("web")

    def kill_web_worker(self) -> None:
        """One of the two; the other goes on, and the server starts another."""
        children = psutil.Process(self.running["web"].pid).children()
        children[-1].kill()

    def kill_worker(self) -> None:
        """In the middle of whatever job."""
        self.kill_all("worker")
        self.start("worker")

    def kill_backend(self) -> None:
        """One session's process: PostgreSQL ends all the others and recovers."""
        with psycopg.connect(self.endpoints.database_url.replace("+psycopg", "")) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() ORDER BY xact_start NULLS LAST LIMIT 1"
            ).fetchone()
        if found:
            os.kill(found[0], signal.SIGKILL)

    def kill_postgres(self) -> None:
        """The server itself."""
        home = embedded.cluster_home(self.data)
        pid = int((home / "cluster" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.3)
        self._bring_back()

    def kill_redis(self) -> None:
        """And leave it dead for a while."""
        with suppress(RedisError), Redis.from_url(self.endpoints.redis_url) as redis:
            os.kill(redis.info("server")["process_id"], signal.SIGKILL)
        time.sleep(2)
        self._bring_back()

    def _bring_back(self) -> None:
        back = embedded.attach(self.data)
        assert back == self.endpoints, "a port was taken meanwhile"

    def stop(self) -> None:
        """Everything, for good."""
        for name in self.running:
            self.kill_all(name)
        self.log.close()
        embedded.detach(self.data)
        embedded.stop(self.data)


def fill() -> list[dict[str, Any]]:
    """People with a card each, money on it, a token, and a book with debtors."""
    from koshelok.app import create_app
    from koshelok.debtors import operations as debtors
    from koshelok.identity import operations as identity
    from koshelok.infra.unit_of_work import unit_of_work
    from koshelok.ledger import operations as ledger
    from koshelok.wallet import operations as wallet
    from koshelok.workspaces.queries import list_memberships

    app, people = create_app(), []
    for number in range(PEOPLE):
        login, password = f"person{number}", "a-long-enough-passphrase"
        with app.app_context():
            with unit_of_work():
                person = identity.register_with_password(username=login, password=password)
            with unit_of_work():
                card = wallet.open_card(actor_id=person.id)
                wallet.change_status(actor_id=person.id, card_id=card.id, status="ACTIVE")
                ledger.deposit(actor_id=person.id, key="money", fingerprint="money",
                               target=card.account_id, amount=Decimal(MONEY))  # fmt: skip
                book = {"actor_id": person.id,
                        "workspace_id": list_memberships(person.id)[0].workspace_id}  # fmt: skip
                owe = [debtors.create_debtor(**book, full_name="Aziz",
                                             phone_number=f"+99890000000{n}").id
                       for n in range(DEBTORS)]  # fmt: skip
        body = {"login": login, "password": password}
        tokens = app.test_client().post("/api/v1/auth/login", json=body).get_json()
        people.append({"token": tokens["access"], "card": str(card.id), "number": card.number,
                       "debtors": owe, "page": _browser(app, login, password)})  # fmt: skip
        if not number:
            with app.app_context():
                people[0]["goods"] = _open_shop(person.id)
    return people


def _open_shop(owner_id: int) -> list[int]:
    """A shop with a full shelf; its products."""
    from koshelok.infra.unit_of_work import unit_of_work
    from koshelok.shop import operations as shop
    from koshelok.workspaces import operations as workspaces

    with unit_of_work():
        place = workspaces.open_workspace(actor_id=owner_id, name="Do'kon", kind="shop",
                                          language="uz")  # fmt: skip
        return [
            shop.create_product(actor_id=owner_id, workspace_id=place.workspace_id, name="Choy",
                                category="food", price=Decimal(2000), stock=100_000).id
            for _ in range(GOODS)
        ]  # fmt: skip


def _browser(app: Flask, login: str, password: str) -> dict[str, str]:
    """The headers of somebody signed in to the pages."""
    browser = app.test_client()

    def token(path: str) -> str:
        answer = browser.get(path).get_data(as_text=True)
        found = re.search(r"""X-CSRFToken\W+([\w.-]+)""", answer)
        assert found, answer[:2000]
        return found.group(1)

    form = {"login": login, "password": password, "csrf_token": token("/login")}
    assert browser.post("/login", data=form).status_code == 303
    said = {"X-CSRFToken": token("/debtors"), "Accept": "application/json"}
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie
    return said | {"Cookie": f"{name}={cookie.value}"}


if __name__ == "__main__":
    print(json.dumps(fill()))
