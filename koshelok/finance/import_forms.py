"""Forms of imports: the file, and what its columns are."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectChoice, SelectField

from koshelok.finance.import_words import FIELDS
from koshelok.finance.models import Type
from koshelok.web import columns
from koshelok.web.forms import Form, required


class FileForm(Form):
    """A table or a statement."""

    file = FileField(_l("File"), [required()])


class ColumnsForm(columns.ColumnsForm):
    """Which column holds each field, and what an amount without a sign is."""

    NAMES, NEEDED = tuple(FIELDS), ("date",)

    date = SelectField(FIELDS["date"], validate_choice=False)
    amount = SelectField(FIELDS["amount"], validate_choice=False)
    income = SelectField(FIELDS["income"], validate_choice=False)
    expense = SelectField(FIELDS["expense"], validate_choice=False)
    type = SelectField(FIELDS["type"], validate_choice=False)
    category = SelectField(FIELDS["category"], validate_choice=False)
    note = SelectField(FIELDS["note"], validate_choice=False)
    external_id = SelectField(FIELDS["external_id"], validate_choice=False)
    currency = SelectField(FIELDS["currency"], validate_choice=False)
    positive = RadioField(
        _l("An amount without a sign is"),
        choices=[
            SelectChoice(Type.EXPENSE, _l("Expense")), SelectChoice(Type.INCOME, _l("Income"))
        ],
        validate_choice=False,
    )  # fmt: skip
