"""Forms of imports: the file, what its columns are, what to do with duplicates."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectChoice, SelectField

from koshelok.debtors.import_words import FIELDS
from koshelok.debtors.incoming import REQUIRED
from koshelok.web import columns
from koshelok.web.forms import Form, required


class FileForm(Form):
    """A table of debtors."""

    file = FileField(_l("File"), [required()])


class ColumnsForm(columns.ColumnsForm):
    """Which column holds each field."""

    NAMES, NEEDED = tuple(FIELDS), REQUIRED

    full_name = SelectField(FIELDS["full_name"], validate_choice=False)
    phone_number = SelectField(FIELDS["phone_number"], validate_choice=False)
    debt = SelectField(FIELDS["debt"], validate_choice=False)
    credit = SelectField(FIELDS["credit"], validate_choice=False)
    credit_limit = SelectField(FIELDS["credit_limit"], validate_choice=False)
    note = SelectField(FIELDS["note"], validate_choice=False)
    date = SelectField(FIELDS["date"], validate_choice=False)
    due_date = SelectField(FIELDS["due_date"], validate_choice=False)


class StartForm(Form):
    """What to do with rows whose number is known already."""

    duplicates = RadioField(
        _l("Duplicates"),
        choices=[
            SelectChoice("skip", _l("Skip")),
            SelectChoice("add", _l("Add their balance to the person")),
        ],
        default="skip",
        validate_choice=False,
    )
