"""What was written for somebody, as they would read it."""

import re

from flask import Flask
from sqlalchemy import select

from koshelok.infra.db import session
from koshelok.messaging.models import Message


def messages_to(app: Flask, recipient: str) -> list[Message]:
    """The messages to a contact, newest first."""
    with app.app_context():
        return list(
            session.scalars(
                select(Message).where(Message.recipient == recipient).order_by(Message.id.desc())
            )
        )


def code_for(app: Flask, recipient: str) -> str:
    """The last code that was written to a contact."""
    found = re.search(r"\b\d{6}\b", messages_to(app, recipient)[0].text)
    assert found is not None
    return found.group()
