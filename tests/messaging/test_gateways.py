"""Each gateway against a server that really speaks its protocol."""

import logging
from typing import Any

import pytest
from flask import Flask

from koshelok.messaging.gateways import GatewayRefused, GatewayUnavailable, gateway_for
from koshelok.messaging.gateways.console import ConsoleGateway
from koshelok.messaging.gateways.eskiz import EskizGateway
from koshelok.messaging.gateways.smtp import SmtpGateway
from koshelok.messaging.models import Message
from tests.messaging.conftest import FakeEskiz, FakeMail

SMS = Message(channel="sms", recipient="+998901234567", subject="", text="Kod: 123456")
MAIL = Message(channel="email", recipient="ali@example.uz", subject="Кодingiz", text="Код: 123456")
CLOSED_PORT = 1


@pytest.fixture
def eskiz(setting: Any, fake_eskiz: FakeEskiz) -> EskizGateway:
    return EskizGateway(
        setting(
            eskiz_url=fake_eskiz.url,
            eskiz_email=fake_eskiz.email,
            eskiz_password=fake_eskiz.password,
        )
    )


@pytest.fixture
def smtp(setting: Any, fake_mail: FakeMail) -> SmtpGateway:
    return SmtpGateway(setting(smtp_host="127.0.0.1", smtp_port=fake_mail.port))


def test_the_settings_choose_the_gateway(setting: Any) -> None:
    assert (gateway_for("sms").name, gateway_for("email").name) == ("console", "console")
    setting(sms_gateway="eskiz", email_gateway="smtp")
    assert (gateway_for("sms").name, gateway_for("email").name) == ("eskiz", "smtp")


def test_console_refuses_in_production_and_logs_no_code(
    setting: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = ConsoleGateway(setting(env="production"))
    with caplog.at_level(logging.DEBUG), pytest.raises(GatewayRefused):
        gateway.send(SMS)
    assert "123456" not in caplog.text


def test_console_logs_in_development(setting: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        ConsoleGateway(setting(env="development")).send(SMS)
    assert "Kod: 123456" in caplog.text


def test_eskiz_is_unavailable_when_nobody_answers(setting: Any) -> None:
    gateway = EskizGateway(setting(eskiz_url=f"http://127.0.0.1:{CLOSED_PORT}/api"))
    with pytest.raises(GatewayUnavailable):
        gateway.send(SMS)


def test_eskiz_refuses_a_wrong_password(
    eskiz: EskizGateway, setting: Any, fake_eskiz: FakeEskiz
) -> None:
    fake_eskiz.password = "changed"
    with pytest.raises(GatewayRefused, match="401"):
        eskiz.send(SMS)


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_eskiz_may_be_tried_again_after(
    eskiz: EskizGateway, fake_eskiz: FakeEskiz, status: int
) -> None:
    fake_eskiz.answers = [(status, {"message": "later"})]
    with pytest.raises(GatewayUnavailable, match=str(status)):
        eskiz.send(SMS)


def test_eskiz_refuses_a_message_for_good(eskiz: EskizGateway, fake_eskiz: FakeEskiz) -> None:
    fake_eskiz.answers = [(422, {"message": "mobile_phone invalid: 123456"})]
    with pytest.raises(GatewayRefused, match=r"^answered 422$"):
        eskiz.send(SMS)


@pytest.mark.parametrize("body", ["<html>", "[1, 2]", "{}"])
def test_eskiz_sign_in_that_answers_no_token_is_tried_again(
    eskiz: EskizGateway, fake_eskiz: FakeEskiz, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr(FakeEskiz, "_sign_in", lambda *_: (200, body))
    with pytest.raises(GatewayUnavailable):
        eskiz.send(SMS)


def test_eskiz_sends_with_a_token_that_it_keeps(eskiz: EskizGateway, fake_eskiz: FakeEskiz) -> None:
    assert eskiz.send(SMS) == "sms-1"
    assert eskiz.send(SMS) == "sms-2"
    assert fake_eskiz.sign_ins == 1
    assert fake_eskiz.sent[0] == {
        "mobile_phone": "998901234567",
        "message": "Kod: 123456",
        "from": "4546",
    }


def test_eskiz_signs_in_again_once_when_the_token_ran_out(
    eskiz: EskizGateway, fake_eskiz: FakeEskiz
) -> None:
    eskiz.send(SMS)
    fake_eskiz.valid_token = "another"
    assert eskiz.send(SMS) == "sms-2"
    assert fake_eskiz.sign_ins == 2


def test_eskiz_gives_up_when_a_new_token_is_refused_too(
    eskiz: EskizGateway, fake_eskiz: FakeEskiz
) -> None:
    fake_eskiz.answers = [(401, {}), (401, {})]
    with pytest.raises(GatewayRefused, match="401"):
        eskiz.send(SMS)
    assert fake_eskiz.sign_ins == 2


def test_smtp_is_unavailable_when_nobody_answers(setting: Any) -> None:
    gateway = SmtpGateway(setting(smtp_host="127.0.0.1", smtp_port=CLOSED_PORT))
    with pytest.raises(GatewayUnavailable):
        gateway.send(MAIL)


@pytest.mark.parametrize(
    ("answer", "error"),
    [("550 no such mailbox", GatewayRefused), ("450 mailbox busy", GatewayUnavailable)],
)
def test_smtp_tells_a_refused_recipient_from_a_busy_one(
    smtp: SmtpGateway, fake_mail: FakeMail, answer: str, error: type[Exception]
) -> None:
    fake_mail.recipient_refusal = answer
    with pytest.raises(error, match=answer[:3]):
        smtp.send(MAIL)


@pytest.mark.parametrize(
    ("answer", "error"),
    [("554 spam", GatewayRefused), ("451 try again", GatewayUnavailable)],
)
def test_smtp_tells_a_refused_mail_from_one_to_try_again(
    smtp: SmtpGateway, fake_mail: FakeMail, answer: str, error: type[Exception]
) -> None:
    fake_mail.data_refusal = answer
    with pytest.raises(error, match=answer[:3]):
        smtp.send(MAIL)


def test_smtp_without_tls_is_unavailable_when_tls_is_asked_for(
    smtp: SmtpGateway, setting: Any
) -> None:
    setting(smtp_tls=True)
    with pytest.raises(GatewayRefused, match="STARTTLS"):
        smtp.send(MAIL)


def test_smtp_sends_a_whole_mail(smtp: SmtpGateway, fake_mail: FakeMail) -> None:
    reference = smtp.send(MAIL)
    (mail,) = fake_mail.mails
    assert fake_mail.recipients == ["ali@example.uz"]
    assert mail["To"] == "ali@example.uz"
    assert mail["Subject"] == "Кодingiz"
    assert mail["From"] == "Koshelok <no-reply@koshelok.localhost>"
    assert mail["Message-ID"] == reference
    assert mail.get_content().strip() == "Код: 123456"


def test_smtp_signs_in_where_a_user_is_set(
    smtp: SmtpGateway, setting: Any, fake_mail: FakeMail
) -> None:
    setting(smtp_user="koshelok", smtp_password="smtp-secret")
    smtp.send(MAIL)
    assert len(fake_mail.mails) == 1


def test_smtp_with_a_wrong_password_may_be_tried_again(smtp: SmtpGateway, setting: Any) -> None:
    setting(smtp_user="koshelok", smtp_password="wrong")
    with pytest.raises(GatewayUnavailable):
        smtp.send(MAIL)


def test_smtp_refuses_a_header_that_would_split(context: Flask, smtp: SmtpGateway) -> None:
    with pytest.raises(GatewayRefused):
        smtp.send(Message(recipient="a@b.uz\nBcc: c@d.uz", subject="x", text="y"))
