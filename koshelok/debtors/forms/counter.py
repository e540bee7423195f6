"""What the counter's sheet sends, from a page or from what waited without a connection."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectChoice, ValidationError
from wtforms.validators import AnyOf

from koshelok.core.clock import now
from koshelok.debtors.models import DESCRIPTION_LIMIT, NAME_LIMIT, Method
from koshelok.debtors.operations import Entry, EntryKind
from koshelok.web.addresses import MAX_ID
from koshelok.web.forms import DayField, Form, MoneyField, TextField, at_most

LOOK = "look"
KEPT = timedelta(days=30)
PHONE_LIMIT = 30
METHODS = [SelectChoice(Method.CASH, _l("Cash")), SelectChoice(Method.CARD, _l("Card"))]


class KeyField(HiddenField):  # type: ignore[misc]  # wtforms ships no types
    """An identifier that the client made; `data` is a UUID or None."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a UUID."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = UUID(valuelist[0].strip())
            except ValueError as error:
                raise ValueError(_("This is not a known id.")) from error


class IdsField(Field):  # type: ignore[misc]  # wtforms ships no types
    """The ids of rows, in the order given."""

    data: tuple[int, ...]

    def process_data(self, value: Any) -> None:
        """None at first."""
        self.data = value or ()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read decimal ids; whose they are, the operation asks."""
        texts = [text.strip() for text in valuelist if text.strip()]
        if not all(
            text.isascii() and text.isdecimal() and len(text) < 20 and 0 < int(text) <= MAX_ID
            for text in texts
        ):
            raise ValueError(_("This is not a known id."))
        self.data = tuple(map(int, texts))


class InstantField(Field):  # type: ignore[misc]  # wtforms ships no types
    """When something really happened: never to come, and at most KEPT ago."""

    data: datetime | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read an ISO instant and keep it in its bounds."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            read = datetime.fromisoformat(valuelist[0].strip())
            moment = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
        except (ValueError, OverflowError) as error:
            raise ValueError(_("This value is not valid.")) from error
        self.data = min(now(), max(moment, now() - KEPT))


class EntryForm(Form):
    """A debt, a payment or a person, for somebody in the book or somebody new."""

    kind = HiddenField(
        _l("What to write"),
        [AnyOf([*EntryKind, LOOK], message=_l("Choose one."))],
    )
    client_id = KeyField()
    debtor = IdsField(_l("Person"))
    debtor_client = KeyField()
    full_name = TextField(_l("Full name"), [at_most(NAME_LIMIT)])
    phone_number = TextField(_l("Phone number"), [at_most(PHONE_LIMIT)])
    amount = MoneyField(_l("Amount"))
    description = TextField(_l("Note"), [at_most(DESCRIPTION_LIMIT)])
    due_date = DayField(_l("Due"))
    due_on = DayField(_l("Another day"))
    method = RadioField(
        _l("Paid with"), choices=METHODS, default=Method.CASH, validate_choice=False
    )
    first = IdsField()
    at = InstantField()
    override = BooleanField(_l("Write it anyway"))

    @property
    def person(self) -> int | None:
        """Whom it is for, where they are in the book."""
        return self.debtor.data[0] if self.debtor.data else None

    def validate_client_id(self, field: Field) -> None:
        """Without it nothing could be sent twice safely."""
        if field.data is None and not field.errors:
            raise ValidationError(_("Fill this in."))

    def validate_amount(self, field: Field) -> None:
        """Debts and payments have one."""
        wanted = self.kind.data in {EntryKind.DEBT, EntryKind.PAYMENT}
        if wanted and field.data is None and not field.errors:
            raise ValidationError(_("Write an amount."))

    def validate_full_name(self, field: Field) -> None:
        """Somebody new has a name."""
        self._of_somebody_new(field)

    def validate_phone_number(self, field: Field) -> None:
        """Somebody new has a number."""
        self._of_somebody_new(field)

    def _of_somebody_new(self, field: Field) -> None:
        known = self.person or self.debtor_client.data or self.debtor.errors
        if not known and self.kind.data != LOOK and not (field.data or "").strip():
            raise ValidationError(_("Fill this in."))

    def entry(self) -> Entry:
        """What the operation takes; after validate()."""
        return Entry(
            kind=EntryKind(self.kind.data),
            client_id=self.client_id.data,
            debtor=self.person,
            debtor_client=self.debtor_client.data,
            full_name=self.full_name.data or "",
            phone_number=self.phone_number.data or "",
            amount=Decimal(0) if self.amount.data is None else self.amount.data,
            description=self.description.data or "",
            due_date=self.due_on.data or self.due_date.data,
            method=str(self.method.data),
            first=self.first.data,
            at=self.at.data,
        )
