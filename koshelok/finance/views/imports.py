"""/transactions/import: records brought as a table or a bank's statement."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError, Invalid
from koshelok.core.page import DEFAULT_LIMIT, MAX_LIMIT, Page
from koshelok.finance import import_words as words
from koshelok.finance.import_forms import ColumnsForm, FileForm
from koshelok.finance.incoming import MAX_ROWS, is_ready
from koshelok.finance.models import Import, ImportStatus
from koshelok.finance.operations import imports, undo_change
from koshelok.finance.queries import imports as queries
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access, limits
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import render, see_other
from koshelok.web.problems import message_of

bp = Blueprint("imports", __name__, url_prefix="/transactions/import")
_REST_OF_THE_FORM = 64 * 1024


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: object) -> None:
    """Before the form is read."""
    if endpoint == "finance.imports.bring":
        request.max_content_length = current().max_import_bytes + _REST_OF_THE_FORM


@bp.get("")
@access.editor
def index() -> Response:
    """A file to choose, and the imports before it."""
    return _index(FileForm(formdata=None))


@bp.post("")
@access.editor
def bring() -> Response:
    """Keep the file and have it read; nothing is saved yet."""
    form = FileForm()
    if not form.validate():
        return _index(form, 422)
    _count_look()
    file = form.file.data
    try:
        with unit_of_work():
            brought = imports.bring_file(
                **_whose(), stream=file.stream, file_name=file.filename or "",
                labels=words.field_labels(), words=words.import_words(),
            )  # fmt: skip
    except Invalid as error:
        form.refuse(error)
        return _index(form, error.status)
    return see_other(url_for(".show", id=brought.id))


@bp.get("/<uuid:id>")
@access.editor
def show(id: UUID) -> Response:
    """How it stands: its columns and rows, its progress, or what came of it."""
    return _show(queries.get_import(current_workspace().id, id))


@bp.post("/<uuid:id>/columns")
@access.editor
def map_columns(id: UUID) -> Response:
    """Read the rows again with these columns."""
    _count_look()
    form = ColumnsForm()
    return _then(id, lambda: imports.map_columns(
        **_whose(), import_id=id, columns=form.columns(), positive=form.positive.data or "",
        words=words.import_words(),
    ))  # fmt: skip


@bp.post("/<uuid:id>/start")
@access.editor
def start(id: UUID) -> Response:
    """Save the new rows, in the worker; also go on after a stop."""
    name = queries.get_import(current_workspace().id, id).file_name
    told = words.import_words(name)
    return _then(id, lambda: imports.start_import(**_whose(), import_id=id, words=told))


@bp.post("/<uuid:id>/drop")
@access.editor
def drop(id: UUID) -> Response:
    """Forget a file that was only looked at."""
    with unit_of_work():
        imports.drop_import(workspace_id=current_workspace().id, import_id=id)
    flash(_("The file was dropped. Nothing was imported."), "success")
    return see_other(url_for(".index"))


@bp.post("/<uuid:id>/revert")
@access.editor
def revert(id: UUID) -> Response:
    """Take all of it back; Undo of that brings it again."""
    found = queries.get_import(current_workspace().id, id)
    change_id = found.change_id or 0
    with unit_of_work():
        undo_change(**_whose(), change_id=change_id)
    flash(_("The import was taken back"), f"undo:{url_for('finance.changes.redo', id=change_id)}")
    return see_other(url_for(".index"))


def _whose() -> dict[str, Any]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _count_look() -> None:
    """Reading a whole file takes a while."""
    limits.hit(current().limit_imports, "import", str(current_actor().id))


def _then(id: UUID, change: Callable[[], object]) -> Response:
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
    return render(
        "finance/import.html", "rows" if cursor else "main", status=status, form=form, page=page,
        more_url=more_url, max_rows=MAX_ROWS,
    )  # fmt: skip


def _show(found: Import, refusal: str = "", status: int = 200) -> Response:
    """While the worker has it, its progress; what stopped before it was read, its columns."""
    working, stopped = queries.is_working(found), queries.is_stopped(found)
    job = queries.find_job(current_actor().id, found.job_id)
    context: dict[str, Any] = {"found": found, "refusal": refusal, "job": job, "decimal": Decimal}
    if working or stopped:
        return render(
            "finance/import_work.html", "stand", status=status, stopped=stopped, **context
        )
    if found.status == ImportStatus.DONE:
        return render("finance/import_result.html", "stand", status=status,
                      taken_back=queries.is_taken_back(found), **context)  # fmt: skip
    return _preview(status, context)


def _preview(status: int, context: dict[str, Any]) -> Response:
    found: Import = context["found"]
    chosen = request.args.get("show", "")
    chosen = chosen if chosen in queries.STATES else ""
    cursor = request.args.get("cursor")
    page: Page[queries.PreviewRow] = Page([], None)
    if found.status == ImportStatus.READY:
        page = queries.list_rows(current_workspace().id, found.id, status=chosen or None,
                                 limit=MAX_LIMIT, cursor=cursor)  # fmt: skip
    more_url = page.next_cursor and url_for(
        ".show", id=found.id, show=chosen or None, cursor=page.next_cursor
    )
    positive = found.mapping.get("positive")
    return render(
        "finance/import_preview.html", "rows" if cursor else "stand", status=status, page=page,
        chosen=chosen, more_url=more_url, labels=words.FIELDS, ready=is_ready(found.mapping),
        columns=ColumnsForm.of(found.mapping, positive=positive), **context,
    )  # fmt: skip
