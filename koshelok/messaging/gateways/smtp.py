"""E-mail through an SMTP server."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from koshelok.infra.settings import Settings
from koshelok.messaging.gateways.base import GatewayRefused, GatewayUnavailable
from koshelok.messaging.models import Message

TIMEOUT_SECONDS = 10
_PERMANENT = range(500, 600)


class SmtpGateway:
    """One connection a message: codes are few, and a kept connection is one more thing to lose."""

    name = "smtp"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, message: Message) -> str:
        """Hand the mail over; a 5xx answer about the recipient or the mail is final."""
        mail = self._mail(message)
        try:
            self._deliver(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            raise _failure(max(codes), "recipient refused") from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _failure(error.smtp_code, "mail refused") from error
        except smtplib.SMTPNotSupportedError as error:
            raise GatewayRefused(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise GatewayUnavailable(f"{type(error).__name__}: {error}") from error
        return str(mail["Message-ID"])

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        try:
            mail["From"] = self._settings.email_sender
            mail["To"] = message.recipient
            mail["Subject"] = message.subject
        except ValueError as error:
            raise GatewayRefused("a header would break in two") from error
        mail["Date"] = formatdate()
        mail["Message-ID"] = make_msgid(domain="koshelok")
        mail.set_content(message.text)
        return mail

    def _deliver(self, mail: EmailMessage) -> None:
        settings = self._settings
        with smtplib.SMTP(
            settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS
        ) as server:
            if settings.smtp_tls:
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(mail)


def _failure(code: int, what: str) -> Exception:
    kind = GatewayRefused if code in _PERMANENT else GatewayUnavailable
    return kind(f"{what}: {code}")
