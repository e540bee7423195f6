"""SMS through Eskiz (notify.eskiz.uz): sign in for a token, then send with it."""

from threading import Lock
from typing import Any

import httpx

from koshelok.infra.settings import Settings
from koshelok.messaging.gateways.base import GatewayRefused, GatewayUnavailable
from koshelok.messaging.models import Message

TIMEOUT_SECONDS = 10
_UNAUTHORIZED = 401
_TRY_LATER = {408, 425, 429}

# One token a process and account: it lives for 30 days, and signing in has its own limit.
_tokens: dict[tuple[str, str], str] = {}
_lock = Lock()


class EskizGateway:
    """Speaks Eskiz's HTTP API; a token that has run out is renewed once."""

    name = "eskiz"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._account = (settings.eskiz_url, settings.eskiz_email)

    def send(self, message: Message) -> str:
        """Hand the SMS over; answers Eskiz's id of it."""
        try:
            with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
                answer = self._send(client, message, self._token(client))
                if answer.status_code == _UNAUTHORIZED:
                    self._forget_token()
                    answer = self._send(client, message, self._token(client))
                return str(_body(answer).get("id", ""))
        except httpx.HTTPError as error:
            raise GatewayUnavailable(f"{type(error).__name__}: {error}") from error

    def _send(self, client: httpx.Client, message: Message, token: str) -> httpx.Response:
        return client.post(
            f"{self._settings.eskiz_url}/message/sms/send",
            data={
                "mobile_phone": message.recipient.removeprefix("+"),
                "message": message.text,
                "from": self._settings.eskiz_sender,
            },
            headers={"Authorization": f"Bearer {token}"},
        )

    def _token(self, client: httpx.Client) -> str:
        with _lock:
            if self._account not in _tokens:
                _tokens[self._account] = self._sign_in(client)
            return _tokens[self._account]

    def _sign_in(self, client: httpx.Client) -> str:
        answer = client.post(
            f"{self._settings.eskiz_url}/auth/login",
            data={
                "email": self._settings.eskiz_email,
                "password": self._settings.eskiz_password,
            },
        )
        data = _body(answer).get("data")
        token = data.get("token") if isinstance(data, dict) else None
        if not isinstance(token, str):
            raise GatewayUnavailable("sign-in answered no token")
        return token

    def _forget_token(self) -> None:
        with _lock:
            _tokens.pop(self._account, None)


def _body(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of a good answer. What may contain the text is not repeated in errors."""
    if answer.status_code in _TRY_LATER or answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise GatewayUnavailable(f"answered {answer.status_code}")
    if not answer.is_success:
        raise GatewayRefused(f"answered {answer.status_code}")
    try:
        body = answer.json()
    except ValueError as error:
        raise GatewayUnavailable("answered no JSON") from error
    return body if isinstance(body, dict) else {}
