"""Forms of the workspace pages."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from koshelok.web.forms import Form, TextField, at_most, required
from koshelok.workspaces.models import NAME_LIMIT

ROLES = [
    ("viewer", _l("Viewer: sees")),
    ("editor", _l("Editor: writes")),
    ("owner", _l("Owner: manages")),
]


class WorkspaceForm(Form):
    """A shop, or another book of one's own."""

    name = TextField(_l("Name"), [required(), at_most(NAME_LIMIT)])
    kind = RadioField(
        _l("What is it for"),
        choices=[("shop", _l("A shop")), ("personal", _l("Personal money"))],
        default="shop",
    )


class RenameForm(Form):
    """A workspace's new name."""

    name = TextField(_l("Name"), [required(), at_most(NAME_LIMIT)])


class MemberForm(Form):
    """Somebody to let in."""

    contact = TextField(_l("Phone or e-mail"), [required(), at_most(254)])
    role = SelectField(_l("Role"), choices=ROLES)


class RoleForm(Form):
    """A member's role."""

    role = SelectField(_l("Role"), choices=ROLES)
