"""Categories and expenses as the two resources of budgets name them."""

from koshelok.budgets.errors import UnknownCategory
from koshelok.core.errors import NotFound
from koshelok.finance import queries as finance
from koshelok.finance.queries import Record


def find_category_id(workspace_id: int, named: int | str) -> int:
    """The id of a category that is named by its id or one of our codes (FOOD); whether an id is
    here is seen where it is used. Raises UnknownCategory."""
    if isinstance(named, int):
        return named
    found = finance.find_category_by_code(workspace_id, named)
    if found is None:
        raise UnknownCategory
    return found.id


def get_expense(workspace_id: int, expense_id: int) -> Record:
    """One live expense; raises NotFound, for income too."""
    record = finance.get_record(workspace_id, expense_id)
    if record.type != "expense":
        raise NotFound
    return record
