"""What every gateway is, and how one says that it could not."""

from typing import Protocol

from koshelok.messaging.models import Message


class GatewayUnavailable(Exception):  # a fact, as all errors here
    """Not now: the same message may be tried again later."""


class GatewayRefused(Exception):  # a fact, as all errors here
    """Never: this message or this account is not accepted."""


class Gateway(Protocol):
    """Hands one message to the outside."""

    name: str

    def send(self, message: Message) -> str:
        """Deliver; answers the other side's reference.

        Raises GatewayUnavailable, GatewayRefused.
        """
