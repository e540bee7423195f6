"""Receipts as requests bring them: counted, and no larger than they may be."""

from collections.abc import Iterable

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from koshelok.finance.operations.receipts import Brought
from koshelok.finance.receipts import MAX_BYTES
from koshelok.infra.settings import current
from koshelok.web import limits
from koshelok.web.forms import FilesField, Form

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"
_REST_OF_THE_FORM = 64 * 1024
_MOST = 64 * 1024 * 1024


class ReceiptsField(FilesField):
    """Photos and PDFs of a record."""

    def __init__(self, label: object = None, validators: object = None, **kwargs: object) -> None:
        super().__init__(label or _l("Receipts"), validators, **kwargs)


class ReceiptsForm(Form):
    """More receipts of a record."""

    receipts = ReceiptsField(_l("Add receipts"))


def take_receipts(files: Iterable[FileStorage], *, actor_id: int) -> list[Brought]:
    """What was chosen, each read to one byte beyond the limit, which attach_receipts refuses;
    raises TooManyRequests."""
    brought = []
    for file in files:
        limits.hit(current().limit_images, "image", str(actor_id))
        brought.append(Brought(file.filename or "", file.stream.read(MAX_BYTES + 1)))
    return brought


def allow_receipts() -> None:
    """Let this request bring receipts as phones take them; to be said before its form is read."""
    request.max_content_length = _MOST + _REST_OF_THE_FORM
