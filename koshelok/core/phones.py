"""Phone numbers as people write them, made one (E.164): the only place that reads them."""

import re

import phonenumbers

from koshelok.core.errors import Invalid

REGION = "UZ"
_PHONE_LIKE = re.compile(r"\+?[\d\s().-]{7,30}")


class InvalidPhone(Invalid):
    """Not a telephone number anywhere."""

    code = "invalid_phone"
    message = "Write a phone number such as +998 90 123 45 67."
    field = "phone_number"


def read_phone(text: str) -> str:
    """A number in any spelling as E.164; without a country code it is Uzbekistan's.

    Raises InvalidPhone.
    """
    trimmed = text.strip()
    if not _PHONE_LIKE.fullmatch(trimmed):
        raise InvalidPhone
    try:
        number = phonenumbers.parse(trimmed, REGION)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone from error
    if not phonenumbers.is_valid_number(number):
        raise InvalidPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable_phone(phone: str) -> str:
    """A stored number as people read it: `+998 90 123 45 67`."""
    number = phonenumbers.parse(phone)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked_phone(phone: str) -> str:
    """A stored number as somebody sees it who may not be its owner: `+998 •• ••• •• 67`."""
    country, _, rest = readable_phone(phone).partition(" ")
    return f"{country} {re.sub('[0-9]', '•', rest[:-2])}{rest[-2:]}"
