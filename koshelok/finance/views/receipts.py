"""Receipts of a record: to members of its workspace only, never as anything but what they are."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, send_from_directory, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from koshelok.core.errors import DomainError, NotFound
from koshelok.finance import operations, queries
from koshelok.finance.models import Receipt, ReceiptKind
from koshelok.finance.receipts import (
    MAX_FILES,
    PDF_SUFFIX,
    TYPES,
    receipts_folder,
    small_name,
)
from koshelok.finance.uploads import ACCEPTED, ReceiptsForm, allow_receipts, take_receipts
from koshelok.finance.views.changes import undo_url_of
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access, limits
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, is_partial, render
from koshelok.web.toasts import said

bp = Blueprint("receipts", __name__)
_OF_A_RECORD = "/transactions/<int:id>/receipts"
_POLICY = "default-src 'none'; sandbox"


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: object) -> None:
    if endpoint == "finance.receipts.add" and request.method == "POST":
        allow_receipts()


@bp.get(_OF_A_RECORD)
@access.viewer
def index(id: int) -> Response:
    """The receipts of a record."""
    return _page(id)


@bp.post(_OF_A_RECORD)
@access.editor
def add(id: int) -> Response:
    """Attach all that were chosen, or none and say why."""
    queries.get_record(current_workspace().id, id)
    form = ReceiptsForm()
    if not form.validate() or not form.receipts.data:
        form.receipts.errors = [*form.receipts.errors, _("Choose a photo or a PDF.")]
        return _page(id, form, 422)
    try:
        files = take_receipts(form.receipts.data, actor_id=current_actor().id)
        with unit_of_work():
            change_id = operations.attach_receipts(**_whose(), transaction_id=id, files=files)
    except DomainError as error:
        form.refuse(error)
        return _page(id, form, error.status)
    told = ngettext("%(num)d receipt added", "%(num)d receipts added", len(files))
    return _changed(id, told, change_id)


@bp.post("/receipts/<uuid:receipt>/delete")
@access.editor
def remove(receipt: UUID) -> Response:
    """Take one away; Undo brings it back."""
    of = queries.get_receipt(current_workspace().id, receipt).transaction_id
    with unit_of_work():
        change_id = operations.remove_receipt(**_whose(), receipt_id=receipt)
    return _changed(of, _("Receipt removed"), change_id)


@bp.get("/receipts/<uuid:receipt>")
@access.viewer
def show(receipt: UUID) -> Response:
    """The picture, or the PDF to be saved."""
    found = queries.get_receipt(current_workspace().id, receipt)
    return _file(found, found.file, attached=found.kind == ReceiptKind.PDF)


@bp.get("/receipts/<uuid:receipt>/small")
@access.viewer
@limits.uncounted
def small(receipt: UUID) -> Response:
    """The picture for lists; a PDF has none."""
    found = queries.get_receipt(current_workspace().id, receipt)
    if found.kind != ReceiptKind.IMAGE:
        raise NotFound
    return _file(found, small_name(found.file))


def receipts_of(id: int, form: ReceiptsForm | None = None) -> dict[str, Any]:
    """What finance/_receipts.html shows of a record."""
    return {
        "receipts": queries.list_receipts(current_workspace().id, id),
        "receipts_form": form or ReceiptsForm(formdata=None),
        "receipts_limit": MAX_FILES,
        "receipts_accepted": ACCEPTED,
    }


def _file(receipt: Receipt, name: str, *, attached: bool = False) -> Response:
    """Under a policy that lets it do nothing; asked for again each time, so that who left the
    workspace sees nothing from a cache."""
    response = send_from_directory(
        receipts_folder(), name, mimetype=TYPES[ReceiptKind(receipt.kind)],
        as_attachment=attached, download_name=_name_of(receipt) if attached else None,
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _name_of(receipt: Receipt) -> str:
    """What it is saved as: a PDF, whatever its person called it."""
    return receipt.name.removesuffix(PDF_SUFFIX) + PDF_SUFFIX


def _whose() -> dict[str, int]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _changed(id: int, message: str, change_id: int) -> Response:
    undo_url = undo_url_of(change_id)
    if is_partial():
        return _page(id, message=message, undo_url=undo_url)
    return said(message, event=Event.TRANSACTION_CHANGED, back=url_for(".index", id=id),
                undo_url=undo_url)  # fmt: skip


def _page(id: int, form: ReceiptsForm | None = None, status: int = 200, **told: Any) -> Response:
    record = queries.get_record(current_workspace().id, id)
    return render(
        "finance/receipts.html", "receipts", status=status, record=record,
        **receipts_of(id, form), **told,
    )  # fmt: skip
