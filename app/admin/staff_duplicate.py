"""Cards that may be of one person: the list of pairs, what merging would do, the merge."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.admin.asked import in_range
from app.admin.page_view import PageView
from app.admin.staff_member_page import names_of, names_of_units, units_of_people
from app.forms.base import row_number
from app.policies.permission import Permission
from app.services import staff_duplicates, staff_member, staff_merge
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

MOST_SHOWN = 200


class StaffDuplicateView(PageView):
    """Stands beside the register of people, at the same prefix, under an endpoint of its own."""

    closed = "Карточки работников объединяет координатор обучения."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "pairs"
        super().__init__(name="Возможные повторы", endpoint="staff_member_duplicate", url="/staff-members")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.STAFF_WRITE)

    @expose("/duplicates")
    def pairs(self) -> str:
        found = staff_duplicates.pairs(guarded(), current_actor())
        shown = found[:MOST_SHOWN]
        units = units_of_people(guarded(), {card.id for pair in shown for card in (pair.first, pair.second)})
        return render_template(
            "staff_member/duplicates.html",
            shell=shell(("Работники", "/staff-members/"), ("Возможные повторы", None)),
            pairs=shown,
            total=len(found),
            units=units,
        )

    @expose("/<int:record_id>/merge", methods=("GET", "POST"))
    def merge(self, record_id: int) -> str | Response:
        """`with` names the card that is emptied."""
        actor, work = current_actor(), guarded()
        keep = staff_member.the_one(work, in_range(record_id))
        other_id = row_number(request.values.get("with"))
        if other_id is None:
            raise BadRequest
        other = staff_member.the_one(work, in_range(other_id))
        if request.method == "POST":
            kept = staff_merge.merge(work, actor, keep, other, mark=request.form.get("mark", ""), today=today())
            flash(f"Карточки объединены: {kept.label}.", "success")
            return redirect(f"/staff-members/{kept.id}")
        seen = staff_merge.preview(work, actor, keep, other)
        positions = [*seen.positions, *(one for pair in seen.doubled_positions for one in pair)]
        return render_template(
            "staff_member/merge.html",
            shell=shell(
                ("Работники", "/staff-members/"),
                ("Возможные повторы", "/staff-members/duplicates"),
                ("Объединить", None),
            ),
            seen=seen,
            units=names_of_units(work, positions),
            home={one.id: names_of(work, one)[0] for one in (keep, other)},
        )
