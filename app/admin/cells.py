"""Table cells made in Python: the list page is the hottest, and Jinja macros per cell cost more than its SQL."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.admin.listing import Cell, PerPage, escape
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import Labelled
from app.services import clock
from app.web.session import current_actor
from app.web.session import today as day_shown

KIB = 1024
MIB = 1024 * KIB


def link_cell(prefix: str, *, held: bool = True) -> Cell:
    """The cell that names the row and opens it."""
    tag, close = ('<th class="held" scope="row">', "</th>") if held else ("<td>", "</td>")

    def cell(value: Any, row: Any) -> str:
        return f'{tag}<a class="row-link" href="{prefix}{row.id:d}">{escape(str(value or "без названия"))}</a>{close}'

    return cell


def clipped_cell(value: Any, row: Any) -> str:
    del row
    text = escape(str(value or ""))
    return f'<td class="clip" title="{text}">{text}</td>'


def plain_cell(value: Any, row: Any) -> str:
    del row
    return f"<td>{escape(str(value or ''))}</td>"


def unit_cell(value: Any, row: Any) -> str:
    """The name of a unit among other columns: it keeps room for itself."""
    del row
    return f'<td class="unit-name">{escape(str(value or ""))}</td>'


def short_cell(value: Any, row: Any) -> str:
    """A word that is not broken: a number of an order, a code."""
    del row
    return f'<td class="nowrap">{escape(str(value or ""))}</td>'


def number_cell(value: Any, row: Any) -> str:
    del row
    return f'<td class="number">{value or 0:d}</td>'


def late_count_cell(value: Any, row: Any) -> str:
    """How many are late: red where there are any."""
    del row
    return f'<td class="number"><span class="term late">{value:d}</span></td>' if value else '<td class="number">0</td>'


def date_cell(value: date | None, row: Any) -> str:
    del row
    return f'<td class="nowrap">{value:%d.%m.%Y}</td>' if value else '<td class="quiet">–</td>'


def _moments() -> Cell:
    zone = current_actor().time_zone

    def cell(value: datetime | None, row: Any) -> str:
        del row
        if value is None:
            return '<td class="quiet">–</td>'
        return f'<td class="nowrap">{clock.local(value, zone):%d.%m.%Y %H:%M}</td>'

    return cell


# A moment on the clocks of the actor's region.
moment_cell = PerPage(_moments)


def badge(member: Labelled, prefix: str = "") -> str:
    return f'<span class="badge s-{prefix}{member.value}">{member.label}</span>'


def badge_cell(members: type[Labelled], prefix: str = "") -> Cell:
    ready = {member: f"<td>{badge(member, prefix)}</td>" for member in members}
    return lambda value, _row: ready[value]


def label_cell(members: type[Labelled]) -> Cell:
    ready = {member: f"<td>{escape(member.label)}</td>" for member in members}
    return lambda value, _row: ready[value]


def _terms() -> Cell:
    today = day_shown()
    # A page has few different terms; the words of each are made once.
    known: dict[tuple[date, bool], str] = {}

    def cell(value: date | None, row: Any) -> str:
        if value is None:
            return '<td class="quiet">без срока</td>'
        key = (value, row.status in CLOSED_STATUSES)
        if key not in known:
            word, tone = ("", "") if key[1] else term_word(value, today)
            tail = f" · {word}" if word else ""
            known[key] = f'<td class="nowrap"><span class="term {tone}">{value:%d.%m.%Y}{tail}</span></td>'
        return known[key]

    return cell


# The term of an assignment; a day that has passed while it is open is told in words.
term_cell = PerPage(_terms)


SOON_DAYS = 7


def term_word(due_on: date, today: date) -> tuple[str, str]:
    """«просрочено на 3 дня», «сегодня», «завтра», «через 5 дней», with the tone of the mark."""
    days = (due_on - today).days
    if days < 0:
        return f"просрочено на {-days} {plural(-days, 'день', 'дня', 'дней')}", "late"
    if days <= 1:
        return ("сегодня", "завтра")[days], "soon"
    if days <= SOON_DAYS:
        return f"через {days} {plural(days, 'день', 'дня', 'дней')}", "soon"
    return "", ""


def plural(count: int, one: str, few: str, many: str) -> str:
    """1 школа, 3 школы, 5 школ, 11 школ, 21 школа."""
    tens, ones = count % 100, count % 10
    if 10 < tens < 20 or ones == 0 or ones > 4:  # noqa: PLR2004 - the rule of Russian plurals
        return many
    return one if ones == 1 else few


def size_words(size: int) -> str:
    """«12 КБ», «1,4 МБ»: of bytes."""
    return f"{max(size // KIB, 1)} КБ" if size < MIB else f"{size / MIB:.1f} МБ".replace(".", ",")
