"""Forms of a person's page: who they are, and why an entry is taken back."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, TextAreaField

from koshelok.core.phones import readable_phone
from koshelok.debtors.models import DESCRIPTION_LIMIT, NAME_LIMIT, NOTE_LIMIT, REASON_LIMIT
from koshelok.debtors.queries import DebtView, Person
from koshelok.web.forms import DayField, Form, MoneyField, TextField, at_most, required

PHONE_LIMIT = 30
VOID_REASONS = (_l("Wrong amount"), _l("Wrong person"), _l("Written twice"))
WRITE_OFF_REASONS = (_l("Will not be paid"), _l("Forgiven"), _l("Moved away"))


class PersonForm(Form):
    """Somebody in the book; the phone in any spelling."""

    full_name = TextField(_l("Full name"), [required(), at_most(NAME_LIMIT)])
    phone_number = TextField(_l("Phone number"), [required(), at_most(PHONE_LIMIT)])
    credit_limit = MoneyField(_l("Credit limit"))
    note = TextAreaField(_l("Note"), [at_most(NOTE_LIMIT)])
    reminders = BooleanField(_l("Remind by SMS"), default=True)

    def new(self) -> dict[str, Any]:
        """What create_debtor takes."""
        return {name: self.data[name] for name in _FIELDS} | {"note": self.note.data or ""}

    def changes(self) -> dict[str, Any]:
        """What edit_debtor takes."""
        return self.new() | {
            "clear_limit": self.credit_limit.data is None,
            "reminders": self.reminders.data,
        }


_FIELDS = ("full_name", "phone_number", "credit_limit")


def person_form(person: Person) -> PersonForm:
    """The form as the person is now."""
    values = {name: getattr(person, name) for name in (*_FIELDS, "note", "reminders")}
    values["phone_number"] = readable_phone(person.phone_number)
    return PersonForm(formdata=None, data=values)


class ReasonForm(Form):
    """Why: a common reason at one tap, or in words, which go before."""

    choice = RadioField(_l("Why"), validate_choice=False, default="")
    reason = TextField(_l("In words"), [at_most(REASON_LIMIT)])

    def offer(self, reasons: tuple[object, ...]) -> "ReasonForm":
        """Let one of these be tapped."""
        self.choice.choices = [SelectChoice(str(reason), str(reason)) for reason in reasons]
        return self

    def why(self) -> str:
        """The words, else the tapped ones; empty where there are none."""
        return (self.reason.data or "").strip() or (self.choice.data or "").strip()


class DebtForm(Form):
    """What is said of a debt; its amount never changes."""

    description = TextField(_l("What for"), [at_most(DESCRIPTION_LIMIT)])
    due_date = DayField(_l("Due"))

    def changes(self) -> dict[str, Any]:
        """What edit_debt takes."""
        return {
            "description": self.description.data or "",
            "due_date": self.due_date.data,
            "clear_due_date": self.due_date.data is None,
        }


def debt_form(debt: DebtView) -> DebtForm:
    """The form as the debt is now."""
    values = {"description": debt.description, "due_date": debt.due_date}
    return DebtForm(formdata=None, data=values)
