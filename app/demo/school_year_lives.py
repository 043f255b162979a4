"""What became of the assignments of this school year's order up to the day of loading: something of every state.

Days are told in working days before the day of loading: 32 the order, 15 the cascade, 10 the amending act.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from app.demo.play import Play, Proof, Task
from app.demo.region import HOME_SCHOOL
from app.demo.timeline import dice
from app.demo.words import DELAYS, PARTLY, PARTLY_TEXT, REMARKS, REPORTS
from app.models.enumeration import EvidenceKind, ReportKind, ReportOutcome

DOCUMENTS = Proof("Положение о ВСОКО этого учебного года", on_site=True)
APPOINTMENT = Proof("Приказ о назначении ответственного", EvidenceKind.ORDER)
CASCADING = ("Томаринский", "Анивский", "Долинский", "Невельский", "Углегорский", "Холмский")
# Fates take turns, so that every state occurs whatever the day.
DONE, WAITING, RETURNED, TAKEN, UNTOUCHED, PARTIAL, ASKED, GRANTED, REFUSED, AGAIN = (
    "done",
    "waiting",
    "returned",
    "taken",
    "untouched",
    "partial",
    "asked",
    "granted",
    "refused",
    "again",
)
HOME = {
    "2": TAKEN,
    "3": RETURNED,
    "5": UNTOUCHED,
    "own": WAITING,
}
FATES = {
    "2": (DONE, TAKEN, UNTOUCHED, WAITING, DONE, TAKEN, UNTOUCHED),
    "2/school": (DONE, WAITING, DONE, TAKEN, UNTOUCHED, DONE, RETURNED, WAITING, UNTOUCHED),
    "3": (
        DONE,
        WAITING,
        DONE,
        ASKED,
        DONE,
        DONE,
        UNTOUCHED,
        AGAIN,
        GRANTED,
        DONE,
        WAITING,
        PARTIAL,
        DONE,
        REFUSED,
        RETURNED,
    ),
    "4": (DONE, WAITING, TAKEN, DONE, UNTOUCHED, WAITING, DONE),
    "5": (DONE, UNTOUCHED, WAITING, TAKEN, DONE, UNTOUCHED, RETURNED),
    "6": (TAKEN, DONE, WAITING, UNTOUCHED),
    "7": (UNTOUCHED, TAKEN, UNTOUCHED, TAKEN, DONE),
    "10": (UNTOUCHED, TAKEN, UNTOUCHED),
    "12": (TAKEN, UNTOUCHED, TAKEN),
    "own": (TAKEN, DONE, WAITING, UNTOUCHED, RETURNED, DONE),
}
TEXTS = {"2": "sites", "2/school": "documents", "3": "documents", "4": "figures", "5": "contact", "6": "monthly"}
PROOFS = {"2/school": (DOCUMENTS,), "3": (DOCUMENTS,), "5": (APPOINTMENT,)}
QUARTER, YEAR = 3, 12


class Calendar(Protocol):
    @property
    def today(self) -> date: ...
    def ago(self, working_days: int) -> date: ...
    def ahead(self, days: int) -> date: ...


def plan(play: Play, days: Calendar, task: Task) -> None:
    match task.point:
        case "1":
            _informed(play, days, task)
        case "2" if task.unit_name in CASCADING:
            _split(play, days, task)
        case "7":
            _discussed(play, days, task)
        case "8":
            _quarterly(play, days, task)
        case "9":
            _monthly(play, days, task)
        case "11":
            _planned(play, days, task)
        case "4" if task.unit_name == "Северо-Курильский":
            # Withdrawn by the amending act.
            play.take(task, days.ago(20))
        case "4" if task.unit_name == "Томаринский":
            play.take(task, days.ago(20))
        case _:
            live(play, days, task, task.point, task.id)


def of_own_order(play: Play, days: Calendar, task: Task, place: int) -> None:
    live(play, days, task, "own", place)


def live(play: Play, days: Calendar, task: Task, story: str, place: int) -> None:
    """One fate of the story's; the school of the demo account has its own."""
    fates = FATES[story]
    fate = HOME.get(story, "") if task.unit_name == HOME_SCHOOL else ""
    fate = fate or fates[place % len(fates)]
    throw = dice("year", story, task.unit_name)
    texts = REPORTS[TEXTS.get(story, "figures")]
    proofs = PROOFS.get(story, ())
    if fate == UNTOUCHED:
        return
    if fate not in {DONE, AGAIN} or throw.random() < 0.5:  # noqa: PLR2004 - a made-up share
        play.take(task, days.ago(throw.randint(11, 13)))
    if fate in {DONE, AGAIN}:
        play.report(task, days.ago(10), throw.choice(texts), proofs=proofs)
        if fate == AGAIN:
            play.send_back(task, days.ago(9), throw.choice(REMARKS))
            play.report(task, days.ago(8), throw.choice(texts), proofs=proofs)
        play.accept(task, days.ago(throw.randint(3, 7)))
    elif fate == WAITING:
        play.report(task, days.ago(throw.randint(1, 4)), throw.choice(texts), proofs=proofs)
    elif fate == RETURNED:
        play.report(task, days.ago(throw.randint(4, 6)), throw.choice(texts), proofs=proofs)
        play.send_back(task, days.ago(throw.randint(1, 3)), throw.choice(REMARKS))
    elif fate == PARTIAL:
        play.report(task, days.ago(6), PARTLY_TEXT, outcome=ReportOutcome.PARTIAL, reason=throw.choice(PARTLY))
        play.accept(task, days.ago(4), "Ждём остальные документы.")
    elif fate in {ASKED, GRANTED, REFUSED}:
        _extended(play, days, task, fate)


def _extended(play: Play, days: Calendar, task: Task, fate: str) -> None:
    reason = dice("year", "extension", task.unit_name).choice(DELAYS)
    play.ask(task, days.ago(7), due_after=days.ahead(14), reason=reason)
    if fate == GRANTED:
        play.decide(task, days.ago(4), note="До указанного дня.")
    elif fate == REFUSED:
        play.decide(task, days.ago(4), refusal="Срок общий для всех ОО, исполните в ближайшие дни.")


def _informed(play: Play, days: Calendar, task: Task) -> None:
    throw = dice("year", "1", task.unit_name)
    if task.unit_name != HOME_SCHOOL and throw.random() < 0.75:  # noqa: PLR2004 - a made-up share
        play.acknowledge(task, days.ago(throw.randint(20, 30)))


def _split(play: Play, days: Calendar, task: Task) -> None:
    """Анивский gave its schools a term that has passed, Томаринский one of the next days."""
    ahead = {"Анивский": -3, "Томаринский": 2}.get(task.unit_name, 5)
    schools = play.tree.schools[task.unit_id]
    play.cascade(
        task,
        days.ago(15),
        school_ids=schools,
        due_on=days.ahead(ahead),
        note="Проверьте раздел «Документы» и сообщите.",
        then=lambda child: _of_cascade(play, days, child, schools),
    )


def _of_cascade(play: Play, days: Calendar, child: Task, schools: list[int]) -> None:
    place = schools.index(child.unit_id)
    if child.point == "2" and place == len(schools) - 1 and play.tree.schools_of("Анивский") == schools:
        play.withdraw(child, days.ago(5), "Сайт школы проверен муниципалитетом, отдельного отчёта не нужно.")
    elif child.unit_name == HOME_SCHOOL:
        play.take(child, days.ago(9))
    else:
        live(play, days, child, "2/school", place)


def _discussed(play: Play, days: Calendar, task: Task) -> None:
    """The amending act moves this term; three municipalities ask for more, which the region decides."""
    reason = "Совещание руководителей назначено на более поздний день."
    if task.unit_name in {"Охинский", "Поронайский", "Тымовский"}:
        play.take(task, days.ago(20))
        play.ask(task, days.ago(5), due_after=days.ahead(60), reason=reason)
        if task.unit_name == "Поронайский":
            play.decide(task, days.ago(2), refusal="Срок уже перенесён для всех.")
        elif task.unit_name == "Тымовский":
            play.decide(task, days.ago(2), note="В виде исключения.")
    else:
        live(play, days, task, "7", task.id)


def _quarterly(play: Play, days: Calendar, task: Task) -> None:
    """The quarter of the order's date: reported where it has ended, told of in between where it has not."""
    throw = dice("year", "8", task.unit_name)
    issued, sent = days.ago(32), days.ago(5)
    play.take(task, days.ago(throw.randint(20, 28)))
    has_ended = (sent.year * YEAR + sent.month - 1) // QUARTER > (issued.year * YEAR + issued.month - 1) // QUARTER
    if has_ended and throw.random() < 0.7:  # noqa: PLR2004 - a made-up share
        play.report(task, sent, throw.choice(REPORTS["quarterly"]))
        if throw.random() < 0.7:  # noqa: PLR2004 - a made-up share
            play.accept(task, days.ago(2))
    elif not has_ended and throw.random() < 0.25:  # noqa: PLR2004 - a made-up share
        text = "Графики школ сверены, замечаний нет."
        play.report(task, sent, text, kind=ReportKind.INTERIM, outcome=ReportOutcome.PARTIAL)


def _monthly(play: Play, days: Calendar, task: Task) -> None:
    play.take(task, days.ago(28))
    play.report(task, days.ago(9), REPORTS["monthly"][0])
    play.accept(task, days.ago(7))


def _planned(play: Play, days: Calendar, task: Task) -> None:
    throw = dice("year", "11", task.unit_name)
    fate = throw.random()
    if fate < 0.35:  # noqa: PLR2004 - a made-up share
        play.take(task, days.ago(throw.randint(15, 28)))
    if fate < 0.06:  # noqa: PLR2004 - a made-up share
        text = "План повышения квалификации составлен с учётом результатов ВСОКО."
        play.report(task, days.ago(throw.randint(2, 8)), text, kind=ReportKind.INTERIM, outcome=ReportOutcome.PARTIAL)
