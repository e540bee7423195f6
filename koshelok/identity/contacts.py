"""Contacts as people write them, made one: a phone or an e-mail, or else a user name."""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from koshelok.core.phones import InvalidPhone, read_phone, readable_phone
from koshelok.identity.errors import InvalidContact, InvalidUsername
from koshelok.identity.models import CONTACT_LIMIT, USERNAME_PATTERN

_USERNAME = re.compile(USERNAME_PATTERN)


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone (E.164) or an e-mail (lower case), and the channel that reaches it."""

    channel: str
    value: str


def parse_contact(text: str) -> Contact:
    """Read a phone number or an e-mail; raises InvalidContact."""
    trimmed = text.strip()
    if len(trimmed) > CONTACT_LIMIT:
        raise InvalidContact
    return _email(trimmed) if "@" in trimmed else _phone(trimmed)


def find_contact(text: str) -> Contact | None:
    """The contact that the text is, or None."""
    try:
        return parse_contact(text)
    except InvalidContact:
        return None


def parse_username(text: str) -> str:
    """A user name as typed; raises InvalidUsername."""
    trimmed = text.strip()
    if not _USERNAME.fullmatch(trimmed):
        raise InvalidUsername
    return trimmed


def is_username(text: str) -> bool:
    """Whether the text could be a user name."""
    return bool(_USERNAME.fullmatch(text.strip()))


def login_key(text: str) -> str:
    """What limits and counts of a login go by: all spellings of one login are one."""
    contact = find_contact(text)
    return contact.value if contact else text.strip().lower()[:CONTACT_LIMIT]


def _email(text: str) -> Contact:
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidContact from error
    return Contact("email", found.normalized.lower())


def _phone(text: str) -> Contact:
    try:
        return Contact("sms", read_phone(text))
    except InvalidPhone as error:
        raise InvalidContact from error


def readable(contact: str) -> str:
    """A stored contact as people read it: `+998 90 123 45 67`."""
    return readable_phone(contact) if contact.startswith("+") else contact
