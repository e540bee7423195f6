"""Forms of the workspace pages."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice

from koshelok.web.forms import Form, TextField, at_most, required
from koshelok.workspaces.models import MONTH_STARTS, NAME_LIMIT

ROLES = [
    SelectChoice("viewer", _l("Viewer: sees")),
    SelectChoice("editor", _l("Editor: writes")),
    SelectChoice("owner", _l("Owner: manages")),
]

KINDS = [SelectChoice("shop", _l("A shop")), SelectChoice("personal", _l("Personal money"))]


class WorkspaceForm(Form):
    """A shop, or another book of one's own."""

    name = TextField(_l("Name"), [required(), at_most(NAME_LIMIT)])
    kind = RadioField(
        _l("What is it for"),
        choices=KINDS,
        default="shop",
    )


class SettingsForm(Form):
    """What holds for a workspace."""

    name = TextField(_l("Name"), [required(), at_most(NAME_LIMIT)])
    month_start = SelectField(
        _l("Months begin on the day"),
        choices=[SelectChoice(str(day), str(day)) for day in MONTH_STARTS],
        default="1",
    )


class MemberForm(Form):
    """Somebody to let in."""

    contact = TextField(_l("Phone or e-mail"), [required(), at_most(254)])
    role = SelectField(_l("Role"), choices=ROLES)


class RoleForm(Form):
    """A member's role."""

    role = SelectField(_l("Role"), choices=ROLES)
