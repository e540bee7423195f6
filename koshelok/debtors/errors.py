"""What the debtors' book refuses."""

from koshelok.core.errors import DomainError, Invalid, NotFound


class DebtorNotFound(NotFound):
    """No such person in this book."""

    code = "debtor_not_found"
    message = "There is no such person in the book."
    field = "debtor"


class DebtNotFound(NotFound):
    """No such debt in this book."""

    code = "debt_not_found"
    message = "There is no such debt in the book."
    field = "debt"


class PaymentNotFound(NotFound):
    """No such payment in this book."""

    code = "payment_not_found"
    message = "There is no such payment in the book."
    field = "payment"


class PhoneTaken(DomainError):
    """One number is one person; `debtor` is who has it."""

    code = "phone_taken"
    message = "This number is in the book already: %(full_name)s."
    field = "phone_number"


class DebtorOwes(DomainError):
    """Whoever owes stays in the book."""

    code = "debtor_has_open_debts"
    message = "There are open debts. They must be paid or written off first."


class DebtorHasCredit(DomainError):
    """Whose money the shop holds stays in the book."""

    code = "debtor_has_credit"
    message = "There is credit left. It must be given back first."


class DebtorPutAway(DomainError):
    """What is written of a person who was put away stays as it is."""

    code = "debtor_put_away"
    message = "This person was put away. Bring them back first."


class CreditLimitExceeded(DomainError):
    """The debt would pass what this person may owe; an owner may let it."""

    code = "credit_limit_exceeded"
    message = "The limit is %(limit)s so'm and the debt would be %(total)s so'm."
    field = "amount"


class NothingLeftToWriteOff(DomainError):
    """A settled debt has nothing to forgive."""

    code = "nothing_left"
    message = "Nothing is left of this debt."


class NotWrittenOff(DomainError):
    """There is no write-off to take back."""

    code = "not_written_off"
    message = "This debt was not written off."


class EntryKeyReused(DomainError):
    """A client's identifier stands for one entry only."""

    code = "entry_key_reused"
    message = "Another entry has this identifier already."


class DueDateTooEarly(Invalid):
    """Its twin is the CHECK ck_debts_due_date."""

    code = "date_out_of_range"
    message = "The date must be between 1970 and 2200."
    field = "due_date"


class UnknownMethod(Invalid):
    """Neither cash nor card."""

    code = "unknown_method"
    message = "Choose cash or card."
    field = "method"


class StatementDates(Invalid):
    """Beyond the days that a book knows."""

    code = "date_out_of_range"
    message = "The date must be between 1970 and 2200."
    field = "start_date"


class StatementDatesReversed(Invalid):
    """A statement runs forward."""

    code = "dates_reversed"
    message = "The end must not be before the start."
    field = "end_date"


class StatementTooLong(DomainError):
    """More lines than are answered within a request; a file has no limit."""

    code = "statement_too_long"
    message = "There are more than %(limit)s entries. Choose fewer days, or have it made as a file."
