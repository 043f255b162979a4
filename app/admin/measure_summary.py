"""«Свод»: findings and measures by place, cause and criterion; every number opens its register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template
from flask_admin import expose

from app.admin.asked import asked_number
from app.admin.downloads import attachment, spool
from app.admin.page_view import PageView
from app.admin.unit_names import municipality_options
from app.excel.annexes import measure_summary as workbook
from app.models.enumeration import UnitKind
from app.policies.permission import Permission
from app.services import audit, clock, measure_summary, measure_summary_annex, own_exports
from app.services.measure_summary import Summary
from app.services.measure_tally import Figures
from app.web.session import begin_writing, current_actor, guarded, today
from app.web.shell import shell

FINDINGS, MEASURES = "/findings/", "/corrective-measures/"
STANDING = ("planned", "in_progress", "done", "not_verified", "verified")
# Heading, which number of `Figures`, the register behind it, what narrows the register to it.
# «~» is where a long heading may be broken.
COLUMNS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("всего", "findings", FINDINGS, {"status": ("open", "resolved")}),
    ("открыто", "open", FINDINGS, {"status": "open"}),
    ("без мер", "bare", FINDINGS, {"status": "open", "measures": "none"}),
    ("устра~нено", "resolved", FINDINGS, {"status": "resolved"}),
    ("всего", "measures", MEASURES, {"status": STANDING}),
    ("в плане", "planned", MEASURES, {"status": "planned"}),
    ("в работе", "in_progress", MEASURES, {"status": "in_progress"}),
    ("ждут под~тверж~дения", "done", MEASURES, {"status": "done"}),
    ("не под~тверж~дено", "not_verified", MEASURES, {"status": "not_verified"}),
    ("под~тверж~дено", "verified", MEASURES, {"status": "verified"}),
    ("про~сро~чено", "overdue", MEASURES, {"term": "overdue"}),
    ("по~могло", "helped", MEASURES, {"effect": "helped"}),
    ("не видно", "not_seen", MEASURES, {"effect": "not_seen"}),
    ("мало данных", "too_little", MEASURES, {"effect": "too_little"}),
)
GROUPS = (("Недостатки", 4), ("Меры", 8), ("Эффект", 3))
SHARE_STANDS_AFTER = "verified"
BREAK, SOFT_HYPHEN = "~", "\u00ad"
ALARMING = frozenset({"bare", "overdue"})


@dataclass(frozen=True, slots=True)
class Number:
    """A cell; without a link where no register is narrowed like it."""

    value: int
    href: str
    word: str
    is_alarming: bool
    share: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    href: str
    numbers: Sequence[Number]


class MeasureSummaryView(PageView):
    closed = "Свод недостатков и мер не открыт для ваших полномочий."

    def __init__(self) -> None:
        super().__init__(name="Свод", endpoint="measure_summary", url="/corrective-measures/summary")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.MEASURE_READ)

    @expose("/")
    def index(self) -> str:
        actor, municipality_id = current_actor(), asked_number("municipality")
        found = measure_summary.summary(guarded(), actor, today=today(), municipality_id=municipality_id)
        address = self.get_url("measure_summary.index")
        by_place = actor.unit_kind is UnitKind.REGION and municipality_id is None
        name = next((place.name for place in found.places if place.municipality_id == municipality_id), "")
        cut = _in_place(municipality_id)
        return render_template(
            "measure_summary/summary.html",
            shell=shell(("Недостатки и меры", MEASURES), ("Свод", None)),
            figures=found.figures,
            whole=_line("Всего", found.figures, *cut),
            places=_places(found, address) if by_place else _units(found),
            by_place=by_place,
            causes=_causes(found, *cut),
            criteria=_criteria(found, *cut),
            columns=[(word.replace(BREAK, SOFT_HYPHEN), key) for word, key, *_ in COLUMNS],
            groups=GROUPS,
            share_after=SHARE_STANDS_AFTER,
            municipalities=municipality_options() if actor.unit_kind is UnitKind.REGION else (),
            municipality_id=municipality_id,
            address=address,
            chips=[("Муниципалитет", name, address)] if municipality_id is not None else [],
            annex_url=_url(self.get_url("measure_summary.annex"), {"municipality": municipality_id})
            if actor.may(Permission.EXPORT)
            else None,
        )

    @expose("/annex")
    def annex(self) -> Response:
        """«Свод по муниципалитетам» in the asker's scope; the journal keeps who took it."""
        actor, session = current_actor(), guarded()
        now = clock.local(clock.now(), actor.time_zone)
        made = measure_summary_annex.build(session, actor, as_of=now, municipality_id=asked_number("municipality"))
        target = spool()
        workbook.write(target, made.content)
        begin_writing()
        audit.record_list_export(
            session, own_exports.MEASURE_SUMMARY, made.content.title, rows=made.rows_taken, narrowed=made.narrowed
        )
        return attachment(target, made.file_name)


Narrowed = tuple[dict[str, Any], dict[str, Any]]


def _in_place(municipality_id: int | None) -> Narrowed:
    if municipality_id is None:
        return {}, {}
    return {"municipality": municipality_id}, {"carried_in": municipality_id}


def _places(found: Summary, address: str) -> list[Line]:
    return [
        _line(
            place.name,
            place.figures,
            *_in_place(place.municipality_id),
            href=_url(address, {"municipality": place.municipality_id}),
        )
        for place in found.places
    ]


def _units(found: Summary) -> list[Line]:
    return [_line(row.name, row.figures, {"unit": row.unit_id}, {"carrier": row.unit_id}) for row in found.units]


def _causes(found: Summary, findings: dict[str, Any], measures: dict[str, Any]) -> list[Line]:
    return [
        _line(
            row.title,
            row.figures,
            findings | {"cause": row.cause_id or "none"},
            measures | {"cause": row.cause_id} if row.cause_id else None,
        )
        for row in found.causes
    ]


def _criteria(found: Summary, findings: dict[str, Any], measures: dict[str, Any]) -> list[Line]:
    return [
        _line(
            f"{row.code}. {row.title}" if row.code and row.title else row.code or row.title,
            row.figures,
            findings | {"criterion": row.code} if row.code else None,
            measures | {"criterion": row.code} if row.code else None,
        )
        for row in found.criteria
    ]


def _line(
    name: str,
    figures: Figures,
    findings: dict[str, Any] | None,
    measures: dict[str, Any] | None,
    *,
    href: str = "",
) -> Line:
    """`findings` and `measures` narrow the registers; None where no register can be narrowed so."""
    numbers = []
    for word, key, register, more in COLUMNS:
        narrowed = findings if register == FINDINGS else measures
        value = getattr(figures, key)
        numbers.append(
            Number(
                value,
                _url(register, narrowed | more) if value and narrowed is not None else "",
                f"{name}, {word.replace(BREAK, '')}",
                bool(value) and key in ALARMING,
                _share(figures) if key == SHARE_STANDS_AFTER else None,
            )
        )
    return Line(name, href, numbers)


def _share(figures: Figures) -> str:
    return "–" if figures.verified_share is None else f"{figures.verified_share} %".replace(".", ",")


def _url(address: str, parts: dict[str, Any]) -> str:
    query = urlencode({name: value for name, value in parts.items() if value}, doseq=True)
    return f"{address}?{query}" if query else address
