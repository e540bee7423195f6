"""Addresses: ids that no row can have are not found, and what people outside are told to open."""

from typing import Any

from flask import url_for
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter

from koshelok.infra.settings import current

MAX_ID = 2**63 - 1


class IdConverter(IntegerConverter):
    """`<int:id>`, as far as a bigint goes: beyond it nothing is found, whatever the method."""

    def to_python(self, value: str) -> int:
        """The id; raises NotFound."""
        id_: int = super().to_python(value)
        if id_ > MAX_ID:
            raise NotFound
        return id_


def public_address(endpoint: str, **values: Any) -> str:
    """The whole address of a page, for an SMS or a QR code: at PUBLIC_URL where that is set, since
    the Host of a request is whatever its sender wrote."""
    if origin := current().public_url:
        return origin + url_for(endpoint, **values)
    return url_for(endpoint, **values, _external=True)
