"""Flask-Admin pages; the menu stands here."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from app.admin.assignment import AssignmentView
from app.admin.audit_event import AuditEventView
from app.admin.evidence import EvidenceView
from app.admin.order import OrderView
from app.admin.order_matrix import OrderMatrixView
from app.admin.org_unit import OrgUnitView
from app.admin.search import SearchView
from app.admin.user import UserView
from app.admin.work import WorkView
from app.policies.permission import Permission
from app.web.shell import MenuEntry

MENU = (
    MenuEntry("Моя работа", "work.index", "inbox", Permission.WORK_READ),
    MenuEntry("Распоряжения", "order.index_view", "file-text", Permission.ORDER_READ),
    MenuEntry("Поручения", "assignment.index_view", "list-checks", Permission.ASSIGNMENT_READ),
    MenuEntry("Организации", "org_unit.index_view", "building-2", Permission.ORG_UNIT_READ),
    MenuEntry("Пользователи", "user.index_view", "users", Permission.USER_READ),
    MenuEntry("Журнал", "audit_event.index_view", "history", Permission.AUDIT_READ),
)
VIEWS = (
    AssignmentView,
    AuditEventView,
    EvidenceView,
    OrderMatrixView,
    OrderView,
    OrgUnitView,
    SearchView,
    UserView,
)


def install(app: Flask) -> None:
    """A fresh Admin for each application: its views belong to one."""
    pages = Admin(
        name="Мониторинг ВСОКО",
        index_view=WorkView(),
        theme=Bootstrap4Theme(),
        csp_nonce_generator=None,
    )
    for view in VIEWS:
        pages.add_view(view())
    pages.init_app(app)
    app.extensions["menu"] = [entry for entry in MENU if entry.endpoint in app.view_functions]
