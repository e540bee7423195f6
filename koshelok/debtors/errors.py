"""What the debtors' book refuses."""

from koshelok.core.errors import DomainError, Forbidden, Invalid, NotFound


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


class NothingOwed(DomainError):
    """Whoever owes nothing is not reminded."""

    code = "nothing_owed"
    message = "This person owes nothing."


class RemindersOff(DomainError):
    """The debtor asked not to be written to."""

    code = "reminders_off"
    message = "This person does not want reminders."


class RemindedToday(DomainError):
    """Nobody is reminded twice a day."""

    code = "reminded_today"
    message = "This person was reminded today already."


class SmsQuotaSpent(DomainError):
    """A month's SMS have a limit."""

    code = "sms_quota_spent"
    message = "This month's SMS are used up."


class DueDaysOutOfRange(Invalid):
    """Its twin is the CHECK ck_debt_books_due_days."""

    code = "due_days_out_of_range"
    message = "Write a number of days from 0 to 3650."
    field = "due_days"


class UnknownLanguage(Invalid):
    """Not a language that messages are written in."""

    code = "unknown_language"
    message = "Choose one."
    field = "language"


class LinkNotFound(NotFound):
    """Forged, shut, over, or never there: which, is nobody's business."""

    code = "link_not_found"
    message = "This link does not work any more. Ask the shop for a new one."


class LinkSentToday(DomainError):
    """A debtor is sent a link once a day at most."""

    code = "link_sent_today"
    message = "The link was sent today already."


class DisputeNotFound(NotFound):
    """Nothing marked as wrong in this book has this id."""

    code = "dispute_not_found"
    message = "There is no such mark in the book."


class AboveDebt(DomainError):
    """By card a debt is paid, and no credit made."""

    code = "amount_above_debt"
    message = "The debt is %(debt)s so'm: no more than that is paid."
    field = "amount"


class CardsNotTaken(DomainError):
    """Who owns the book has no card that takes money."""

    code = "cards_not_taken"
    message = "The shop takes no cards now."


class OwnerGivesBack(Forbidden):
    """What came by card goes back from the owner's own card."""

    code = "owner_needed"
    message = "This was paid by card: only an owner of the book gives it back."


class NotEnoughToGiveBack(DomainError):
    """A payment by card is voided together with the transfer."""

    code = "insufficient_funds"
    message = "The shop's card has less on it than goes back: put money on it first."


class ImportNotFound(NotFound):
    """No such import in this book."""

    code = "import_not_found"
    message = "There is no such import in the book."


class ImportColumnMissing(Invalid):
    """Nobody is entered without a name and a number."""

    code = "import_column_missing"
    message = "Say which columns hold the name and the phone number."


class UnknownFormat(Invalid):
    """A statement is given out as one of three."""

    code = "unknown_format"
    message = "Choose PDF, XLSX or CSV."
    field = "format"


class UnknownExport(Invalid):
    """A workbook, or a ZIP of CSV files."""

    code = "unknown_format"
    message = "Choose XLSX or ZIP."
    field = "format"
