"""A register's rows by mail: the page's own code, run as the recipient."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import parse_qsl, urlencode

from flask import current_app
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.admin.register_export import chosen_sheet, file_name, heading_of, sheet_rows
from app.excel.writer import write_register
from app.models import Mailing
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import audit
from app.services.mail_content import BY_MAIL, Made, MailContent, offer
from app.web.session import acting_as, this_app

if TYPE_CHECKING:
    from app.admin.record_view import RecordView

KIND = "register"
# What is offered without a visit to a register: name, register, conditions.
USUAL = {
    "overdue": ("Просроченные поручения", "assignment", (("overdue", "1"),)),
    "assignments": ("Все поручения", "assignment", ()),
    "certificates_soon": ("Документы об обучении, срок которых истекает", "certificate", (("validity", "soon"),)),
    "certificates_entered": ("Документы об обучении на подтверждение", "certificate", (("status", "entered"),)),
    "measures_overdue": ("Просроченные меры", "corrective_measure", (("term", "overdue"),)),
    "measures_soon": ("Меры, срок которых подходит", "corrective_measure", (("term", "soon"),)),
    "measures_done": ("Меры, которые ждут подтверждения", "corrective_measure", (("status", "done"),)),
    "measures_refused": ("Меры, которые не подтверждены", "corrective_measure", (("status", "not_verified"),)),
    "evidence_soon": ("Подтверждения, срок которых истекает", "evidence", (("expiry", "soon"),)),
    "evidence_expired": ("Подтверждения с истёкшим сроком", "evidence", (("expiry", "expired"),)),
}
# A letter tells the state of its own day, from its first row.
NOT_KEPT = frozenset({"on_day", "filters", "after", "before"})


def registers() -> Mapping[str, RecordView]:
    found: Mapping[str, RecordView] = current_app.extensions["registers"]
    return found


def parameters_of(register: str, pairs: list[tuple[str, str]], title: str = "") -> dict[str, Any]:
    """Checked as the list's own address is. Raises Invalid, BadRequest."""
    view = registers().get(register)
    if view is None:
        raise Invalid("Такого реестра нет.", field="what")
    kept = [(key, value) for key, value in pairs if key not in NOT_KEPT]
    arguments = MultiDict(kept)
    state = view.asked(arguments)
    chosen_sheet(view, arguments)
    narrowed = "; ".join(f"{label}: {value}" for label, value, _ in view.chips(state))
    return {
        "register": register,
        "read": view.read.value,
        "title": title or (f"{view.title} ({narrowed})" if narrowed else view.title),
        "name": view.title,
        "page": f"{view.url}/",
        "arguments": [list(pair) for pair in kept],
    }


def pairs_of(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query)


def _make(session: GuardedSession, actor: Actor, mailing: Mailing, now: datetime, target: BinaryIO) -> Made:
    del now
    app = this_app()
    with acting_as(app, actor, session):
        view = registers()[str(mailing.parameters["register"])]
        arguments = MultiDict((str(key), str(value)) for key, value in mailing.parameters["arguments"])
        try:
            state, sheet = view.asked(arguments), chosen_sheet(view, arguments)
        except BadRequest:
            # Kept from an older version of the program.
            raise Invalid("Условия списка устарели: настройте рассылку заново.") from None
        heading = heading_of(view, sheet, state)
        rows = write_register(target, sheet, sheet_rows(view, sheet, state), heading)
    return Made(file_name(sheet, heading), rows)


def _page(order_id: int | None, parameters: Mapping[str, Any]) -> str:
    del order_id
    query = urlencode([(key, value) for key, value in parameters["arguments"] if key != "column"])
    return f"{parameters['page']}{'?' + query if query else ''}"


def _needs(parameters: Mapping[str, Any]) -> tuple[Permission, ...]:
    return Permission.EXPORT, Permission(parameters["read"])


def _taken(session: GuardedSession, mailing: Mailing, rows: int) -> None:
    told = mailing.parameters
    audit.record_list_export(
        session, str(told["register"]), str(told["name"]), rows=rows, narrowed=f"{mailing.title}: {BY_MAIL}"
    )


REGISTER = offer(MailContent(kind=KIND, label="список", needs=_needs, make=_make, page=_page, journal=_taken))
