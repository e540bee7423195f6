"""What finance refuses."""

from koshelok.core.errors import DomainError, Invalid


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
