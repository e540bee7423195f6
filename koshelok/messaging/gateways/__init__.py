"""How messages leave: one gateway a channel, chosen by the settings."""

from koshelok.infra.settings import current
from koshelok.messaging.gateways.base import Gateway, GatewayRefused, GatewayUnavailable
from koshelok.messaging.gateways.console import ConsoleGateway
from koshelok.messaging.gateways.eskiz import EskizGateway
from koshelok.messaging.gateways.smtp import SmtpGateway
from koshelok.messaging.models import Channel

__all__ = ["Gateway", "GatewayRefused", "GatewayUnavailable", "gateway_for"]


def gateway_for(channel: str) -> Gateway:
    """The gateway of a channel."""
    settings = current()
    if channel == Channel.SMS and settings.sms_gateway == "eskiz":
        return EskizGateway(settings)
    if channel == Channel.EMAIL and settings.email_gateway == "smtp":
        return SmtpGateway(settings)
    return ConsoleGateway(settings)
