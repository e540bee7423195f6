"""/settings/data: everything taken out as one ZIP, and brought back into an empty workspace."""

from flask import Blueprint, Response, request, url_for
from flask_babel import get_locale

from koshelok.archive import operations
from koshelok.archive.errors import WorkspaceNotEmpty
from koshelok.archive.forms import ArchiveForm
from koshelok.archive.words import archive_words
from koshelok.core.errors import DomainError
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access, limits
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import render, see_other

bp = Blueprint("archive", __name__, url_prefix="/settings/data")
_REST_OF_THE_FORM = 64 * 1024


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: object) -> None:
    if endpoint == "archive.bring":
        request.max_content_length = current().max_archive_bytes + _REST_OF_THE_FORM


@bp.get("")
@access.viewer
def index() -> Response:
    """The way out, and the way in where nothing is yet."""
    return _page(ArchiveForm(formdata=None))


@bp.post("/export")
@access.owner
def export() -> Response:
    """Begin to write everything into a ZIP; its progress has a page."""
    _count()
    workspace = current_workspace()
    with unit_of_work():
        job = operations.start_export(
            actor_id=current_actor().id, workspace_id=workspace.id,
            own=workspace.kind == "personal", words=archive_words(),
        )  # fmt: skip
    return see_other(url_for("jobs.show", id=job.id))


@bp.post("/import")
@access.owner
def bring() -> Response:
    """Begin to bring an archive in; its progress has a page."""
    form = ArchiveForm()
    if not form.validate():
        return _page(form, 422)
    _count()
    try:
        with unit_of_work():
            job = operations.start_import(
                actor_id=current_actor().id, workspace_id=current_workspace().id,
                stream=form.file.data.stream, language=str(get_locale()),
            )  # fmt: skip
    except DomainError as error:
        form.refuse(error)
        return _page(form, error.status)
    return see_other(url_for("jobs.show", id=job.id))


def _count() -> None:
    """Each reads or writes much."""
    limits.hit(current().limit_imports, "import", str(current_actor().id))


def _page(form: ArchiveForm, status: int = 200) -> Response:
    empty = True
    try:
        operations.check_empty(workspace_id=current_workspace().id)
    except WorkspaceNotEmpty:
        empty = False
    return render("archive/index.html", status=status, form=form, empty=empty)
