"""Writing the history."""

from typing import Any
from uuid import UUID

from koshelok.audit.models import AuditEvent
from koshelok.infra import origin
from koshelok.infra.db import session


def record(
    *,
    action: str,
    actor_id: int | None = None,
    subject_type: str | None = None,
    subject_id: int | str | UUID | None = None,
    workspace_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Write down what was done, in the transaction that does it.

    `details` hold no secrets. The address is that of the present request.
    """
    session.add(
        AuditEvent(
            action=action,
            actor_id=actor_id,
            subject_type=subject_type,
            subject_id=None if subject_id is None else str(subject_id),
            workspace_id=workspace_id,
            ip=origin.address.get(),
            details=details or {},
        )
    )
    session.flush()
