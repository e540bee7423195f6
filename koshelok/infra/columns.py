"""Column types shared by all models: money, instants, tenants."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Numeric
from sqlalchemy.orm import mapped_column

from koshelok.core.clock import now
from koshelok.core.ids import uuid7

BigId = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
PublicId = Annotated[UUID, mapped_column(primary_key=True, default=uuid7)]
MoneyColumn = Annotated[Decimal, mapped_column(Numeric(18, 2))]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), default=now)]
WorkspaceId = Annotated[
    int, mapped_column(BigInteger, ForeignKey("workspaces.id", ondelete="CASCADE"))
]
UserId = Annotated[int, mapped_column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"))]
