"""Identifiers for whatever leaves the house: UUIDv7 (RFC 9562), ordered by time."""

from uuid import UUID

import uuid_utils


def uuid7() -> UUID:
    """A new time-ordered UUID as the standard library's type."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
