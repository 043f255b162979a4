"""From weaknesses to a draft order, and to letters about them: a preview first, nothing is issued or sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.admin.asked import in_range
from app.admin.downloads import attachment, spool
from app.admin.page_view import PageView
from app.admin.uploads import file_store
from app.forms.base import row_number
from app.forms.finding_order import DraftForm, NoticeForm
from app.models.enumeration import OrderKind, UnitKind
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, Refusal
from app.services import audit, clock, finding_letter, finding_order
from app.services.finding_letter import TypedNotice
from app.services.finding_order import Addressing, Chosen, Proposal, TypedPoint
from app.web.session import begin_reading, begin_writing, current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Недостатки", "/findings/")
MOST_CODES = 200
ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class Asked:
    """The choice as the address or the form brought it; `kept` carries it on."""

    chosen: Chosen
    again: bool
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point as the page shows it: what was typed, where something was."""

    key: str
    title: str
    count: int
    units: tuple[tuple[int, str], ...]
    texts: tuple[str, ...]
    finding_ids: tuple[int, ...]
    text: str
    due_on: str
    ticked: bool
    problem: str


class FindingOrderView(PageView):
    closed = "Проекты документов готовят регион и муниципалитеты."

    def __init__(self) -> None:
        super().__init__(name="В проект распоряжения", endpoint="finding_order", url="/findings/order")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        actor = current_actor()
        return actor.may(Permission.ORDER_WRITE) and actor.may(Permission.FINDING_READ)

    @expose("/", methods=("GET", "POST"))
    def index(self) -> str:
        """A choice too long for an address comes as a form."""
        return _page(_asked(request.values))

    @expose("/draft", methods=("POST",))
    def draft(self) -> Answer:
        asked, form = _asked(request.form), DraftForm(request.form)
        if not form.validate():
            return _page(asked, draft_form=form, typed=request.form), 422
        try:
            made = finding_order.create(
                guarded(),
                current_actor(),
                asked.chosen,
                _typed_points(request.form),
                kind=OrderKind(form.kind.data),
                title=form.title.data or "",
                addressing=Addressing(form.addressing.data),
                today=today(),
                again=asked.again,
            )
        except (Conflict, Invalid) as refusal:
            guarded().rollback()
            form.show(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
            return _page(asked, draft_form=form, typed=request.form, problem=refusal), status
        flash("Черновик создан: проверьте пункты и адресатов, укажите номер и выпустите его.", "success")
        return redirect(f"/orders/{made.id}")

    @expose("/letters", methods=("POST",))
    def letters(self) -> Answer:
        """A .docx for each municipality, or for each unit, in one archive; the journal keeps who took them."""
        actor, asked, form = current_actor(), _asked(request.form), NoticeForm(request.form)
        if not form.validate():
            return _page(asked, notice_form=form), 422
        target, day = spool(), today()
        # Writing letters takes its time: nobody has to wait for the lock meanwhile.
        begin_reading()
        try:
            found = finding_order.gathered(guarded(), actor, asked.chosen, again=True)
            told = finding_letter.recipients(guarded(), actor, found, today=day)
            moment = clock.local(clock.now(), actor.time_zone)
            finding_letter.pack(guarded(), actor, told, _notice(form), target, store=file_store(), moment=moment)
        except Refusal as refusal:
            target.close()
            if not isinstance(refusal, Invalid):
                raise
            guarded().rollback()
            form.show(refusal)
            return _page(asked, notice_form=form), 422
        rows = sum(len(one.findings) for one in told)
        begin_writing()
        audit.record_list_export(
            guarded(), "finding", "Письма о недостатках", rows=rows, narrowed=f"писем: {len(told)}"
        )
        return attachment(target, f"Письма о недостатках {day:%d.%m.%Y}.zip", ZIP)


def _asked(values: Mapping[str, Any]) -> Asked:
    given = MultiDict(values) if not isinstance(values, MultiDict) else values
    # A list's own choice posts `id`.
    raw = [*given.getlist("finding"), *given.getlist("id")]
    numbers = tuple(dict.fromkeys(number for each in raw if (number := row_number(each)) and in_range(number)))
    if len(numbers) != len(set(raw)):
        raise BadRequest
    round_id = _number(given.get("round", ""))
    codes = tuple(dict.fromkeys(code.strip() for code in given.getlist("criterion") if code.strip()))
    if len(codes) > MOST_CODES or len(numbers) > finding_order.MOST_FINDINGS:
        raise BadRequest
    again = given.get("again", "") == "1"
    kept = [("finding", str(number)) for number in numbers]
    if round_id is not None:
        kept += [("round", str(round_id)), *(("criterion", code) for code in codes)]
    return Asked(Chosen(numbers, round_id, codes), again, (*kept, *((("again", "1"),) if again else ())))


def _number(raw: str) -> int | None:
    if not raw:
        return None
    number = row_number(raw)
    if number is None or not in_range(number):
        raise BadRequest
    return number


def _page(
    asked: Asked,
    *,
    draft_form: DraftForm | None = None,
    notice_form: NoticeForm | None = None,
    typed: MultiDict[str, str] | None = None,
    problem: Conflict | Invalid | None = None,
) -> str:
    actor, work = current_actor(), guarded()
    kind = OrderKind.DIRECTIVE if actor.unit_kind is UnitKind.REGION else OrderKind.ORDER
    found = finding_order.proposal(work, actor, asked.chosen, today=today(), again=asked.again)
    told = finding_letter.recipients(
        work, actor, finding_order.gathered(work, actor, asked.chosen, again=True), today=today()
    )
    return render_template(
        "finding_order/page.html",
        shell=shell(SECTION, ("В проект распоряжения", None)),
        asked=asked,
        found=found,
        rows=_rows(found, typed, problem),
        form=draft_form or DraftForm(title=found.title, kind=kind.value),
        notice=notice_form or NoticeForm(data=_proposed(found.title)),
        told=told,
        again_query=urlencode([*asked.kept, ("again", "1")]),
        opens_letters=notice_form is not None,
        is_region=finding_order.may_choose_addressing(actor),
        word="муниципалитетам" if actor.unit_kind is UnitKind.REGION else "организациям",
        today=today(),
    )


def _proposed(title: str) -> dict[str, object]:
    told = finding_letter.draft(guarded(), current_actor(), title)
    return {name: getattr(told, name) for name in TypedNotice.__slots__}


def _rows(found: Proposal, typed: MultiDict[str, str] | None, problem: Conflict | Invalid | None) -> list[PointRow]:
    ticked = set(typed.getlist("point")) if typed is not None else {one.key for one in found.points}
    given: Mapping[str, str] = typed if typed is not None else {}
    field = problem.field if problem is not None else ""
    return [
        PointRow(
            key=one.key,
            title=one.title,
            count=len(one.findings),
            units=one.units,
            texts=one.texts,
            finding_ids=tuple(each.id for each in one.findings),
            text=given.get(f"text-{one.key}", one.texts[0]),
            due_on=given.get(f"due-{one.key}", one.due_on.isoformat()),
            ticked=one.key in ticked,
            problem=problem.sentence if problem and field in {f"text-{one.key}", f"due-{one.key}"} else "",
        )
        for one in found.points
    ]


def _typed_points(form: MultiDict[str, str]) -> list[TypedPoint]:
    return [
        TypedPoint(
            key=key,
            text=form.get(f"text-{key}", ""),
            due_on=_day(form.get(f"due-{key}", "")),
            count=row_number(form.get(f"count-{key}")) or 0,
        )
        for key in dict.fromkeys(form.getlist("point"))
    ]


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _notice(form: NoticeForm) -> TypedNotice:
    return TypedNotice(
        title=form.title.data or "",
        body=form.body.data or "",
        number=form.number.data or "",
        dated_on=form.dated_on.data,
        signatory_position=form.signatory_position.data or "",
        signatory_name=form.signatory_name.data or "",
        executor=form.executor.data or "",
    )
