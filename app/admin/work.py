"""«Моя работа»: the home page, and the number on the bell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import current_app, render_template, url_for
from flask_admin import AdminIndexView, expose

from app.admin.cells import term_word
from app.admin.work_measures import part_of as measures_of
from app.admin.work_monitoring import parts_of, rounds_of
from app.admin.work_part import SHOWN, Line, Part
from app.admin.work_training import coverage_of, part_of
from app.models.assignment import CLOSED_STATUSES, FULFILLED_STATUSES
from app.models.enumeration import AssignmentStatus, ReportKind, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import clock, work
from app.services.work import Item, Queue
from app.web.session import current_actor, guarded
from app.web.shell import shell


class WorkView(AdminIndexView):
    def __init__(self) -> None:
        super().__init__(name="Моя работа", endpoint="work", url="/", template="work.html")

    def is_accessible(self) -> bool:
        """The home page is everybody's: whoever stands nowhere reads what to do."""
        return True

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Flask-Admin calls a view again when it raises TypeError, which hides the error and repeats the work."""
        return fn(self, *args, **kwargs)

    @expose("/")
    def index(self) -> str:
        actor = current_actor()
        frame = shell(("Моя работа", None))
        if not actor.may(Permission.WORK_READ):
            return render_template("work_outside.html", shell=frame, links=_links(actor))
        today = clock.today(actor.time_zone)
        found = work.build(guarded(), actor, today=today)
        return render_template(
            "work.html",
            shell=frame,
            day=f"{today:%d.%m.%Y}",
            parts=_parts(found.queue, actor, today)
            + parts_of(found.monitoring, actor, today)
            + part_of(found.training, actor, today)
            + measures_of(found.measures, actor),
            rounds=rounds_of(found.monitoring, today),
            coverage=coverage_of(found.training, today),
            figures=_figures(found.figures, today),
            running=[(one, f"/orders/{one.order_id}/matrix") for one in found.running[:SHOWN]],
            running_all="/orders/?status=issued" if len(found.running) > SHOWN else "",
            has_assignments=bool(found.figures.total),
            may_write=actor.may(Permission.ORDER_WRITE) and "order.create_view" in current_app.view_functions,
        )

    @expose("/counts")
    def counts(self) -> str:
        """The bare number for the bell; nothing for none."""
        actor = current_actor()
        if not actor.may(Permission.WORK_READ):
            return ""
        return str(work.waiting_count(guarded(), actor, today=clock.today(actor.time_zone)) or "")


def register(**arguments: Any) -> str:
    """An address of the register of assignments, narrowed."""
    return f"/assignments/?{urlencode(arguments, doseq=True)}"


OPEN = [status.value for status in AssignmentStatus if status not in CLOSED_STATUSES]
FULFILLED = [status.value for status in AssignmentStatus if status in FULFILLED_STATUSES]


def _figures(found: work.Figures, today: date) -> list[tuple[int, str, str, str]]:
    """(value, label, address of the list that it counts, tone)."""
    submitted = found.states[AssignmentStatus.SUBMITTED]
    returned = found.states[AssignmentStatus.RETURNED]
    soon = register(status=OPEN, due_from=today.isoformat(), due_to=(today + work.SOON).isoformat())
    share = f" · {100 * found.fulfilled // found.total} %" if found.total else ""
    return [
        (found.overdue, "просрочено", register(overdue="1"), "red" if found.overdue else ""),
        (found.soon, "в ближайшие 7 дней", soon, "orange" if found.soon else ""),
        (submitted, "на проверке", register(status="submitted"), "violet" if submitted else ""),
        (returned, "возвращено", register(status="returned"), "orange" if returned else ""),
        (found.fulfilled, f"исполнено{share}", register(status=FULFILLED), "green" if found.fulfilled else ""),
        (found.total, "всего поручений", "/assignments/", ""),
    ]


def _parts(queue: Queue, actor: Actor, today: date) -> list[Part]:
    """The parts of the queue that hold something, the hottest first."""
    is_region = actor.unit_kind is UnitKind.REGION
    below = "Просрочено у муниципалитетов и организаций региона" if is_region else "Просрочено у школ"
    candidates = (
        ("Просрочено", queue.overdue, register(overdue="1"), _own_line),
        ("Срок сегодня", queue.today, register(due_from=today, due_to=today, status=OPEN), _own_line),
        ("Возвращено на доработку", queue.returned, register(status="returned"), _own_line),
        ("На этой неделе", queue.soon, register(due_from=today, due_to=today + work.SOON, status=OPEN), _own_line),
        ("Новые: принять к исполнению", queue.new, register(status="assigned"), _own_line),
        ("Ждут вашей проверки", queue.reports, register(status="submitted"), _report_line),
        ("Просят продлить срок", queue.extensions, "", _extension_line),
        (below, queue.below, register(overdue="1"), _unit_line),
    )
    parts = [
        Part(title, len(items), [line(item, today) for item in items[:SHOWN]], href if len(items) > SHOWN else "")
        for title, items, href, line in candidates
        if items
    ]
    if queue.drafts:
        drafts = [Line(f"/orders/{one.order_id}", one.label, one.title or "без названия") for one in queue.drafts]
        parts.append(Part("Черновики распоряжений", len(drafts), drafts[:SHOWN], "/orders/?status=draft"))
    return parts


def _own_line(item: Item, today: date) -> Line:
    when, tone = _term(item, today)
    badge = (item.status.value, item.status.label)
    return Line(_href(item), f"Пункт {item.point}: {item.text}", f"№ {item.order_number}", when, tone, badge)


def _unit_line(item: Item, today: date) -> Line:
    when, tone = _term(item, today)
    badge = (item.status.value, item.status.label)
    return Line(_href(item), item.unit, f"№ {item.order_number}, пункт {item.point}: {item.text}", when, tone, badge)


def _report_line(item: Item, today: date) -> Line:
    when, tone = _term(item, today)
    about = f"№ {item.order_number}, пункт {item.point}: {item.text}"
    kind = "промежуточный отчёт" if item.report is ReportKind.INTERIM else "отчёт на проверке"
    return Line(_href(item), item.unit, about, when, tone, ("submitted", kind))


def _extension_line(item: Item, today: date) -> Line:
    del today
    asked = f"до {item.due_after:%d.%m.%Y}" if item.due_after is not None else ""
    about = f"№ {item.order_number}, пункт {item.point}: {item.text}"
    return Line(_href(item), item.unit, about, asked, "", ("extension-asked", "запрошено"))


def _href(item: Item) -> str:
    return f"/assignments/{item.assignment_id}"


def _term(item: Item, today: date) -> tuple[str, str]:
    if item.due_on is None:
        return "без срока", ""
    word, tone = term_word(item.due_on, today)
    return f"{item.due_on:%d.%m.%Y}" + (f" · {word}" if word else ""), tone


def _links(actor: Actor) -> list[tuple[str, str, str, str]]:
    """What an installation administrator does here: (label, why, address, icon); nothing for anyone else."""
    known = (
        ("Регионы и организации", "Завести регион, загрузить его организации.", "org_unit.index_view", "building-2"),
        ("Пользователи", "Учётные записи, полномочия, ссылки для входа.", "user.index_view", "users"),
        ("Журнал", "Кто и что менял в учётных записях и организациях.", "audit_event.index_view", "history"),
    )
    if not actor.is_installation_admin:
        return []
    return [
        (label, why, url_for(endpoint), icon)
        for label, why, endpoint, icon in known
        if endpoint in current_app.view_functions
    ]
