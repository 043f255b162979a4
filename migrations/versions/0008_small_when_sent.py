"""A sheet that was sent keeps the criteria it was sent with, whatever becomes of the school afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("assessment", sa.Column("was_small", sa.Boolean(), nullable=True))
    sheet = sa.table("assessment", *(sa.column(name) for name in ("org_unit_id", "status", "was_small")))
    unit = sa.table("org_unit", sa.column("id"), sa.column("is_small"))
    is_small = sa.select(unit.c.is_small).where(unit.c.id == sheet.c.org_unit_id).scalar_subquery()
    sent = sheet.c.status.in_(("submitted", "accepted", "approved"))
    op.execute(sa.update(sheet).where(sent).values(was_small=is_small))


def downgrade() -> None:
    op.drop_column("assessment", "was_small")
