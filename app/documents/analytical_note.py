"""An analytical note on a monitoring round as .docx: figures in words and tables, and nothing besides them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from app.documents.analytical_note_figures import (
    Before,
    ChangeLine,
    CriterionFigure,
    CriterionMove,
    Note,
    Part,
    Participation,
    Place,
)
from app.documents.docx_paper import Paper
from app.models.enumeration import UnitKind

__all__ = [
    "Before",
    "ChangeLine",
    "CriterionFigure",
    "CriterionMove",
    "Note",
    "Part",
    "Participation",
    "Place",
    "write",
]

NBSP = "\u00a0"
_KINDS = {UnitKind.SCHOOL: "Листы школ", UnitKind.MUNICIPALITY: "Муниципальные листы"}
_TENTH = Decimal("0.1")


def write(note: Note) -> bytes:
    """The file; the same note gives the same bytes."""
    paper = Paper(note.title, note.maker, note.made_at)
    _head(paper, note)
    numbers = iter(range(1, 100))
    _basis(paper, note, next(numbers))
    _participation(paper, note.participation, next(numbers))
    for part in note.parts:
        _results(paper, note, part, next(numbers))
        _weakest(paper, part, next(numbers))
        if part.before is not None:
            _before(paper, part.before, next(numbers))
    _changes(paper, note, next(numbers))
    paper.signatures((("Исполнитель", note.made_by), ("Руководитель", "")))
    paper.note(f"Справка сформирована {note.made_at:%d.%m.%Y} в {note.made_at:%H:%M}, {note.maker}.")
    return paper.content()


def percent(share: Decimal | None) -> str:
    """«83,5 %»; a dash for what is unknown."""
    return "–" if share is None else f"{_comma(share)}{NBSP}%"


def _comma(number: Decimal) -> str:
    return f"{number.quantize(_TENTH, ROUND_HALF_UP)}".replace(".", ",")


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")


def _signed(change: Decimal | None) -> str:
    """«+3,2», «−0,5», «0,0»: points of percent."""
    if change is None:
        return "–"
    shown = _comma(abs(change))
    sign = "" if shown == "0,0" else "+" if change > 0 else "−"
    return f"{sign}{shown}"


def _share(part: int, whole: int) -> str:
    """«12 из 15 (80,0 %)»."""
    of_whole = f"{part} из {whole}"
    return f"{of_whole} ({percent(Decimal(100 * part) / whole)})" if whole else of_whole


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def _head(paper: Paper, note: Note) -> None:
    paper.title("Аналитическая справка")
    paper.subtitle(f"по итогам цикла мониторинга «{note.round}»")
    paper.title(note.about, size=12)
    if not note.is_final:
        paper.subtitle(f"Цикл не завершён: предварительные сведения на {note.made_at:%d.%m.%Y}")


def _basis(paper: Paper, note: Note, number: int) -> None:
    paper.heading(f"{number}. Основание и предмет оценки")
    if note.basis:
        paper.text(_sentence(f"Основание: {note.basis}"))
    paper.text(f"Цикл открыт {note.opens_on:%d.%m.%Y}, срок сдачи листов оценки: {note.due_on:%d.%m.%Y}.")
    paper.text(_sentence(f"Оценка проведена по набору критериев «{note.framework}»{note.caution}"))
    for part in note.parts:
        sections = "; ".join(f"«{title}», критериев: {count}" for title, count, _ in part.sections)
        paper.text(_sentence(f"{_KINDS[part.kind]}. Разделы набора: {sections}"))
    bands = ", ".join(f"«{name}» от {_plain(least)}{NBSP}%" for name, least in note.bands)
    levels = f" Уровни: {bands}." if bands else ""
    paper.text(
        "Результат листа: доля набранных баллов от наибольших возможных с учётом весов критериев; неприменимые критерии"
        f" не учитываются.{levels} Ниже учтены принятые и утверждённые листы."
    )


def _participation(paper: Paper, counted: Participation, number: int) -> None:
    paper.heading(f"{number}. Участие и соблюдение срока")
    kinds = f"школьных {counted.schools}, муниципальных {counted.municipal}"
    excused = f" Освобождено от заполнения: {counted.excused}." if counted.excused else ""
    paper.text(f"Листов оценки в цикле: {counted.total}, из них {kinds}.{excused}")
    missed = f", не сдано, хотя срок прошёл: {counted.missed}" if counted.missed else ""
    paper.text(f"Сдано в срок: {_share(counted.in_time, counted.expected)}, с опозданием: {counted.late}{missed}.")
    states = (
        ("не начато", counted.not_begun),
        ("заполняется", counted.draft),
        ("на проверке", counted.submitted),
        ("возвращено", counted.returned),
        ("принято", counted.accepted),
        ("утверждено", counted.approved),
        ("освобождено", counted.excused),
    )
    paper.table(["Состояние листа", "Листов"], [[title, str(count)] for title, count in states], [4, 1])


def _results(paper: Paper, note: Note, part: Part, number: int) -> None:
    paper.heading(f"{number}. {_KINDS[part.kind]}: результаты")
    if not part.counted:
        paper.text("Принятых и утверждённых листов пока нет: результатов, которые можно сравнивать, ещё нет.")
        return
    levels = ", ".join(f"{name or 'без уровня'}: {count}" for name, count in part.levels)
    paper.text(f"Учтено листов: {part.counted}. Средний результат: {percent(part.mean)}. Уровни: {levels}.")
    known = [(title, share) for title, _, share in part.sections if share is not None]
    if known:
        paper.table(["Раздел набора", "Средний результат"], [[title, percent(share)] for title, share in known], [4, 1])
    if part.by_municipality:
        names = [name for name, _ in note.bands]
        titles = ["Муниципалитет", "Листов", "Учтено", "Средний результат", *names]
        paper.table(
            titles, [_municipality(place) for place in part.places], [3.6, 1.2, 1.2, 1.7, *([1.55] * len(names))]
        )
    else:
        titles = ["Организация", "Состояние листа", "Результат", "Уровень"]
        paper.table(titles, [_unit(place) for place in part.places], [5, 2, 1.5, 1.8])
    if any(place.changed for place in part.places):
        paper.note("* Лист изменён после утверждения, см. последний раздел.")


def _municipality(place: Place) -> list[str]:
    name = place.name + ("*" if place.changed else "")
    return [name, str(place.sheets), str(place.counted), percent(place.mean), *map(str, place.levels)]


def _unit(place: Place) -> list[str]:
    return [place.name + ("*" if place.changed else ""), place.state, percent(place.mean), place.level or "–"]


def _weakest(paper: Paper, part: Part, number: int) -> None:
    paper.heading(f"{number}. {_KINDS[part.kind]}: критерии с наименьшим результатом")
    if not part.weakest:
        paper.text("Таких критериев нет: ответов ещё нет, или по всем критериям набраны все баллы.")
        return
    rows = [
        [f"{one.code}. {one.title}", percent(one.mean), str(one.n), str(one.na) if one.na else "–"]
        for one in part.weakest
    ]
    paper.table(["Критерий", "Средний результат", "Листов с ответом", "Неприменимо"], rows, [5, 1.5, 1.4, 1.5])
    worded = [one for one in part.weakest if one.guidance]
    if worded:
        paper.text("На что обратить внимание (по пояснениям к критериям в наборе):")
    for one in worded:
        paper.point(f"{one.code}.", _sentence(one.guidance))


def _before(paper: Paper, before: Before, number: int) -> None:
    paper.heading(f"{number}. Сравнение с прошлым циклом")
    paper.text(
        f"Прошлый цикл: «{before.title}». Организаций, листы которых учтены в обоих циклах: {before.units}. Средний"
        f" результат по ним: было {percent(before.mean_before)}, стало {percent(before.mean_now)}"
        f" ({_signed(before.change)}{NBSP}п.{NBSP}п.)."
    )
    if before.criteria:
        rows = [
            [
                f"{one.code}. {one.title}{'**' if one.rescaled else ''}",
                percent(one.before),
                percent(one.now),
                _signed(one.change),
            ]
            for one in before.criteria
        ]
        paper.table(["Критерий", "Было", "Стало", f"Изменение, п.{NBSP}п."], rows, [5, 1.3, 1.3, 1.7])
        paper.note("По критериям сравниваются все учтённые листы каждого из циклов.")
    if any(one.rescaled for one in before.criteria):
        paper.note("** Шкала или вес критерия в новой редакции другие: сравнивается доля баллов.")
    for words, codes in (("Новые критерии", before.only_now), ("Были только в прошлом цикле", before.only_before)):
        if codes:
            paper.text(f"{words} (не сравниваются): {', '.join(codes)}.")


def _changes(paper: Paper, note: Note, number: int) -> None:
    paper.heading(f"{number}. Изменения после утверждения")
    if not note.changed:
        paper.text("После утверждения в листы ничего не вносилось.")
        return
    paper.text(f"Листов: {note.changed_sheets}, изменено критериев: {note.changed}.")
    paper.table(["Организация", "Критерий", "Что", "Было", "Стало"], list(_change_rows(note)), [3, 3.5, 2, 2.2, 2.2])
    if note.changes_cut:
        paper.note("Показаны не все изменения; полный перечень — в приложении к циклу (Excel).")


def _change_rows(note: Note) -> Iterator[list[str]]:
    for one in note.changes:
        yield [one.unit, one.criterion, one.what, one.before or "–", one.after or "–"]
