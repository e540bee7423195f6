"""/add: a light page of its own, and the same form in place elsewhere."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, g, jsonify, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from koshelok.core.clock import today
from koshelok.core.errors import DomainError
from koshelok.finance import operations, queries
from koshelok.finance.entry_forms import MORE, SPLIT, WHOLE, AddForm
from koshelok.finance.models import Category
from koshelok.finance.queries import Guess, Record
from koshelok.finance.uploads import ACCEPTED, allow_receipts, take_receipts
from koshelok.finance.views.common import category_icon
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, is_partial, render, see_other
from koshelok.web.problems import domain_problem, problem
from koshelok.web.request import prefers_json
from koshelok.web.toasts import said

bp = Blueprint("finance", __name__)
LONGEST_NOTE = 200


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: object) -> None:
    if endpoint == "finance.record" and request.method == "POST":
        allow_receipts()


@bp.get("/add", endpoint="add")
@access.editor
def new() -> Response:
    """An empty form, ready to type an amount."""
    return _page(_empty())


@bp.post("/add", endpoint="record")
@access.editor
def create() -> Response:
    """Record, say so with Undo, and be ready for the next; what a device sends twice is one."""
    form = AddForm()
    if form.do.data in {SPLIT, MORE, WHOLE}:
        return _page(form)
    guess = _guess(form)
    if not form.validate():
        return _refused(form, 422)
    key = form.client_id.data or uuid4()
    try:
        with unit_of_work():
            records = _write(form, key)
    except DomainError as error:
        return _answer_refusal(form, error)
    return _recorded(records, key, guess)


@bp.get("/add/guess")
@access.editor
def guess() -> Response:
    """The category that a note most likely belongs to, and why."""
    note = request.args.get("note", "").replace("\0", "")[:LONGEST_NOTE]
    found = queries.find_guess(current_workspace().id, note)
    return jsonify({"category": found.category, "words": _why(found)} if found else {})


@bp.post("/add/<uuid:client_id>/undo")
@access.editor
def undo(client_id: UUID) -> Response:
    """Take back what was just recorded, a split whole."""
    with unit_of_work():
        change_id = operations.undo_entry(**_whose(), client_id=client_id)
    undo_url = url_for("finance.changes.undo", id=change_id) if change_id else None
    return said(_("Deleted"), event=Event.TRANSACTION_CHANGED, back=url_for("finance.add"),
                undo_url=undo_url)  # fmt: skip


@bp.get("/add/offline")
@access.public
def shell() -> Response:
    """The form with nobody's categories, for devices to keep: its script fills it."""
    g.csrf_token = ""  # what is kept is of no session
    return render(
        "finance/add.html", kept=True, form=AddForm(formdata=None, date=today()).offer([]),
        key="", categories=[], icons={}, accepted=ACCEPTED, **alone(),
    )  # fmt: skip


def alone() -> dict[str, Any]:
    """What a page is rendered with that opens with a script, a style and icons of its own, and
    nothing of the other pages'."""
    g.sprite = "add.svg"
    return {"alone": "add.js", "styles": ("add.css",)}


def _whose() -> dict[str, Any]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _empty() -> AddForm:
    return AddForm(formdata=None, date=today(current_workspace().time_zone))


def _guess(form: AddForm) -> Guess | None:
    """Chosen in the form where nobody chose, so that it also shows when something else is wrong."""
    if form.split.data or form.category.data or form.category.errors or not form.comment.data:
        return None
    found = queries.find_guess(current_workspace().id, form.comment.data)
    if found:
        form.category.data = found.category
    return found


def _why(guess: Guess) -> str:
    note = guess.key[:1].upper() + guess.key[1:]
    if guess.rule_id:
        return str(
            _("%(note)s: %(category)s, by your rule", note=note, category=guess.category_name)
        )
    return str(
        ngettext("%(note)s: %(category)s, %(num)d time", "%(note)s: %(category)s, %(num)d times",
                 guess.times, note=note, category=guess.category_name)
    )  # fmt: skip


def _write(form: AddForm, key: UUID) -> list[Record]:
    if form.split.data:
        made = operations.record_split(**_whose(), **form.split_values(), client_id=key)
    else:
        made = [operations.record_transaction(**_whose(), **form.values(), client_id=key)]
    files = take_receipts(form.receipts.data or (), actor_id=current_actor().id)
    if files and not queries.count_receipts(current_workspace().id, [made[0].id]):
        operations.attach_receipts(**_whose(), transaction_id=made[0].id, files=files)
    return made


def _recorded(records: list[Record], key: UUID, guess: Guess | None) -> Response:
    undo_url = url_for(".undo", client_id=key)
    message = str(_("Saved: %(why)s", why=_why(guess)) if guess else _("Saved"))
    if prefers_json():
        ids = [record.id for record in records]
        return make_response(jsonify(ids=ids, message=message, undo_url=undo_url), 201)
    if is_partial():
        return _page(_empty(), event=Event.TRANSACTION_RECORDED, undo_url=undo_url, said=message)
    flash(message, f"undo:{undo_url}")
    return see_other(url_for("finance.add"))


def _answer_refusal(form: AddForm, error: DomainError) -> Response:
    if prefers_json():
        return domain_problem(error)
    if error.status == 404:
        raise error
    form.refuse(error)
    return _refused(form, error.status)


def _refused(form: AddForm, status: int) -> Response:
    if prefers_json():
        return problem(status, "invalid", errors=form.errors)
    return _page(form, status)


def _page(form: AddForm, status: int = 200, **context: Any) -> Response:
    """The form as it is; an entry sent again keeps its identifier."""
    categories = queries.list_categories(current_workspace().id, recent_first=True)
    return render(
        "finance/add.html", "form", status=status, form=form.offer(categories),
        key=form.client_id.data or uuid4(), categories=categories, inline=is_partial(),
        icons={c.id: category_icon(c.code, c.type) for c in categories},
        device=[_on_device(category) for category in categories], accepted=ACCEPTED,
        **({} if is_partial() else alone()), **context,
    )  # fmt: skip


def _on_device(category: Category) -> tuple[int, str, str, str]:
    return category.id, category.name, category.type, category_icon(category.code, category.type)
