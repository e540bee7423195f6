"""/debtors/settings: how the book asks for money; its owner's."""

from datetime import timedelta
from decimal import Decimal

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.clock import today
from koshelok.core.errors import DomainError
from koshelok.debtors import operations, queries, texts
from koshelok.debtors.forms.settings import BookForm, book_form
from koshelok.debtors.queries import Owed
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import render, see_other
from koshelok.web.locale import LANGUAGES
from koshelok.workspaces import queries as workspaces

bp = Blueprint("settings", __name__, url_prefix="/debtors/settings")


@bp.get("")
@access.owner
def show() -> Response:
    """As it is; the texts in the language that is being chosen."""
    form = book_form(queries.find_book(current_workspace().id))
    asked = request.args.get("language")
    return _page(form, asked if asked in LANGUAGES else form.language.data)


@bp.post("")
@access.owner
def update() -> Response:
    """Say it anew."""
    form = BookForm()
    if not form.validate():
        return _page(form, form.language.data, 422)
    try:
        with unit_of_work():
            operations.edit_book(
                actor_id=current_actor().id, workspace_id=current_workspace().id, **form.values()
            )
    except DomainError as error:
        form.refuse(error)
        return _page(form, form.language.data, error.status)
    flash(_("Saved"), "success")
    return see_other(url_for(".show"))


def _page(form: BookForm, language: str, status: int = 200) -> Response:
    workspace_id, now = current_workspace().id, today()
    return render(
        "debtors/settings.html",
        "examples",
        status=status,
        form=form,
        examples=_examples(workspace_id, language if language in LANGUAGES else "uz"),
        sent=queries.count_sms(workspace_id, now),
        quota=current().debtor_sms_a_month,
    )


def _examples(workspace_id: int, language: str) -> list[str]:
    """What debtors of an invented name would read."""
    shop, soon = workspaces.get_public_name(workspace_id), today() + timedelta(days=2)
    total, part = Decimal(250_000), Decimal(150_000)
    owed = Owed(0, "Aziza", "", reminders=True, total=total, part=part, due=soon)
    return [
        texts.reminder(owed, shop=shop, language=language).text,
        texts.receipt(
            entry="debt", entered=Decimal(50_000), on=today(), balance=total, shop=shop,
            language=language,
        ).text,
    ]  # fmt: skip
