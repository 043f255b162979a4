"""The list of sets of criteria as data: columns, filters, search."""

from __future__ import annotations

from typing import Any

from markupsafe import escape
from sqlalchemy import func, select

from app.admin.cells import badge_cell, clipped_cell, moment_cell, number_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option, one_of
from app.admin.unit_names import UNIT_NAME, with_unit_names
from app.models import Criterion, Framework
from app.models.enumeration import FrameworkStatus

CRITERIA = (
    select(func.count(Criterion.id))
    .where(Criterion.framework_id == Framework.id)
    .correlate(Framework)
    .scalar_subquery()
)


def _title_cell(value: Any, row: Any) -> str:
    return (
        f'<th class="held" scope="row"><a class="row-link" href="/frameworks/{row.id:d}">{escape(value)}, '
        f"редакция {row.edition:d}</a></th>"
    )


LISTING = Listing(
    model=Framework,
    columns=(
        ListColumn("title", "Набор", Framework.title, _title_cell, sort=Framework.title, held=True),
        ListColumn("status", "Состояние", Framework.status, badge_cell(FrameworkStatus, "framework-")),
        ListColumn("criteria", "Критериев", CRITERIA, number_cell, kind="number"),
        ListColumn("maker", "Чей набор", UNIT_NAME, clipped_cell),
        ListColumn("published_at", "Опубликован", Framework.published_at, moment_cell),
        ListColumn("caution", "Предупреждение", Framework.caution, clipped_cell),
        ListColumn("edition", "", Framework.edition, hidden=True),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: Framework.status == value,
            one_of(FrameworkStatus),
            lambda: [Option(status.value, status.label) for status in FrameworkStatus],
        ),
    ),
    search=lambda pattern: [Framework.search.like(pattern, escape="\\")],
    joins=lambda statement: with_unit_names(statement, Framework),
)
