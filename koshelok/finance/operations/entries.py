"""What a device wrote down, taken back as one, however many records it became."""

from uuid import UUID

from sqlalchemy import or_, select

from koshelok.core.errors import NotFound
from koshelok.finance.models import Transaction
from koshelok.finance.operations.bulk import delete_transactions
from koshelok.finance.queries import find_record_of_client
from koshelok.infra.db import session


def undo_entry(*, actor_id: int, workspace_id: int, client_id: UUID) -> int | None:
    """Delete what was recorded under a device's name for it, a split whole; answers the change,
    None where nothing is left of it. Again it does nothing. Raises NotFound."""
    made = find_record_of_client(workspace_id, client_id)
    if made is None:
        raise NotFound
    mine = [Transaction.id == made.id]
    if made.split_id:
        mine.append(Transaction.split_id == made.split_id)
    ids = session.scalars(
        select(Transaction.id).where(Transaction.workspace_id == workspace_id, or_(*mine))
    ).all()
    return delete_transactions(actor_id=actor_id, workspace_id=workspace_id, chosen=ids)[1]
