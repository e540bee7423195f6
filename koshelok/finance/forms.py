"""Forms of the finance pages."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField

from koshelok.core.clock import today
from koshelok.finance.models import COMMENT_LIMIT, NAME_LIMIT, Category, Type
from koshelok.finance.queries import CategoryRow, Filters
from koshelok.finance.queries.filters import QUERY_LIMIT
from koshelok.web.addresses import MAX_ID
from koshelok.web.auth import current_workspace
from koshelok.web.forms import (
    DayField,
    Form,
    MoneyField,
    OneId,
    TextField,
    at_most,
    chosen,
    required,
)

TYPES = [SelectChoice(Type.EXPENSE, _l("Expense")), SelectChoice(Type.INCOME, _l("Income"))]
ANY_TYPE = [SelectChoice("", _l("All")), *TYPES]


class CategoryChips(OneId, RadioField):  # type: ignore[misc]  # wtforms ships no types
    """A category among chips."""


class CategorySelect(OneId, SelectField):  # type: ignore[misc]  # wtforms ships no types
    """A category from a list."""


class TransactionForm(Form):
    """A record, new or changed."""

    amount = MoneyField(_l("Amount"), [required()])
    category = CategoryChips(_l("Category"), [chosen()], coerce=int, validate_choice=False)
    comment = TextField(_l("Note"), [at_most(COMMENT_LIMIT)])
    date = DayField(_l("Date"), [required()])

    def offer(self, categories: Sequence[Category | CategoryRow]) -> "TransactionForm":
        """Let one of these be chosen."""
        self.category.choices = [SelectChoice(item.id, item.name) for item in categories]
        return self

    def values(self) -> dict[str, Any]:
        """What an operation takes."""
        return {
            "category_id": self.category.data,
            "amount": self.amount.data,
            "comment": self.comment.data or "",
            "day": self.date.data,
        }


class CategoryForm(Form):
    """A category to make."""

    name = TextField(_l("Name"), [required(), at_most(NAME_LIMIT)])
    type = RadioField(
        _l("Type"),
        choices=TYPES,
        default=Type.EXPENSE,
        invalid_choice_message=_l("Choose one."),
    )


class RenameForm(Form):
    """A category's new name."""

    name = TextField(_l("Name"), [required(), at_most(NAME_LIMIT)])


class BulkForm(Form):
    """Records that are ticked, and the category they move to."""

    to = CategorySelect(_l("Category"), [chosen()], coerce=int, validate_choice=False)

    def ids(self) -> list[int]:
        """What is ticked; what is no id is passed over."""
        found = request.form.getlist("id")
        ids = {int(text) for text in found if text.isascii() and text.isdecimal()}
        return sorted(id_ for id_ in ids if id_ <= MAX_ID)


class FilterForm(Form):
    """What the list of records is narrowed to; its values are the address."""

    NAMES = ("query", "type", "category", "start_date", "end_date", "min_amount", "max_amount")

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False

    query = TextField(_l("Search"), [at_most(QUERY_LIMIT)])
    type = SelectField(_l("Type"), choices=ANY_TYPE, validate_choice=False)
    category = CategorySelect(_l("Category"), coerce=int, validate_choice=False)
    start_date = DayField(_l("From"))
    end_date = DayField(_l("To"))
    min_amount = MoneyField(_l("Least amount"))
    max_amount = MoneyField(_l("Most amount"))

    def filters(self) -> Filters:
        """As the query takes them; an unknown type is none."""
        return Filters(
            category=self.category.data,
            type=self.type.data if self.type.data in set(Type) else None,
            start_date=self.start_date.data,
            end_date=self.end_date.data,
            min_amount=self.min_amount.data,
            max_amount=self.max_amount.data,
            query=self.query.data,
            today=today(current_workspace().time_zone),
            first=current_workspace().month_start,
        )


class RangeForm(Form):
    """Days to sum up; its values are the address."""

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False

    start_date = DayField(_l("From"))
    end_date = DayField(_l("To"))
