"""The search in the header: everything in the actor's scope, by kinds of records."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import render_template, request
from flask_admin import expose
from werkzeug.exceptions import BadRequest

from app.admin.page_view import PageView
from app.policies.permission import Permission
from app.services import search
from app.services.search import Found
from app.services.search_hit import Group
from app.web.session import current_actor, guarded
from app.web.shell import shell


class SearchView(PageView):
    closed = "Искать пока негде: вам ещё не дали полномочий ни в одной организации."

    def __init__(self) -> None:
        super().__init__(name="Поиск", endpoint="search", url="/search")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        actor = current_actor()
        return actor.may(Permission.WORK_READ) or actor.may(Permission.USER_READ)

    @expose("/")
    def index(self) -> str:
        query = request.args.get("q", "").strip()
        if "\x00" in query or len(query) > search.LONGEST:
            raise BadRequest
        found = search.everywhere(guarded(), current_actor(), query)
        return render_template(
            "search.html",
            shell=shell(("Поиск", None), search_text=query),
            query=query,
            too_short=search.is_too_short(query),
            sections=_sections(found, query),
        )


def _sections(found: Found, query: str) -> list[tuple[str, Group, str, str]]:
    """(heading, hits, the address before a hit's number, the address of all); only those that hold something."""
    asked = urlencode({"q": query})
    sections = (
        ("Распоряжения", found.orders, "/orders/", f"/orders/?{asked}"),
        ("Пункты распоряжений", found.points, "/orders/", ""),
        ("Организации", found.units, "/org-units/", f"/org-units/?{asked}"),
        ("Циклы мониторинга", found.rounds, "/monitoring-rounds/", f"/monitoring-rounds/?{asked}"),
        ("Листы оценки", found.sheets, "/assessments/", f"/assessments/?{asked}"),
        ("Наборы критериев", found.frameworks, "/frameworks/", f"/frameworks/?{asked}"),
        ("Работники", found.staff, "/staff-members/", f"/staff-members/?{asked}"),
        ("Документы об обучении", found.certificates, "/certificates/", f"/certificates/?{asked}"),
        ("Потоки", found.groups, "/training-groups/", f"/training-groups/?{asked}"),
        ("Программы обучения", found.programmes, "/programmes/", f"/programmes/?{asked}"),
        ("Требования к обучению", found.requirements, "/training-requirements/", f"/training-requirements/?{asked}"),
        ("Недостатки", found.findings, "/findings/", f"/findings/?{asked}"),
        ("Корректирующие меры", found.measures, "/corrective-measures/", f"/corrective-measures/?{asked}"),
        ("Поручения", found.assignments, "/assignments/", f"/assignments/?{asked}"),
        ("Пользователи", found.people, "/users/", f"/users/?{asked}"),
    )
    return [section for section in sections if section[1].hits]
