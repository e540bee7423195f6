"""The form of an archive that is brought."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from koshelok.web.forms import Form, required


class ArchiveForm(Form):
    """A ZIP that an export made."""

    file = FileField(_l("ZIP"), [required()])
