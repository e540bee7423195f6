"""Wrong rows of an import keep their cells, and what its file does not name teaches nothing."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "imports"
down_revision = "budgets"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parents[2] / "koshelok" / "finance" / "sql"


def upgrade() -> None:
    op.add_column(
        "import_rows",
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    op.execute((SQL / "remembering.sql").read_text())


def downgrade() -> None:
    """The function stays: it reads nothing that was not there before."""
    op.drop_column("import_rows", "cells")
