"""For development: messages go to the log and to /dev/inbox."""

import logging

from koshelok.infra.settings import Settings
from koshelok.messaging.gateways.base import GatewayRefused
from koshelok.messaging.models import Message

logger = logging.getLogger(__name__)


class ConsoleGateway:
    """Shows a message to whoever runs the program; in production there is nobody to show it to."""

    name = "console"

    def __init__(self, settings: Settings) -> None:
        self._production = settings.production

    def send(self, message: Message) -> str:
        """Log the message. Codes never reach a production log."""
        if self._production:
            raise GatewayRefused("no gateway is configured: set SMS_GATEWAY and EMAIL_GATEWAY")
        logger.info("message to %s: %s", message.recipient, message.text)
        return ""
