"""Servers that speak what the gateways speak, on the loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from flask import Flask

from koshelok.infra.settings import Settings, current
from koshelok.messaging.gateways import eskiz


@pytest.fixture
def setting(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Change settings for one test."""

    def change(**values: Any) -> Settings:
        settings = current()
        for name, value in values.items():
            monkeypatch.setattr(settings, name, value)
        return settings

    return change


@dataclass
class FakeEskiz:
    """Eskiz's API as its documentation has it; tokens are `token-1`, `token-2`, ..."""

    url: str = ""
    email: str = "shop@example.uz"
    password: str = "secret"
    sign_ins: int = 0
    valid_token: str = ""
    sent: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)

    def answer(self, path: str, form: dict[str, str], bearer: str) -> tuple[int, Any]:
        """What the API says to a POST."""
        if path == "/api/auth/login":
            return self._sign_in(form)
        if path != "/api/message/sms/send":
            return 404, {"message": "not found"}
        if bearer != self.valid_token:
            return 401, {"message": "Expired", "status": "token-invalid"}
        if self.answers:
            return self.answers.pop(0)
        self.sent.append(form)
        return 200, {
            "id": f"sms-{len(self.sent)}",
            "message": "Waiting for SMS provider",
            "status": "waiting",
        }

    def _sign_in(self, form: dict[str, str]) -> tuple[int, Any]:
        if form != {"email": self.email, "password": self.password}:
            return 401, {"message": "Invalid credentials", "data": None}
        self.sign_ins += 1
        self.valid_token = f"token-{self.sign_ins}"
        return 200, {
            "message": "token_generated",
            "data": {"token": self.valid_token},
            "token_type": "bearer",
        }


@pytest.fixture
def fake_eskiz() -> Iterator[FakeEskiz]:
    """The API on a port of its own."""
    fake = FakeEskiz()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {key: values[0] for key, values in parse_qs(raw).items()}
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            status, body = fake.answer(self.path, form, bearer)
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}/api"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    eskiz._tokens.clear()
    yield fake
    eskiz._tokens.clear()
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class FakeMail:
    """A real SMTP server that keeps what it took; `refusal` is what it says to the next mail."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    recipient_refusal: str = ""
    data_refusal: str = ""

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take or refuse a recipient."""
        if self.recipient_refusal:
            return self.recipient_refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take or refuse a mail."""
        if self.data_refusal:
            return self.data_refusal
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        return "250 OK"


class OnFreePort(Controller):
    """Takes whichever port is free, and knows it."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _check_login(
    _server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any
) -> AuthResult:
    right = (b"koshelok", b"smtp-secret")
    return AuthResult(success=(data.login, data.password) == right)


@pytest.fixture
def fake_mail() -> Iterator[FakeMail]:
    """The SMTP server on a port of its own."""
    fake = FakeMail()
    controller = OnFreePort(
        fake, hostname="127.0.0.1", port=0, authenticator=_check_login, auth_require_tls=False
    )
    controller.start()
    fake.port = controller.port
    yield fake
    controller.stop()
