"""Forms of the budget pages."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice

from koshelok.budgets.models import DESCRIPTION_LIMIT, NOTE_LIMIT
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

NAME_LIMIT = 60
Named = Iterable[tuple[int, str]]


class CategoryChips(OneId, RadioField):  # type: ignore[misc]  # wtforms ships no types
    """A category among chips."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, coerce=int, validate_choice=False, **kwargs)

    def offer(self, named: Named) -> None:
        """Let one of these be chosen."""
        self.choices = [SelectChoice(id_, name) for id_, name in named]


class AmountForm(Form):
    """A budget that is there."""

    amount = MoneyField(_l("Amount"), [required()])
    description = TextField(_l("Note"), [at_most(DESCRIPTION_LIMIT)])

    def values(self) -> dict[str, Any]:
        """What an operation takes."""
        return {"amount": self.amount.data, "description": self.description.data or ""}


class BudgetForm(AmountForm):
    """A budget to set."""

    category = CategoryChips(_l("Category"), [chosen()])

    def values(self) -> dict[str, Any]:
        """What an operation takes."""
        return {"category_id": self.category.data, **super().values()}


class MoveForm(Form):
    """Money that goes from one category to another within a month."""

    amount = MoneyField(_l("Amount"), [required()])
    from_category = CategoryChips(_l("Take it from"), [chosen()])
    to_category = CategoryChips(_l("Give it to"), [chosen()])

    def values(self) -> dict[str, Any]:
        """What an operation takes."""
        return {
            "from_category": self.from_category.data,
            "to_category": self.to_category.data,
            "amount": self.amount.data,
        }


class GoalForm(Form):
    """What savings are for, and until when."""

    goal = MoneyField(_l("How much"))
    goal_on = DayField(_l("By when"))


class NewGoalForm(GoalForm):
    """Savings to open."""

    name = TextField(_l("What for"), [required(), at_most(NAME_LIMIT)])


class EarmarkForm(Form):
    """Money put aside or taken back."""

    amount = MoneyField(_l("Amount"), [required()])
    date = DayField(_l("Date"), [required()])
    note = TextField(_l("Note"), [at_most(NOTE_LIMIT)])

    def values(self) -> dict[str, Any]:
        """What an operation takes."""
        return {"amount": self.amount.data, "day": self.date.data, "note": self.note.data or ""}
