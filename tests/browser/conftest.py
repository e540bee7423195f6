"""A real browser against the real server: granian, its worker, PostgreSQL and Redis."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen
from zlib import crc32

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from koshelok.infra.settings import Settings
from koshelok.worker import run_worker
from tests.conftest import Person

ROOT = Path(__file__).resolve().parents[2]
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1440, 900)}
KEPT = "local_storage,indexeddb,cache_storage"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--mute-audio",
    "--disable-extensions", "--disable-software-rasterizer", "--in-process-gpu",
    "--disable-site-isolation-trials", "--renderer-process-limit=1",
]  # fmt: skip

expect.set_options(timeout=15_000)  # two cores run two browsers and two servers


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def site(settings: Settings) -> Iterator[str]:
    """The address of a server on this run's database."""
    port = _free_port()
    environment = os.environ | {
        "KOSHELOK_ENV": "test",
        "SECRET_KEY": settings.secret_key,
        "DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LIMIT_DEFAULT": "100000 per minute",
        "LIMIT_LOGIN_ACCOUNT": "1000 per minute",
        "LIMIT_LOGIN_ADDRESS": "1000 per minute",
    }
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host",
               "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4",
               "--log-level", "error", "wsgi:app"]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            with urlopen(f"{address}/healthz", timeout=1):  # our own address
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One Playwright a process."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """One Chromium a process."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
    yield browser
    browser.close()


def _listen(page: Page, complaints: list[str]) -> None:
    """Note what the page's scripts, its policy or the server complain of; refusals are answers."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"{page.url}: {message.text}")

    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("console", note)
    page.on("response", lambda r: complaints.append(r.url) if r.status >= 500 else None)


class Contexts:
    """What tests open their pages in, one after another: nothing of a person stays there, only
    the scripts and fonts that every first page would load and compile again."""

    def __init__(self, chromium: Browser, site: str) -> None:
        self._chromium, self._site = chromium, site
        self._idle: dict[tuple[Any, ...], list[BrowserContext]] = {}

    def take(self, options: dict[str, Any], *, own: bool) -> Page:
        """A page of one with these options; with `own`, of one that nobody had before, nor gets
        after."""
        idle = [] if own else self._idle.get(_key(options), [])
        if not idle:
            return self._chromium.new_context(base_url=self._site, **options).new_page()
        page = idle.pop().new_page()
        page.context.new_cdp_session(page).send(
            "Storage.clearDataForOrigin", {"origin": self._site, "storageTypes": KEPT}
        )
        return page

    def put_back(self, context: BrowserContext, options: dict[str, Any], *, own: bool) -> None:
        """Give a context back without pages; what it keeps goes before its next."""
        if own:
            context.close()
            return
        for page in context.pages:
            page.close()
        context.clear_cookies()
        self._idle.setdefault(_key(options), []).append(context)


def _key(options: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(sorted((name, str(value)) for name, value in options.items()))


@pytest.fixture(scope="session")
def contexts(chromium: Browser, site: str) -> Contexts:
    """The contexts of this process."""
    return Contexts(chromium, site)


@pytest.fixture
def open_tab(app: Flask, contexts: Contexts) -> Iterator[Callable[..., Page]]:
    """Open a browser at a size, in a theme, with or without JavaScript.

    Only with `own` is it a new one, with the app's worker, which loads pages for later; its clock
    and permissions may be changed. The test fails when a page's scripts fail, its policy refuses
    something or the server breaks.
    """
    taken: list[tuple[BrowserContext, dict[str, Any], bool]] = []
    complaints: list[str] = []

    def open_(
        size: str = "phone",
        theme: str = "light",
        javascript: bool = True,
        scale: float = 1,
        own: bool = False,
    ) -> Page:
        width, height = SIZES[size]
        options: dict[str, Any] = {
            "viewport": {"width": int(width / scale), "height": height},
            "color_scheme": "dark" if theme == "dark" else "light",
            "java_script_enabled": javascript,
            "locale": "uz-UZ",
            "timezone_id": "Asia/Tashkent",
            "reduced_motion": "reduce",
            "service_workers": "allow" if own else "block",
        }
        page = contexts.take(options, own=own)
        page.context.set_default_timeout(20_000)
        taken.append((page.context, options, own))
        _listen(page, complaints)
        return page

    yield open_
    for context, options, own in taken:
        contexts.put_back(context, options, own=own)
    assert complaints == []


@pytest.fixture
def tab(open_tab: Callable[..., Page]) -> Page:
    """A phone."""
    return open_tab()


@pytest.fixture
def seat(
    request: pytest.FixtureRequest,
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    person: Person,
) -> Page:
    """`person`, signed in, on a phone or at a desk: half of the tests sit here, half there, each
    always at its own place."""
    at_desk = crc32(request.node.nodeid.encode()) % 2
    return sign_in(open_tab("desktop" if at_desk else "phone"), person)


@pytest.fixture
def sign_in() -> Callable[[Page, Person], Page]:
    """Sign in, without the page that test_signing.py goes through as people do."""

    def sign_in_(page: Page, person: Person) -> Page:
        token = TOKEN.search(page.request.get("/login").text())
        assert token is not None
        typed = {"csrf_token": token[1], "login": person.login, "password": person.password}
        assert page.request.post("/login", form=typed, max_redirects=0).status == 303
        page.goto("/dashboard", wait_until="domcontentloaded")
        return page

    return sign_in_


@pytest.fixture
def drain(app: Flask) -> Callable[[], None]:
    """Let the worker do what is queued."""
    return lambda: run_worker(app, burst=True)
