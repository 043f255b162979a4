"""Acting units are told apart by the database too: by name under one parent, by code in one region."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ACTING = "closed_on IS NULL"
CODED = "closed_on IS NULL AND code <> '' AND kind <> 'region'"


def upgrade() -> None:
    for name, columns, where in (
        ("uq_org_unit_acting_name", ["parent_id", "name"], sa.text(ACTING)),
        ("uq_org_unit_acting_code", ["region_id", "code"], sa.text(CODED)),
    ):
        op.create_index(name, "org_unit", columns, unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("uq_org_unit_acting_code", table_name="org_unit")
    op.drop_index("uq_org_unit_acting_name", table_name="org_unit")
