"""/debtors/import: people with their balances brought as a file, and the whole book taken out."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError, Invalid
from koshelok.core.page import DEFAULT_LIMIT
from koshelok.debtors import import_words as words
from koshelok.debtors.forms.imports import ColumnsForm, FileForm, StartForm
from koshelok.debtors.models import Import, ImportStatus
from koshelok.debtors.operations import exports, imports, reverts
from koshelok.debtors.queries import imports as queries
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access, limits
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import render, see_other
from koshelok.web.problems import message_of

bp = Blueprint("imports", __name__, url_prefix="/debtors")
_TEMPLATES = {
    ImportStatus.UPLOADED: "debtors/import_preview.html",
    ImportStatus.RUNNING: "debtors/import_work.html",
    ImportStatus.REVERTING: "debtors/import_work.html",
    ImportStatus.DONE: "debtors/import_result.html",
    ImportStatus.REVERTED: "debtors/import_result.html",
}


@bp.get("/import")
@access.owner
def index() -> Response:
    """A file to choose, the imports before it, and the way out."""
    return _index(FileForm(formdata=None))


@bp.post("/import")
@access.owner
def bring() -> Response:
    """Keep the file and look at it; nothing enters the book yet."""
    form = FileForm()
    if not form.validate():
        return _index(form, 422)
    _count_look()
    file = form.file.data
    try:
        with unit_of_work():
            brought = imports.bring_file(
                **_place(), stream=file.stream, file_name=file.filename or "",
                labels=words.field_labels(),
            )  # fmt: skip
    except Invalid as error:
        form.refuse(error)
        return _index(form, error.status)
    return see_other(url_for(".show", id=brought.id))


@bp.get("/import/<uuid:id>")
@access.owner
def show(id: UUID) -> Response:
    """How it stands: its columns and rows, its progress, or what came of it."""
    return _show(queries.get_import(current_workspace().id, id))


@bp.post("/import/<uuid:id>/columns")
@access.owner
def map_columns(id: UUID) -> Response:
    """Look at the rows again with these columns."""
    _count_look()
    columns = ColumnsForm().columns()
    return _then(id, lambda: imports.map_columns(**_workspace(), import_id=id, columns=columns))


@bp.post("/import/<uuid:id>/start")
@access.owner
def start(id: UUID) -> Response:
    """Enter the rows, in the worker; also go on after a stop."""
    duplicates, told = StartForm().duplicates.data or "", words.import_words()
    return _then(
        id,
        lambda: imports.start_import(**_place(), import_id=id, duplicates=duplicates, words=told),
    )


@bp.post("/import/<uuid:id>/drop")
@access.owner
def drop(id: UUID) -> Response:
    """Forget a file that was only looked at."""
    with unit_of_work():
        imports.drop_import(**_workspace(), import_id=id)
    flash(_("The file was dropped. Nothing was imported."), "success")
    return see_other(url_for(".index"))


@bp.post("/import/<uuid:id>/revert")
@access.owner
def revert(id: UUID) -> Response:
    """Take it back, in the worker."""
    reason = _("The import was taken back")
    return _then(id, lambda: reverts.start_revert(**_place(), import_id=id, reason=reason))


@bp.post("/export")
@access.owner
def export() -> Response:
    """Begin to write the whole book into a file; its progress has a page."""
    with unit_of_work():
        job = exports.start_export(
            **_place(), format=request.form.get("format", ""), words=words.export_words()
        )
    return see_other(url_for("jobs.show", id=job.id))


def _workspace() -> dict[str, Any]:
    return {"workspace_id": current_workspace().id}


def _place() -> dict[str, Any]:
    return {"actor_id": current_actor().id, **_workspace()}


def _count_look() -> None:
    """Reading a whole file takes a while."""
    limits.hit(current().limit_imports, "import", str(current_actor().id))


def _then(id: UUID, change: Any) -> Response:
    """Change the import and show it; a refusal is said on its page."""
    try:
        with unit_of_work():
            change()
    except DomainError as error:
        if error.status == 404:
            raise
        found = queries.get_import(current_workspace().id, id)
        return _show(found, message_of(error), error.status)
    return see_other(url_for(".show", id=id))


def _index(form: FileForm, status: int = 200) -> Response:
    cursor = request.args.get("cursor")
    page = queries.list_imports(current_workspace().id, limit=DEFAULT_LIMIT, cursor=cursor)
    more_url = url_for(".index", cursor=page.next_cursor) if page.next_cursor else None
    fragment = "rows" if cursor else "main"
    return render(
        "debtors/import.html", fragment, status=status, form=form, page=page, more_url=more_url
    )


def _show(found: Import, refusal: str = "", status: int = 200) -> Response:
    chosen, shown = request.args.get("show", "all"), found.counts.get("shown", {})
    return render(
        _TEMPLATES[ImportStatus(found.status)], "stand", status=status, found=found,
        refusal=refusal, chosen=chosen, rows=shown.get(chosen) or (), labels=words.FIELDS,
        columns=ColumnsForm.of(found.mapping), form=StartForm(formdata=None), decimal=Decimal,
        job=queries.find_job(current_actor().id, found.job_id),
        stopped=queries.is_stopped(found),
    )  # fmt: skip
