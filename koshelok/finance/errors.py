"""What finance refuses."""

from koshelok.core.errors import DomainError, Invalid, NotFound


class CategoryNameTaken(Invalid):
    """One name of one type is one category."""

    code = "category_name_taken"
    message = "There is such a category already."
    field = "name"


class CategoryArchived(DomainError):
    """An archived category keeps its records and takes no new ones."""

    code = "category_archived"
    message = "This category is archived. Restore it first."
    field = "category"


class CategoryHasRecords(DomainError):
    """Records would silently turn from expense to income."""

    code = "category_has_records"
    message = "This category has records, so its type stays."
    field = "type"


class LinkedToTransfer(DomainError):
    """A transfer is a fact: what it says of a record is not an opinion to be changed."""

    code = "linked_to_transfer"
    message = "A transfer made this record: its amount, date and type stay."


class TransferReversed(DomainError):
    """The money of a reversed transfer came back, so its record does not."""

    code = "transfer_reversed"
    message = "This transfer was reversed: its record stays deleted."


class UnknownType(Invalid):
    """Neither income nor expense."""

    code = "unknown_type"
    message = "Choose income or expense."
    field = "type"


class DayOutOfRange(Invalid):
    """Its twin is the CHECK ck_transactions_date_range."""

    code = "date_out_of_range"
    message = "The date must be between 1970 and 2200."
    field = "date"


class DatesReversed(Invalid):
    """A range runs forward."""

    code = "dates_reversed"
    message = "The end must not be before the start."
    field = "end_date"


class DateMissing(Invalid):
    """A range has two ends."""

    code = "date_missing"
    message = "Give both the start and the end."


class SavingsTakeNoRecords(Invalid):
    """Savings are put aside, not spent."""

    code = "savings_take_no_records"
    message = "Savings are put aside, not spent. Choose another category."
    field = "category"


class ChangedSince(DomainError):
    """What a later change made is not thrown away by taking an earlier one back."""

    code = "changed_since"
    message = "This was changed again since, so it stays as it is."


class SplitSumDiffers(Invalid):
    """The parts are the whole."""

    code = "split_sum_differs"
    message = "The parts sum to %(sum)s, but the record is %(amount)s."
    field = "parts"


class SplitTooSmall(Invalid):
    """One part is no split."""

    code = "split_too_small"
    message = "Write between 2 and %(limit)s parts."
    field = "parts"


class SplitTypesDiffer(Invalid):
    """A record is either spent or received, and so are its parts."""

    code = "split_types_differ"
    message = "All parts must be expenses, or all of them income."
    field = "parts"


class UnknownUnit(Invalid):
    """Days, weeks or months."""

    code = "unknown_unit"
    message = "Choose days, weeks or months."
    field = "unit"


class EveryOutOfRange(Invalid):
    """Its twin is the CHECK ck_recurrences_every."""

    code = "every_out_of_range"
    message = "Write a number from 1 to %(limit)s."
    field = "every"


class TooManyRecurrences(DomainError):
    """What is looked at on every visit has a bound."""

    code = "too_many_recurrences"
    message = "There are %(limit)s recurring records. Stop some of them first."


class OccurrenceDecided(DomainError):
    """Of two who confirm or skip one day, the first has."""

    code = "occurrence_decided"
    message = "This day was confirmed or skipped already."


class RuleExists(DomainError):
    """Of a note and a type there is one rule."""

    code = "rule_exists"
    message = "There is a rule for these words already."


class ReceiptInvalid(Invalid):
    """Neither a picture nor a PDF, whatever it is called."""

    code = "receipt_invalid"
    message = "Choose a JPEG, PNG or WebP picture, or a PDF."
    field = "receipts"


class ReceiptTooLarge(Invalid):
    """More bytes than are taken."""

    code = "receipt_too_large"
    message = "A receipt may have at most %(limit)s MB."
    field = "receipts"


class TooManyReceipts(DomainError):
    """A record is no album."""

    code = "too_many_receipts"
    message = "A record has at most %(limit)s receipts."
    field = "receipts"


class ImportNotFound(NotFound):
    """Absent, or another workspace's."""

    code = "import_not_found"
    message = "There is no such import."


class ImportColumnMissing(Invalid):
    """A record is a day and an amount."""

    code = "import_column_missing"
    message = "Say which columns hold the date and the amount."


class BothWays(Invalid):
    """A row is one record."""

    code = "both_ways"
    message = "Either an income or an expense, not both."


class OtherCurrency(Invalid):
    """Amounts are so'm."""

    code = "other_currency"
    message = "Only so'm can be imported, and this is %(currency)s."


class TooManyNewCategories(Invalid):
    """So many categories are no categories: another column is meant."""

    code = "too_many_new_categories"
    message = (
        "This would make %(count)s new categories, and at most %(limit)s are made at once."
        " Look at which column holds the category."
    )
    field = "category"


class NothingChosen(Invalid):
    """A change of nothing."""

    code = "nothing_chosen"
    message = "Choose at least one record."


class TooManyChosen(Invalid):
    """More than one request changes."""

    code = "too_many_chosen"
    message = "At most %(limit)s records at a time. Narrow the list first."
