"""/debtors/<id>/reminders: what a debtor is told, what they were told, and whether they want it."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from koshelok.core.clock import now, today
from koshelok.core.errors import DomainError
from koshelok.core.page import DEFAULT_LIMIT
from koshelok.debtors import operations, queries, terms
from koshelok.identity import queries as identity
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.messaging import queries as messaging
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, render
from koshelok.web.problems import message_of
from koshelok.web.toasts import refused, said

bp = Blueprint("reminders", __name__, url_prefix="/debtors")


@bp.get("/<int:id>/reminders")
@access.viewer
def index(id: int) -> Response:
    """The text as it would be sent now, and every text that was sent, the newest first."""
    workspace_id, cursor = current_workspace().id, request.args.get("cursor")
    person = queries.get_person(workspace_id, id)
    page = queries.list_told(workspace_id, id, limit=DEFAULT_LIMIT, cursor=cursor)
    authors = identity.list_users([told.created_by for told in page.items if told.created_by])
    owed = queries.list_owed([id], today())
    return render(
        "debtors/reminders.html",
        "rows" if cursor else "content",
        person=person,
        page=page,
        deliveries=messaging.find_deliveries([t.message for t in page.items if t.message]),
        authors={user.id: user.display_name for user in authors},
        preview=operations.preview(workspace_id=workspace_id, owed=owed)[id].text,
        told_today=any(told.day == today() and told.is_reminder for told in page.items),
        sent=None if cursor else queries.count_sms(workspace_id, today()),
        quota=current().debtor_sms_a_month,
        more_url=page.next_cursor and url_for(".index", id=id, cursor=page.next_cursor),
        occasions=terms.OCCASIONS,
    )


@bp.post("/<int:id>/reminders")
@access.editor
def send(id: int) -> Response:
    """Remind them now."""
    back = request.form.get("back") == "collect"
    here = url_for("debtors.collect.index") if back else url_for(".index", id=id)
    try:
        with unit_of_work():
            operations.remind_debtor(
                actor_id=current_actor().id,
                workspace_id=current_workspace().id,
                debtor_id=id,
                moment=now(),
            )
    except DomainError as error:
        if error.status == 404:
            raise
        return refused(message_of(error), back=here, status=error.status)
    return said(_("The SMS is on its way"), event=Event.DEBTOR_CHANGED, back=here)


@bp.post("/<int:id>/reminders/wanted")
@access.editor
def want(id: int) -> Response:
    """Write to this person, or no more."""
    wanted = request.form.get("wanted") == "yes"
    with unit_of_work():
        operations.edit_debtor(
            actor_id=current_actor().id,
            workspace_id=current_workspace().id,
            debtor_id=id,
            reminders=wanted,
        )
    return said(
        _("This person is sent SMS again") if wanted else _("This person is sent no SMS any more"),
        event=Event.DEBTOR_CHANGED,
        back=url_for(".index", id=id),
    )
